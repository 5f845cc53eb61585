import pytest

from filiere.kernel.models import OutboxMessage
from filiere.ledger import queries as ledger
from filiere.settlement import queries, services
from filiere.settlement.errors import AnswerOfUnknownFile, AnswerUnreadable, NothingToPay
from filiere.settlement.models import (
    BankAccount,
    BankAnswer,
    BankAnswerLine,
    BatchState,
    OrderLine,
    OrderState,
)
from filiere.settlement.reasons import words_of
from tests.billing.factories import IBANS, bank_account
from tests.settlement.factories import LATER, answer, emitted, order_of, owed, read
from tests.settlement.test_services import broken, freeze, pay

pytestmark = pytest.mark.django_db


def test_attack_60_a_rejected_transfer_is_owed_again_in_a_new_order_with_a_new_reference():
    refused, other = owed(1000), owed(500, IBANS[1])
    batch = emitted()
    order = order_of(refused)
    read(answer(batch, (order.end_to_end_id, "RJCT", "AM02")))
    order.refresh_from_db()
    assert (order.state, order.refused_code) == (OrderState.REJECTED, "AM02")
    assert queries.payable(refused.provider.pk).total_cents == 1000
    assert queries.payable(other.provider.pk).total_cents == 0
    assert ledger.balance(f"transit:{batch.pk}") == 500
    assert broken() == []
    again = freeze("VIR-2")
    assert again.total_cents == 1000
    new = order_of(refused, again)
    assert new.end_to_end_id != order.end_to_end_id
    assert list(OrderLine.objects.filter(cancelled=False, order__provider=refused.provider)) == [
        new.lines.get()
    ]
    assert broken() == []


def test_a_part_rejected_batch_is_paid_once_the_rest_is():
    refused, _other = owed(1000), owed(500, IBANS[1])
    batch = emitted()
    read(answer(batch, (order_of(refused).end_to_end_id, "RJCT", "AM02")))
    batch = pay(batch)
    assert batch.state == BatchState.PAID
    assert ledger.balance("bank") == 500
    assert order_of(refused).state == OrderState.REJECTED
    assert queries.settled_cents() == 500
    assert broken() == []


def test_attack_18_an_answer_read_twice_changes_nothing():
    here = owed(1000)
    batch = emitted()
    content = answer(batch, (order_of(here).end_to_end_id, "RJCT", "AM02"))
    first = read(content)
    again = freeze("VIR-2")
    assert read(content).pk == first.pk
    assert BankAnswer.objects.count() == 1
    assert order_of(here, again).state == OrderState.PREPARED
    other = read(answer(batch, (order_of(here, batch).end_to_end_id, "RJCT", "AM02"), message="B2"))
    assert [line.outcome for line in queries.lines_of_answer(other)] == ["known"]
    assert broken() == []


def test_a_file_rejected_whole_gives_everything_back():
    owed(1000)
    owed(500, IBANS[1])
    batch = emitted()
    read(answer(batch, whole="RJCT"))
    batch.refresh_from_db()
    assert batch.state == BatchState.REJECTED
    assert ledger.balance(f"transit:{batch.pk}") == 0
    assert sum(queries.payables().values()) == 1500
    assert broken() == []


def test_an_accepted_file_is_still_to_be_paid():
    here = owed(1000)
    batch = emitted()
    read(answer(batch, whole="ACCP"))
    assert order_of(here).state == OrderState.ACCEPTED
    batch.refresh_from_db()
    assert batch.state == BatchState.EMITTED
    assert pay(batch).state == BatchState.PAID
    assert broken() == []


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (("VIR-1-000009-1", "RJCT", "AM02"), "unknown"),
        (("VIR-1-000001-1", "PDNG", ""), "waiting"),
    ],
)
def test_what_is_doubtful_is_listed_and_changes_nothing(said, outcome):
    here = owed(1000)
    read(answer(emitted(), said))
    assert BankAnswerLine.objects.get().outcome == outcome
    assert order_of(here).state == OrderState.SENT


def test_attack_64_an_answer_off_by_one_cent_changes_nothing():
    here = owed(1000)
    content = answer(emitted(), (order_of(here).end_to_end_id, "RJCT", "AM02"))
    amount = b'<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">10.01</InstdAmt></Amt></OrgnlTxRef>'
    read(content.replace(b"</TxInfAndSts>", amount + b"</TxInfAndSts>"))
    assert BankAnswerLine.objects.get().outcome == "other_amount"
    assert order_of(here).state == OrderState.SENT


def test_a_rejection_after_the_payment_is_listed_for_a_person():
    here = owed(1000)
    batch = pay(emitted())
    read(answer(batch, (order_of(here).end_to_end_id, "RJCT", "AC04")))
    assert BankAnswerLine.objects.get().outcome == "too_late"
    assert order_of(here).state == OrderState.PAID


def test_attack_38_a_closed_account_is_not_paid_again_before_its_holder_confirms():
    here = owed(1000)
    read(answer(emitted(), (order_of(here).end_to_end_id, "RJCT", "AC04")))
    with pytest.raises(NothingToPay):
        freeze("VIR-2")
    left = queries.left_out(cutoff_at=LATER, at=LATER)
    assert [one.reason for one in left] == ["account_refused"]
    first = BankAccount.objects.get()
    assert bank_account(here).pk != first.pk
    assert freeze("VIR-2").total_cents == 1000


def test_the_provider_is_told_why_in_words_with_its_account_masked(manager_of):
    here = owed(1000)
    manager_of(here.provider)
    read(answer(emitted(), (order_of(here).end_to_end_id, "RJCT", "AC04")))
    message = OutboxMessage.objects.get(key__startswith="order-refused:")
    assert "le compte est clos" in message.body
    assert IBANS[0] not in message.body
    assert f"…{IBANS[0][-4:]}" in message.body


def test_words_of_a_reason_nobody_knows_keeps_its_code():
    assert words_of("XX99", "voir votre agence").endswith("(voir votre agence)")
    assert "XX99" in words_of("XX99")


def test_import_status_refuses_what_it_cannot_read_and_what_is_not_ours():
    owed(1000)
    batch = emitted()
    with pytest.raises(AnswerUnreadable):
        read(b"<Document/>")
    batch.label = "VIR-9"
    with pytest.raises(AnswerOfUnknownFile):
        read(answer(batch))


def test_attack_63_a_file_asked_again_after_its_rejection_is_the_same_file():
    owed(1000)
    batch = emitted()
    read(answer(batch, whole="RJCT"))
    again = services.emit_batch(batch=batch, debtor=None, at=LATER, actor="user:3")
    assert again.file_sha256 == batch.file_sha256
