import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import Error, IntegrityError, connection, transaction

from filiere.kernel import checks
from filiere.kernel.errors import FiliereError
from filiere.ledger import queries as ledger
from filiere.settlement import queries, services
from filiere.settlement.bank_file import Debtor, control_sum
from filiere.settlement.errors import (
    AccountChanged,
    AnotherPersonCancels,
    BatchLabelTaken,
    BatchLabelWrong,
    BatchNotInState,
    IbanOfAnother,
    IbanWrong,
    NothingToPay,
    PaidOnAnotherDay,
    SecondPersonNeeded,
)
from filiere.settlement.models import (
    BankAccount,
    Batch,
    BatchState,
    OrderLine,
    OrderState,
    PaymentOrder,
)
from tests.billing.factories import (
    AT,
    DAY,
    IBANS,
    bank_account,
    check_now,
    commitment,
    lot_for,
    receive,
    world,
)

DEBTOR = Debtor("Hub de la Creuse", "DE89370400440532013000", "COBADEFFXXX")
LATER = AT + datetime.timedelta(days=4)


def broken():
    wanted = {"billing", "settlement", "ledger"}
    return [
        (v.name, v.first) for v in checks.run() if not v.holds and v.name.split(".")[0] in wanted
    ]


def freeze(label="VIR-1", *, actor="user:1", at=LATER):
    return services.freeze_batch(cutoff_at=at, label=label, at=at, actor=actor)


def approve(batch, actor="user:2"):
    alerts = [one.pk for one in queries.alerts_of(batch)]
    return services.approve_batch(batch=batch, at=LATER, actor=actor, alerts_read=alerts)


def emit(batch, at=LATER):
    return services.emit_batch(batch=batch, debtor=DEBTOR, at=at, actor="user:1")


def pay(batch, on=datetime.date(2026, 11, 30)):
    return services.mark_paid(batch=batch, paid_on=on, at=LATER, actor="user:1")


def owed(price=3000, iban=IBANS[0], **hold):
    """A provider owed one voucher's share, with a bank account."""
    here = world(price=price)
    here.split(lot_for(here, face=price).issued[0].code)
    if iban:
        bank_account(here, iban, **hold)
    return here


@pytest.mark.django_db
class TestBankAccount:
    def test_register_bank_account_refuses_wrong_control_digits(self):
        with pytest.raises(IbanWrong):
            bank_account(world(), "FR7630006000011234567890188")

    def test_attack_38_an_iban_of_another_provider_is_refused(self):
        bank_account(world(), "FR76 3000 6000 0112 3456 7890 189")
        with pytest.raises(IbanOfAnother):
            bank_account(world(), IBANS[0])

    def test_register_bank_account_twice_is_once_and_a_new_iban_closes_the_old(self):
        here = world()
        first = bank_account(here)
        assert bank_account(here).pk == first.pk
        second = bank_account(here, IBANS[1])
        first.refresh_from_db()
        assert first.closed_at == AT
        assert queries.open_account(here.provider.pk) == second

    def test_attack_38_a_new_account_is_not_paid_during_its_hold(self):
        here = owed(hold=services.HOLD)
        account = BankAccount.objects.get()
        assert account.usable_from == AT + datetime.timedelta(hours=72)
        just_before = account.usable_from - datetime.timedelta(seconds=1)
        with pytest.raises(NothingToPay):
            freeze(at=just_before)
        left = queries.left_out(cutoff_at=LATER, at=just_before)
        assert [(one.provider_id, one.amount_cents, one.reason) for one in left] == [
            (here.provider.pk, 3000, "on_hold")
        ]
        assert freeze(at=account.usable_from).total_cents == 3000


@pytest.mark.django_db
class TestBatch:
    def test_a_batch_pays_vouchers_and_received_third_parties_and_never_the_persons_share(self):
        here = world(price=3000)
        payer = commitment(rate_ppm=500_000)
        here.split(lot_for(here, face=1000).issued[0].code, commitment=payer)
        bank_account(here)
        assert queries.payable(here.provider.pk).total_cents == 1000
        receive(payer, 1000)
        assert queries.payable(here.provider.pk).total_cents == 2000
        batch = pay(emit(approve(freeze())))
        assert (batch.state, batch.total_cents) == (BatchState.PAID, 2000)
        assert queries.payable(here.provider.pk).total_cents == 0
        assert ledger.balance("bank") == 2000
        assert ledger.balance(f"transit:{batch.pk}") == 0
        assert set(ledger.balances("payable:").values()) == {0}
        assert control_sum(batch.file_xml) == 2000
        assert queries.settled_cents() == 2000
        assert broken() == []

    def test_attack_65_a_provider_without_account_is_left_out_and_still_owed(self):
        owed(price=1000)
        without = owed(price=500, iban=None)
        batch = freeze()
        assert (batch.total_cents, batch.orders_count) == (1000, 1)
        left = queries.left_out(cutoff_at=LATER, at=LATER)
        assert [(one.provider_id, one.amount_cents, one.reason) for one in left] == [
            (without.provider.pk, 500, "no_account")
        ]

    def test_freeze_batch_stops_at_its_cutoff(self):
        owed()
        with pytest.raises(NothingToPay):
            services.freeze_batch(
                cutoff_at=AT - datetime.timedelta(seconds=1), label="V", at=LATER, actor="user:1"
            )

    def test_freeze_batch_twice_is_once_and_its_name_is_unique(self):
        owed()
        batch = freeze()
        assert freeze().pk == batch.pk
        with pytest.raises(BatchLabelTaken):
            freeze(actor="user:9")
        with pytest.raises(NothingToPay):
            freeze("VIR-2")
        for label in ("", "vir", "É", "A" * 27, "A/B"):
            with pytest.raises(BatchLabelWrong):
                freeze(label)

    def test_freeze_batch_takes_a_few_statements_whatever_the_shares(
        self, django_assert_max_num_queries
    ):
        here = world(price=100)
        for issued in lot_for(here, face=100, count=12).issued:
            here.split(issued.code)
        bank_account(here)
        with django_assert_max_num_queries(18):
            assert freeze().total_cents == 1200
        assert OrderLine.objects.count() == 12

    def test_attack_37_whoever_prepares_does_not_approve(self):
        owed()
        batch = freeze()
        with pytest.raises(SecondPersonNeeded):
            approve(batch, "user:1")
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Batch.objects.update(state="approved", approved_by="user:1")
        constraint = refused.value.__cause__.diag.constraint_name
        assert constraint == "batch_approved_by_another"
        assert approve(batch).approved_by == "user:2"
        assert approve(batch).state == BatchState.APPROVED

    def test_a_batch_is_not_emitted_before_its_approval(self):
        owed()
        batch = freeze()
        with pytest.raises(BatchNotInState):
            emit(batch)
        with pytest.raises(IntegrityError), transaction.atomic():
            Batch.objects.update(state="emitted")
        with pytest.raises(BatchNotInState):
            pay(approve(batch))

    def test_attack_38_an_account_changed_after_the_freeze_stops_the_batch(self):
        here = owed()
        batch = freeze()
        bank_account(here, IBANS[1])
        with pytest.raises(AccountChanged):
            approve(batch)
        services.cancel_batch(batch=batch, at=LATER, actor="user:1")
        assert freeze("VIR-2").total_cents == 3000

    def test_attack_59_a_file_emitted_twice_is_the_same_file(self):
        owed()
        first = emit(approve(freeze()))
        again = emit(first, at=LATER + datetime.timedelta(hours=9))
        assert again.file_xml == first.file_xml
        assert again.file_sha256 == first.file_sha256
        assert ledger.balance(f"transit:{first.pk}") == 3000

    def test_mark_paid_twice_is_once_and_another_day_is_refused(self):
        owed()
        batch = pay(emit(approve(freeze())))
        assert pay(batch).paid_on == batch.paid_on
        assert ledger.balance("bank") == 3000
        with pytest.raises(PaidOnAnotherDay):
            pay(batch, DAY)

    def test_cancel_batch_gives_its_shares_back(self):
        here = owed()
        batch = services.cancel_batch(batch=freeze(), at=LATER, actor="user:1")
        assert batch.state == BatchState.CANCELLED
        assert services.cancel_batch(batch=batch, at=LATER, actor="user:1").pk == batch.pk
        assert queries.payable(here.provider.pk).total_cents == 3000
        assert broken() == []

    def test_an_approved_batch_is_cancelled_by_another_than_who_prepared_it(self):
        here = owed()
        batch = approve(freeze())
        with pytest.raises(AnotherPersonCancels):
            services.cancel_batch(batch=batch, at=LATER, actor="user:1")
        services.cancel_batch(batch=batch, at=LATER, actor="user:3")
        assert queries.payable(here.provider.pk).total_cents == 3000
        assert broken() == []
        with pytest.raises(BatchNotInState):
            services.cancel_batch(batch=emit(approve(freeze("VIR-2"))), at=LATER, actor="user:3")

    def test_attack_38_an_account_changed_after_the_approval_is_not_paid_and_not_stuck(self):
        here = owed()
        batch = approve(freeze())
        bank_account(here, IBANS[1])
        with pytest.raises(AccountChanged):
            emit(batch)
        services.cancel_batch(batch=batch, at=LATER, actor="user:2")
        assert freeze("VIR-2").total_cents == 3000

    def test_attack_40_a_provider_held_is_left_out_with_the_reason(self):
        here = owed()
        given = {"provider_id": here.provider.pk, "at": AT, "actor": "user:1"}
        first = services.hold_payments(reason="Contrôle en cours", **given)
        assert services.hold_payments(reason="Encore", **given).pk == first.pk
        with pytest.raises(NothingToPay):
            freeze()
        left = queries.left_out(cutoff_at=LATER, at=LATER)
        assert [(one.reason, one.amount_cents) for one in left] == [("held", 3000)]
        services.lift_hold(**given)
        services.lift_hold(**given)
        assert freeze().total_cents == 3000

    def test_the_database_refuses_a_batch_that_does_not_add_up(self):
        owed()
        batch = freeze()
        Batch.objects.filter(pk=batch.pk).update(total_cents=2999)
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            check_now()
        Batch.objects.filter(pk=batch.pk).update(total_cents=3000)
        assert refused.value.__cause__.diag.constraint_name == "batch_adds_up"

    def test_the_database_refuses_a_share_in_two_live_payments(self):
        owed()
        line = OrderLine.objects.get(order__batch=freeze())
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            OrderLine.objects.create(order=line.order, share=line.share, amount_cents=1)
        constraint = refused.value.__cause__.diag.constraint_name
        assert constraint == "orderline_share_paid_once"

    def test_the_database_refuses_a_line_of_no_order_or_of_one_already_sent(self):
        owed()
        line = OrderLine.objects.get(order__batch=freeze())
        line.order.lines.update(cancelled=True)
        for state, order_id in ((OrderState.PREPARED, 0), (OrderState.SENT, line.order_id)):
            PaymentOrder.objects.filter(pk=line.order_id).update(state=state)
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                OrderLine.objects.create(order_id=order_id, share=line.share, amount_cents=1)
            constraint = refused.value.__cause__.diag.constraint_name
            assert constraint == "orderline_born_in_order"

    def test_the_database_refuses_to_lose_an_order_or_to_move_a_line(self):
        owed()
        line = OrderLine.objects.get(order__batch=freeze())
        with pytest.raises(Error, match="order_id"), transaction.atomic():
            OrderLine.objects.filter(pk=line.pk).update(order_id=line.order_id + 1)
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM settlement_paymentorder")
        assert OrderLine.objects.get(pk=line.pk).order_id == line.order_id


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_freezes_at_once_pay_each_share_once():
    for iban in IBANS[:3]:
        owed(price=1000, iban=iban)
    barrier = threading.Barrier(4, timeout=60)

    def run(number):
        try:
            barrier.wait()
            return freeze(f"VIR-{number}", actor=f"user:{number}")
        except FiliereError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(run, range(4)))
    batches = [one for one in outcomes if isinstance(one, Batch)]
    assert [batch.total_cents for batch in batches] == [3000]
    assert {type(one) for one in outcomes} == {Batch, NothingToPay}
    assert OrderLine.objects.filter(cancelled=False).count() == 3
    assert broken() == []
