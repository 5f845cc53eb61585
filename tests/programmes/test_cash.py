import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from filiere.ledger import queries as ledger_queries
from filiere.ledger import services as ledger
from filiere.programmes import queries, services
from filiere.programmes.errors import (
    BankLineMismatch,
    BankLineTaken,
    ReceiptConflict,
    ReturnConflict,
    ReturnTooMuch,
    TermsRefused,
)
from filiere.programmes.models import BankLine, BankLineUse, FunderReturn, LineUse, Receipt
from tests.programmes.factories import AT, programme, receipt, ring_fence, statement, tranche
from tests.programmes.test_parts import engage

pytestmark = pytest.mark.django_db

BY = {"actor": "test", "at": AT}
DAY = datetime.date(2026, 11, 22)


def bank_line(cents, reference="VIR-1"):
    account = ring_fence()
    statement(account, ("2026-11-20", cents, reference), opening=5_000_000)
    return BankLine.objects.get(reference=reference)


def bounce(of, **given):
    return services.undo_receipt(
        receipt=of, **{"bounced_on": DAY, "reason": "rejeté"} | given, **BY
    )


def test_confirm_line_makes_the_cash_of_a_bank_line_available_once():
    made = tranche(programme())
    line = bank_line(40_000)

    first = services.confirm_line(tranche=made, bank_line=line, **BY)
    again = services.confirm_line(tranche=made, bank_line=line, **BY)

    assert first == again
    assert (first.amount_cents, first.received_on) == (40_000, datetime.date(2026, 11, 20))
    assert queries.available_cents(made) == 40_000


def test_confirm_line_is_tied_to_the_receipt_already_typed():
    made = tranche(programme())
    typed = receipt(made, 40_000, "VIR-1")

    found = services.confirm_line(tranche=made, bank_line=bank_line(40_000), **BY)

    assert found == typed
    assert Receipt.objects.get().bank_line is not None
    assert queries.available_cents(made) == 40_000


def test_confirm_line_refuses_a_debit_another_amount_and_a_second_promise():
    made = programme()
    first, second = tranche(made), tranche(made)
    line = bank_line(40_000)
    debit = bank_line(-10, "FRAIS")

    with pytest.raises(BankLineMismatch):
        services.confirm_line(tranche=first, bank_line=debit, **BY)
    with pytest.raises(BankLineMismatch):
        services.confirm_receipt(
            tranche=first, amount_cents=1, received_on=DAY, bank_reference="X", bank_line=line, **BY
        )
    services.confirm_line(tranche=first, bank_line=line, **BY)
    with pytest.raises(ReceiptConflict):
        services.confirm_line(tranche=second, bank_line=line, **BY)
    with pytest.raises(BankLineTaken):
        services.confirm_receipt(
            tranche=second, amount_cents=40_000, received_on=DAY, bank_reference="Y",
            bank_line=line, **BY,
        )  # fmt: skip


def test_attack_36_a_receipt_that_bounces_is_reversed_once():
    made = tranche(programme())
    paid = receipt(made, 40_000)

    first, again = bounce(paid), bounce(paid)

    assert first == again
    assert first.undone_at == AT
    assert queries.available_cents(made) == 0
    assert queries.received_cents(made) == 0
    assert not queries.unresolved_bounces().exists()


def test_attack_36_cash_that_bounces_once_in_a_lot_stays_counted_as_missing():
    made = tranche(programme())
    paid = receipt(made, 40_000)
    engage(made, 30_000)

    open_bounce = bounce(paid)

    assert open_bounce.undone_at is None
    assert queries.unresolved_bounces().get() == open_bounce
    assert queries.received_cents(made) == 40_000
    assert queries.ring_fence_cover(at=AT).bounced_cents == 40_000

    receipt(made, 30_000)
    assert bounce(paid).undone_at == AT
    assert queries.available_cents(made) == 0


def test_attack_36_a_bounce_names_its_own_debit_only():
    made = tranche(programme())
    paid, other = receipt(made, 40_000), receipt(made, 40_000)
    debit = bank_line(-40_000, "REJET")

    with pytest.raises(BankLineMismatch):
        bounce(paid, bank_line=bank_line(-39_999, "AUTRE"))
    bounce(paid, bank_line=debit)
    with pytest.raises(BankLineTaken):
        bounce(other, bank_line=debit)


def test_attack_57_unused_money_goes_back_exactly_once():
    made = tranche(programme(), cash=40_000)
    engage(made, 10_000)

    first = services.return_to_funder(tranche=made, amount_cents=30_000, **BY)
    again = services.return_to_funder(tranche=made, amount_cents=30_000, **BY)

    assert first == again
    assert FunderReturn.objects.count() == 1
    assert ledger_queries.balance(f"return:{made.pk}") == 30_000
    money = queries.money_of([made])[0]
    assert (money.available_cents, money.returned_cents, money.engaged_cents) == (0, 30_000, 10_000)
    assert money.left_of_promise_cents == 1_000_000 - 40_000


def test_attack_57_a_return_refuses_another_amount_more_than_is_free_and_no_reason():
    made = tranche(programme(), cash=40_000)
    services.return_to_funder(tranche=made, amount_cents=30_000, **BY)

    with pytest.raises(ReturnConflict):
        services.return_to_funder(tranche=made, amount_cents=29_999, **BY)
    with pytest.raises(ReturnTooMuch):
        services.return_to_funder(tranche=made, amount_cents=10_001, cause="autre", **BY)
    with pytest.raises(TermsRefused):
        services.return_to_funder(tranche=made, amount_cents=1, cause="  ", **BY)


def test_a_bank_line_stands_for_one_thing_of_whatever_kind():
    first, second = tranche(programme(), cash=40_000), tranche(programme(), cash=30_000)
    returned = services.return_to_funder(tranche=first, amount_cents=30_000, **BY)
    bounced = second.receipts.get()
    debit, other = bank_line(-30_000, "RENDU"), bank_line(-30_000, "REPRIS")
    services.confirm_return(funder_return=returned, bank_line=debit, **BY)

    def undo(line):
        return services.undo_receipt(
            receipt=bounced, bounced_on=AT.date(), reason="rejet", bank_line=line, **BY
        )

    with pytest.raises(BankLineTaken):
        undo(debit)
    undo(other)
    again = services.return_to_funder(tranche=first, amount_cents=10_000, cause="fin", **BY)
    with pytest.raises(BankLineMismatch):
        services.confirm_return(funder_return=again, bank_line=other, **BY)


def test_postgresql_refuses_a_second_use_of_a_bank_line_whatever_its_kind():
    made = tranche(programme(), cash=40_000)
    returned = services.return_to_funder(tranche=made, amount_cents=30_000, **BY)
    paid = bank_line(40_000)
    services.confirm_line(tranche=tranche(programme()), bank_line=paid, **BY)
    taken = [
        ("INSERT INTO programmes_receiptbounce (receipt_id, bank_line_id, bounced_on, reason,"
         " recorded_at, recorded_by) SELECT max(id), %s, now(), '', now(), '' FROM programmes_receipt"),
        ("INSERT INTO programmes_commission (tranche_id, amount_cents, settled_cents, uses, taken_at,"
         " taken_by, posting_group_id, bank_line_id, paid_group_id) SELECT tranche_id, 1, 1, 1, now(),"
         " '', posting_group_id, %s, posting_group_id FROM programmes_funderreturn"),
        ("UPDATE programmes_funderreturn SET paid_group_id = posting_group_id, bank_line_id = %s"
         f" WHERE id = {returned.pk}"),
        "UPDATE programmes_receipt SET bank_line_id = %s WHERE bank_line_id IS NULL",
    ]  # fmt: skip

    for statement_of_use in taken:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement_of_use, [paid.pk])

    for statement_of_use in (
        "INSERT INTO programmes_banklineuse (line_id, kind) VALUES (%s, 'commission')",
        "DELETE FROM programmes_banklineuse WHERE line_id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement_of_use, [paid.pk])
    assert list(BankLineUse.objects.values_list("line_id", "kind")) == [(paid.pk, "receipt")]
    assert not queries.lines_without_use().exists()


def test_a_line_let_go_may_be_used_again():
    line = bank_line(40_000)
    made = services.confirm_line(tranche=tranche(programme()), bank_line=line, **BY)

    Receipt.objects.filter(pk=made.pk).update(bank_line=None)
    assert queries.lines_without_use().get() == line
    Receipt.objects.filter(pk=made.pk).update(bank_line=line)

    assert BankLineUse.objects.get(line=line).kind == LineUse.RECEIPT


def test_attack_57_a_return_is_paid_by_one_bank_line():
    made = tranche(programme(), cash=40_000)
    returned = services.return_to_funder(tranche=made, amount_cents=30_000, **BY)
    debit = bank_line(-30_000, "RENDU")

    with pytest.raises(BankLineMismatch):
        services.confirm_return(funder_return=returned, bank_line=bank_line(-1, "X"), **BY)
    paid = services.confirm_return(funder_return=returned, bank_line=debit, **BY)
    assert services.confirm_return(funder_return=returned, bank_line=debit, **BY) == paid

    assert ledger_queries.balance(f"return:{made.pk}") == 0
    assert ledger_queries.balance(f"funder:{made.funder_id}") == -10_000
    assert queries.received_cents(made) == 40_000
    other = services.return_to_funder(tranche=made, amount_cents=10_000, cause="fin", **BY)
    with pytest.raises(BankLineMismatch):
        services.confirm_return(funder_return=other, bank_line=debit, **BY)


def test_money_given_back_by_a_closed_lot_is_free_for_another_one():
    made = programme()
    paid = tranche(made, cash=40_000)
    engage(paid, 40_000)
    entries = [ledger.Entry(f"pocket:1:{paid.pk}", f"tranche:{paid.pk}", 15_000)]
    ledger.post(key="closing", kind="closing", entries=entries, occurred_at=AT, at=AT, actor="t")

    assert queries.parts_for_lot(made, 15_000) == {paid.pk: 15_000}


def test_postgresql_refuses_to_rewrite_a_return():
    made = tranche(programme(), cash=40_000)
    returned = services.return_to_funder(tranche=made, amount_cents=30_000, **BY)

    for change in (
        lambda: FunderReturn.objects.filter(pk=returned.pk).update(amount_cents=1),
        returned.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
