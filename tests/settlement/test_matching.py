import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from filiere.ledger import queries as ledger
from filiere.programmes import services as programmes
from filiere.programmes.errors import BankLineTaken
from filiere.programmes.models import BankLine, LineUse
from filiere.settlement import queries, services
from filiere.settlement.errors import LineDoesNotMatch
from filiere.settlement.models import BankMatch, BatchState, OrderState
from tests.billing.factories import IBANS
from tests.programmes.factories import programme, ring_fence, statement, tranche
from tests.settlement.factories import LATER, answer, emitted, order_of, owed, read
from tests.settlement.test_services import broken, freeze

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return ring_fence()


def reasons():
    return [(one.line.amount_cents, one.reason) for one in queries.unmatched_lines()]


def test_a_line_with_our_reference_and_amount_pays_the_transfer(account):
    here, other = owed(1000), owed(500, IBANS[1])
    batch = emitted()
    statement(account, ("2026-11-30", -1000, order_of(here).end_to_end_id))
    batch.refresh_from_db()
    assert (order_of(here).state, batch.state) == (OrderState.PAID, BatchState.EMITTED)
    statement(account, ("2026-11-30", -500, order_of(other).end_to_end_id), opening=-1000)
    batch.refresh_from_db()
    assert batch.state == BatchState.PAID
    assert batch.paid_on == order_of(other).paid_on
    assert ledger.balance("bank") == 1500
    assert reasons() == []
    assert broken() == []


def test_one_debit_for_the_whole_file_pays_what_the_bank_did_not_reject(account):
    here, _other = owed(1000), owed(500, IBANS[1])
    batch = emitted()
    read(answer(batch, (order_of(here).end_to_end_id, "RJCT", "AM02")))
    statement(account, ("2026-11-30", -500, batch.label))
    batch.refresh_from_db()
    assert batch.state == BatchState.PAID
    assert broken() == []


def test_attack_18_a_statement_matched_twice_pays_once(account):
    here = owed(1000)
    emitted()
    made = statement(account, ("2026-11-30", -1000, order_of(here).end_to_end_id))
    assert services.match_statement(statement_id=made.pk, at=LATER, actor="user:1") == 0
    assert BankMatch.objects.count() == 1
    assert ledger.balance("bank") == 1000


@pytest.mark.parametrize("cents", [-999, -1001, -2000])
def test_attack_64_a_line_off_by_a_cent_is_listed_and_pays_nothing(account, cents):
    here = owed(1000)
    emitted()
    statement(account, ("2026-11-30", cents, order_of(here).end_to_end_id))
    assert order_of(here).state == OrderState.SENT
    assert reasons() == [(cents, "other_amount")]


def test_attack_64_two_transfers_of_one_amount_are_listed_never_guessed(account):
    owed(1000)
    owed(1000, IBANS[1])
    emitted()
    statement(account, ("2026-11-30", -1000, ""))
    assert reasons() == [(-1000, "several")]
    assert not BankMatch.objects.exists()


def test_attack_64_a_line_about_nothing_is_listed(account):
    owed(1000)
    emitted()
    statement(account, ("2026-11-30", -150, ""))
    assert reasons() == [(-150, "none")]


def test_match_line_lets_a_person_say_which_payment_it_is(account):
    here = owed(1000)
    emitted()
    statement(account, ("2026-11-30", -1000, ""))
    assert reasons() == [(-1000, "one_without_reference")]
    line, order = BankLine.objects.get(), order_of(here)
    given = {"line_id": line.pk, "order_id": order.pk, "at": LATER, "actor": "user:1"}
    first = services.match_line(**given)
    assert services.match_line(**given).pk == first.pk
    assert order_of(here).state == OrderState.PAID
    other = owed(1000, IBANS[1])
    emitted("VIR-2")
    with pytest.raises(LineDoesNotMatch):
        services.match_line(**given | {"order_id": order_of(other).pk})
    assert broken() == []


def test_attack_61_a_payment_returned_days_later_is_owed_again(account):
    here = owed(1000)
    batch = emitted()
    order = order_of(here)
    statement(account, ("2026-11-30", -1000, order.end_to_end_id))
    statement(account, ("2026-11-30", 1000, order.end_to_end_id), opening=-1000)
    order.refresh_from_db()
    batch.refresh_from_db()
    assert (order.state, batch.state) == (OrderState.RETURNED, BatchState.PAID)
    assert queries.payable(here.provider.pk).total_cents == 1000
    assert ledger.balance("bank") == 0
    assert broken() == []
    assert freeze("VIR-2").total_cents == 1000
    assert order_of(here).end_to_end_id != order.end_to_end_id
    assert broken() == []


def test_a_debit_of_a_rejected_transfer_is_listed(account):
    here = owed(1000)
    batch = emitted()
    order = order_of(here)
    read(answer(batch, (order.end_to_end_id, "RJCT", "AM02")))
    statement(account, ("2026-11-30", -1000, order.end_to_end_id))
    assert reasons() == [(-1000, "not_at_the_bank")]
    assert datetime.date(2026, 1, 1) < order.batch.prepared_at.date()


def test_attack_64_a_debit_that_pays_a_transfer_gives_nothing_back_to_a_funder(account):
    here = owed(1000)
    emitted()
    statement(account, ("2026-11-30", -1000, order_of(here).end_to_end_id))
    line = BankLine.objects.get()
    assert line.use.kind == LineUse.PAYMENT
    made = tranche(programme(), cash=1000)
    back = programmes.return_to_funder(
        tranche=made, amount_cents=1000, cause="fin", at=LATER, actor="user:1"
    )

    with pytest.raises(BankLineTaken):
        programmes.confirm_return(funder_return=back, bank_line=line, at=LATER, actor="user:1")


def test_attack_64_a_debit_given_back_to_a_funder_pays_no_transfer(account):
    here = owed(1000)
    emitted()
    statement(account, ("2026-11-30", -1000, ""))
    line = BankLine.objects.get()
    made = tranche(programme(), cash=1000)
    back = programmes.return_to_funder(
        tranche=made, amount_cents=1000, cause="fin", at=LATER, actor="user:1"
    )
    programmes.confirm_return(funder_return=back, bank_line=line, at=LATER, actor="user:1")

    with pytest.raises(LineDoesNotMatch):
        services.match_line(line_id=line.pk, order_id=order_of(here).pk, at=LATER, actor="user:1")
    assert reasons() == []
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO settlement_bankmatch (line_id, batch_id, is_return, matched_at, matched_by)"
            " SELECT %s, id, false, now(), '' FROM settlement_batch",
            [line.pk],
        )
