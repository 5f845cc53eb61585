import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.billing import services as billing
from filiere.billing.errors import ChargeNotPaid, RefundReasonMissing
from filiere.billing.models import Charge, ChargeState, PayerShare, Refund
from filiere.ledger import queries as ledger
from filiere.settlement import queries, services
from filiere.settlement.emission import entries_of
from filiere.settlement.errors import ChargeBeingPaid, NothingToPay
from filiere.settlement.models import DebitNote, DebitNoteState, OrderState
from filiere.vouchers.models import Voucher
from tests.billing.factories import IBANS, bank_account, commitment, lot_for, receive, world
from tests.programmes.factories import ring_fence, statement
from tests.settlement.factories import LATER, answer, emitted, order_of, owed, paid, read
from tests.settlement.test_services import broken, freeze


def refund(charge, reason="Séance annulée", at=LATER):
    return billing.refund_charge(charge=charge, reason=reason, at=at, actor="user:1")


@pytest.mark.django_db
class TestBeforePayment:
    def test_refund_charge_gives_everyone_its_money_back(self):
        here = world(price=3000)
        payer = commitment(rate_ppm=500_000)
        charge = here.split(lot_for(here, face=1000).issued[0].code, commitment=payer)
        receive(payer, 1000)
        assert queries.payable(here.provider.pk).total_cents == 2000
        refund(charge)
        charge.refresh_from_db()
        assert charge.state == ChargeState.REFUNDED
        assert queries.payable(here.provider.pk).total_cents == 0
        assert set(ledger.balances("payable:").values()) == {0}
        assert set(ledger.balances("due:").values()) == {0}
        assert set(ledger.balances("till:").values()) == {0}
        assert Voucher.objects.get(pk=Voucher.objects.earliest("pk").pk).remaining_cents == 1000
        assert not DebitNote.objects.exists()
        assert broken() == []

    def test_refund_charge_twice_is_once(self):
        charge = refund(_one())
        assert refund(charge).pk == charge.pk
        assert Refund.objects.count() == 1
        assert broken() == []

    def test_a_third_partys_cash_freed_by_a_refund_covers_another_session(self):
        here = world(price=1000)
        payer = commitment(rate_ppm=1_000_000)
        first = here.split(commitment=payer)
        receive(payer, 1000)
        here.split(commitment=payer)
        assert queries.payable(here.provider.pk).total_cents == 1000
        refund(first)
        assert billing.release_covered_shares(at=LATER, actor="test") == 1
        assert queries.payable(here.provider.pk).total_cents == 1000
        assert broken() == []

    def test_refund_charge_refuses_what_nobody_paid_and_no_reason(self):
        here = world(price=1000)
        charge = here.charge()
        with pytest.raises(ChargeNotPaid):
            refund(charge)
        with pytest.raises(RefundReasonMissing):
            refund(charge, "  ")

    def test_attack_62_a_session_in_a_batch_being_prepared_is_not_refunded(self):
        charge = _one()
        batch = freeze()
        with pytest.raises(ChargeBeingPaid):
            refund(charge)
        charge.refresh_from_db()
        assert charge.state == ChargeState.SPLIT
        services.cancel_batch(batch=batch, at=LATER, actor="user:1")
        refund(charge)
        with pytest.raises(NothingToPay):
            freeze("VIR-2")
        assert broken() == []


def _one() -> Charge:
    owed(1000)
    return Charge.objects.latest("pk")


@pytest.mark.django_db
class TestAfterPayment:
    def test_attack_52_a_session_paid_then_refunded_is_taken_from_the_next_payment(self):
        here = owed(1000, sessions=3)
        batch = paid()
        charge = Charge.objects.earliest("pk")
        refund(charge)
        note = DebitNote.objects.get()
        assert (str(note), note.amount_cents, note.state) == ("ND-2026-0001", 1000, "open")
        assert sum(ledger.balances("payable:").values()) == -1000
        assert broken() == []
        here.split(lot_for(here, face=1000, count=1).issued[0].code)
        with pytest.raises(NothingToPay):
            freeze("VIR-2")
        left = queries.left_out(cutoff_at=LATER, at=LATER)
        assert [(one.reason, one.amount_cents) for one in left] == [("owes_as_much", 1000)]
        here.split(lot_for(here, face=1000, count=1).issued[0].code)
        second = emitted("VIR-2")
        order = order_of(here, second)
        assert (order.gross_cents, order.set_off_cents, order.amount_cents) == (2000, 1000, 1000)
        note.refresh_from_db()
        assert (note.state, note.order_id) == (DebitNoteState.SET_OFF, order.pk)
        assert set(ledger.balances("payable:").values()) == {0}
        assert ledger.balance(f"transit:{second.pk}") == 1000
        assert broken() == []
        services.mark_paid(
            batch=second, paid_on=datetime.date(2026, 12, 1), at=LATER, actor="user:1"
        )
        assert ledger.balance("bank") == 3000 + 1000
        assert batch.total_cents == 3000
        assert broken() == []

    def test_a_batch_given_up_leaves_its_debit_notes_open(self):
        here = owed(1000, sessions=3)
        paid()
        refund(Charge.objects.earliest("pk"))
        for issued in lot_for(here, face=1000, count=2).issued:
            here.split(issued.code)
        services.cancel_batch(batch=freeze("VIR-2"), at=LATER, actor="user:1")
        assert DebitNote.objects.get().state == DebitNoteState.OPEN
        assert broken() == []
        third = emitted("VIR-3")
        read(answer(third, whole="RJCT"))
        assert DebitNote.objects.get().state == DebitNoteState.OPEN
        assert broken() == []

    def test_a_note_waits_for_its_first_payment_and_dies_with_it(self):
        here = owed(1000, sessions=2)
        batch = emitted()
        refund(Charge.objects.earliest("pk"))
        assert DebitNote.objects.get().state == DebitNoteState.OPEN
        here.split(lot_for(here, face=5000, count=1).issued[0].code)
        assert order_of(here, freeze("VIR-2")).set_off_cents == 0
        read(answer(batch, (order_of(here, batch).end_to_end_id, "RJCT", "AM02")))
        assert DebitNote.objects.get().state == DebitNoteState.CANCELLED
        assert queries.payable(here.provider.pk).total_cents == 1000
        assert broken() == []

    def test_attack_61_a_return_after_a_set_off_is_left_to_a_person(self):
        account = ring_fence()
        here = owed(1000, sessions=3)
        paid()
        first = order_of(here)
        refund(Charge.objects.earliest("pk"))
        for issued in lot_for(here, face=1000, count=2).issued:
            here.split(issued.code)
        emitted("VIR-2")
        statement(account, ("2026-11-30", 3000, first.end_to_end_id))
        first.refresh_from_db()
        assert first.state == OrderState.PAID
        assert [one.line.amount_cents for one in queries.unmatched_lines()] == [3000]

    def test_numbers_of_debit_notes_follow_without_a_gap(self):
        owed(1000, sessions=3)
        paid()
        for charge in Charge.objects.order_by("pk"):
            refund(charge)
        assert [str(note) for note in DebitNote.objects.order_by("number")] == [
            "ND-2026-0001",
            "ND-2026-0002",
            "ND-2026-0003",
        ]

    def test_a_third_partys_share_paid_then_refunded_is_taken_back_too(self):
        here = world(price=1000)
        payer = commitment(rate_ppm=1_000_000)
        charge = here.split(commitment=payer)
        receive(payer, 1000)
        bank_account(here, IBANS[0])
        paid()
        refund(charge)
        assert DebitNote.objects.get().share == PayerShare.objects.get(charge=charge)
        assert broken() == []


# --- who pays whom within one order ---------------------------------------------------------------

sources = st.dictionaries(
    st.sampled_from([f"tranche:{n}" for n in range(5)] + ["commitment:1"]),
    st.integers(1, 10_000),
    min_size=1,
)


@given(dues=sources, taken_back=sources)
def test_entries_of_settles_every_source_to_the_cent(dues, taken_back):
    total = sum(dues.values()) - sum(taken_back.values())
    if total <= 0:
        return
    balances = {f"payable:7:{source}": cents for source, cents in dues.items()}
    for source, cents in taken_back.items():
        balances[f"payable:7:{source}"] = balances.get(f"payable:7:{source}", 0) - cents
    for debit, credit, amount, _unit in entries_of(
        provider_id=7, batch_id=3, dues=dues, taken_back=taken_back
    ):
        assert amount > 0
        assert debit != credit
        balances[debit] = balances.get(debit, 0) - amount
        balances[credit] = balances.get(credit, 0) + amount
    assert balances.pop("transit:3") == total
    assert set(balances.values()) <= {0}
