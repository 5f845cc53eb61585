import datetime

import pytest
from django.db import DatabaseError, transaction

from filiere.kernel import events
from filiere.programmes import queries, services
from filiere.programmes.errors import (
    RingFenceRefused,
    StatementAccountUnknown,
    StatementConflict,
    StatementDoesNotAddUp,
    StatementUnreadable,
)
from filiere.programmes.events import StatementImported
from filiere.programmes.models import BankLine, BankStatement, RingFence
from filiere.programmes.queries import Verdict
from tests.programmes.factories import (
    AT,
    organisation,
    programme,
    receipt,
    ring_fence,
    statement,
    tranche,
)
from tests.programmes.test_cash import bounce
from tests.programmes.test_parts import engage

pytestmark = pytest.mark.django_db

BY = {"actor": "test", "at": AT}


@pytest.fixture
def published(monkeypatch):
    """Every ``StatementImported`` that was published."""
    seen = []
    handlers = [*events.type_handlers[StatementImported], (99, seen.append)]
    monkeypatch.setitem(events.type_handlers, StatementImported, handlers)
    return seen


def test_declare_ring_fence_twice_is_one_account_and_never_another_operators():
    account = ring_fence()
    again = services.declare_ring_fence(
        operator_id=account.operator_id, iban=account.iban[:4] + " " + account.iban[4:],
        label="Autre", **BY,
    )  # fmt: skip

    assert again == account
    for operator, iban in ((organisation().pk, account.iban), (account.operator_id, "FR76 1")):
        with pytest.raises(RingFenceRefused):
            services.declare_ring_fence(operator_id=operator, iban=iban, label="X", **BY)


def test_import_statement_keeps_its_balances_and_lines_and_tells_the_apps_above(published):
    account = ring_fence()

    made = statement(account, ("2026-11-20", 40_000, "V-1"), ("2026-11-21", -500, "F"), opening=100)

    assert (made.opening_balance_cents, made.closing_balance_cents) == (100, 39_600)
    assert list(made.lines.order_by("pk").values_list("amount_cents", "reference")) == [
        (40_000, "V-1"), (-500, "F"),
    ]  # fmt: skip
    assert published == [StatementImported(statement_id=made.pk)]


def test_attack_18_the_same_file_twice_is_one_statement(published):
    account = ring_fence()
    rows = (("2026-11-20", 40_000, "V-1"),)

    assert statement(account, *rows) == statement(account, *rows)

    assert (BankStatement.objects.count(), BankLine.objects.count()) == (1, 1)
    assert len(published) == 1


def test_attack_18_overlapping_files_bring_each_line_once():
    account = ring_fence()
    first, second = ("2026-11-20", 40_000, "V-1"), ("2026-11-21", 10_000, "V-2")
    statement(account, first, to="2026-11-20")

    longer = statement(account, first, second)

    assert BankLine.objects.count() == 2
    assert (longer.lines_known, longer.lines.get().reference) == (1, "V-2")
    assert queries.ring_fence_cover(at=AT).bank_cents == 50_000


def test_attack_18_a_known_line_with_another_amount_is_refused_whole():
    from tests.rules.test_bank_statements import camt, entry, one

    account = ring_fence()
    for cents in (100, 101):
        content = camt(one(entry(cents), closing=10_000 + cents, iban=account.iban))
        if cents == 100:
            services.import_statement(content=content, **BY)
        else:
            with pytest.raises(StatementConflict):
                services.import_statement(content=content, **BY)

    assert BankStatement.objects.count() == 1


def test_import_statement_refuses_what_it_cannot_trust():
    account = ring_fence()

    with pytest.raises(StatementUnreadable):
        services.import_statement(content=b"<!DOCTYPE a><a/>", **BY)
    with pytest.raises(StatementDoesNotAddUp):
        statement(account, ("2026-11-20", 40_000, "V-1"), closing=39_999)
    RingFence.objects.update(closed_at=AT)
    with pytest.raises(StatementAccountUnknown):
        statement(account, ("2026-11-20", 40_000, "V-1"))

    assert not BankStatement.objects.exists()


def test_postgresql_refuses_to_rewrite_a_statement():
    account = ring_fence()
    made = statement(account, ("2026-11-20", 40_000, "V-1"))

    for change in (
        lambda: BankStatement.objects.filter(pk=made.pk).update(closing_balance_cents=1),
        lambda: BankLine.objects.update(amount_cents=1),
        lambda: BankLine.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_ring_fence_cover_before_any_statement_says_so():
    tranche(programme(), cash=40_000)
    ring_fence()

    cover = queries.ring_fence_cover(at=AT)

    assert (cover.bank_cents, cover.verdict, cover.owed.total_cents) == (
        None, Verdict.UNKNOWN, 40_000,
    )  # fmt: skip


def test_ring_fence_cover_is_enough_when_the_bank_holds_what_is_owed():
    made = tranche(programme())
    statement(ring_fence(), ("2026-11-20", 40_000, "V-1"), to="2026-11-23")
    services.confirm_line(tranche=made, bank_line=BankLine.objects.get(), **BY)
    engage(made, 15_000)
    services.return_to_funder(tranche=made, amount_cents=5_000, **BY)

    cover = queries.ring_fence_cover(at=AT)

    assert (cover.owed_now.tranches_cents, cover.owed_now.pockets_cents) == (20_000, 15_000)
    assert (cover.owed_now.returns_cents, cover.owed_now.total_cents) == (5_000, 40_000)
    assert (cover.surplus_cents, cover.days_old, cover.verdict) == (0, 1, Verdict.ENOUGH)


def test_attack_35_a_receipt_the_bank_never_saw_is_a_shortfall():
    made = tranche(programme())
    statement(ring_fence(), ("2026-11-20", 40_000, "V-1"), to="2026-11-23")
    services.confirm_line(tranche=made, bank_line=BankLine.objects.get(), **BY)

    receipt(made, 7_500, "INVENTÉ")  # dated 20 November: before the statement

    cover = queries.ring_fence_cover(at=AT)
    assert (cover.surplus_cents, cover.verdict) == (-7_500, Verdict.SHORT)


def test_attack_36_a_bounced_receipt_already_in_a_lot_is_a_shortfall():
    made = tranche(programme())
    account = ring_fence()
    statement(account, ("2026-11-20", 40_000, "V-1"), to="2026-11-20")
    paid = services.confirm_line(tranche=made, bank_line=BankLine.objects.get(), **BY)
    engage(made, 40_000)
    statement(account, ("2026-11-22", -40_000, "REJET"), opening=40_000, to="2026-11-23")
    bounce(paid, bank_line=BankLine.objects.get(reference="REJET"))

    cover = queries.ring_fence_cover(at=AT)

    # The lot's posting bears AT, after the statement: on that day the money was still free.
    assert (cover.surplus_cents, cover.verdict) == (-40_000, Verdict.SHORT)
    assert cover.bounced_cents == 40_000


def test_ring_fence_cover_says_how_old_its_statement_is():
    statement(ring_fence(), to="2026-11-10")

    cover = queries.ring_fence_cover(at=AT)

    assert (cover.days_old, cover.verdict) == (14, Verdict.UNKNOWN)
    assert queries.ring_fence_cover(at=AT - datetime.timedelta(days=7)).verdict == Verdict.ENOUGH


def test_lines_without_use_are_those_that_confirm_and_undo_nothing():
    made = tranche(programme())
    statement(ring_fence(), ("2026-11-20", 40_000, "V-1"), ("2026-11-21", 900, "V-2"))
    services.confirm_line(tranche=made, bank_line=BankLine.objects.get(reference="V-1"), **BY)

    assert [line.reference for line in queries.lines_without_use()] == ["V-2"]
    assert queries.receipts().get().bank_line.reference == "V-1"


@pytest.mark.parametrize("wrong", [b"\xff\xfe", "date;libellé\n".encode(), b"%PDF-1.4"])
def test_import_statement_words_what_it_cannot_read(wrong):
    with pytest.raises(StatementUnreadable) as refusal:
        services.import_statement(content=wrong, **BY)

    assert "why" in refusal.value.parameters
