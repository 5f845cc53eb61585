import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, connections, transaction

from filiere.accounts.models import Membership, User
from filiere.billing import services
from filiere.billing.errors import (
    CashLimitReached,
    DepositKnown,
    DepositNotPossible,
    DutyRefused,
    MeansNotAllowed,
    NothingToRecord,
    SaleNotAllowed,
    SaleOutsideAct,
    ShareRecorded,
    SignerHoldsTill,
    TillExists,
    TillMonthClosed,
    TillMonthNotHanded,
    TillMonthNotReady,
    TillNotOpen,
    TillNotPublic,
    TillReasonMissing,
    TillStillHolds,
)
from filiere.billing.models import PackageSale, Till, TillCount, TillDeposit, TillMonth, TillReceipt
from filiere.billing.queries import tills as queries
from filiere.billing.services import tills
from filiere.kernel import checks
from filiere.ledger import queries as ledger
from filiere.rules.tills import LineKind
from tests.agenda.factories import new_person
from tests.billing.factories import AT, DAY, World, world

pytestmark = pytest.mark.django_db

NOVEMBER = datetime.date(2026, 11, 1)
DECEMBER = datetime.datetime(2026, 12, 3, 9, tzinfo=datetime.UTC)
ACT = {
    "name": "Régie de la médiathèque",
    "act_number": "2026-14",
    "act_on": datetime.date(2026, 1, 5),
    "purpose": "Accompagnement numérique",
    "sales": ["help", "access"],
    "means": ["cash", "card", "voucher"],
    "cash_limit_cents": 10_000,
    "deposit_days": 30,
    "opened_on": datetime.date(2026, 1, 10),
}


def member(organisation, role="mediator") -> Membership:
    user = User.objects.create_user(f"{role}{User.objects.count()}@test.example")
    return Membership.objects.create(user=user, organisation=organisation, role=role)


def town(price: int = 3_000) -> World:
    """A commune that gives priced sessions."""
    here = world(price=price)
    here.provider.kind = "commune"
    here.provider.save()
    return here


def opened(here: World, **changed) -> Till:
    manager = changed.pop("manager", None) or member(here.provider, "manager")
    return tills.open_till(
        organisation_id=here.provider.pk, manager=manager, at=AT, actor="test", **(ACT | changed)
    )


def recorded(here: World, means: str = "cash", at=AT, actor="user:1") -> TillReceipt:
    return tills.record_receipt(charge=here.split(at=at), means=means, at=at, actor=actor)


def handed(till: Till, actor="user:7") -> TillMonth:
    return tills.hand_over_month(till_id=till.pk, month=NOVEMBER, at=DECEMBER, actor=actor)


def signed(till: Till, actor="user:99") -> TillMonth:
    return tills.sign_month(till_id=till.pk, month=NOVEMBER, at=DECEMBER, actor=actor)


def sold(here: World, till: Till, person=None, *, means="cash", key="sale", **fields):
    """Sell five sessions for 100 €, to somebody who has no session; give the receipt."""
    services.set_price(
        offer_id=here.offer.pk, kind="pack", amount_cents=10_000, from_on=AT.date(), at=AT,
        actor="test", package=services.Package(valid_days=90, sessions=5),
    )  # fmt: skip
    return tills.sell_package(
        till_id=till.pk, offer_id=here.offer.pk, means=means, key=key, at=AT, actor="user:1",
        person_id=person or new_person(commune_id=here.commune.pk), **fields,
    )  # fmt: skip


def balance(till: Till, account: str) -> int:
    return ledger.balance(f"till:{till.pk}:{account}")


def broken():
    return [
        (v.name, v.first) for v in checks.run() if not v.holds and v.name.startswith("billing.")
    ]


def test_open_till_is_for_public_bodies_and_once():
    with pytest.raises(TillNotPublic):
        opened(world())
    here = town()
    opened(here)
    with pytest.raises(TillExists):
        opened(here)


def test_open_till_refuses_a_sale_of_the_carrier_and_says_which_form_could():
    with pytest.raises(SaleNotAllowed) as refusal:
        opened(town(), sales=["help", "website"])
    assert "une association" in refusal.value.parameters["forms"]
    assert Till.objects.count() == 0


def test_open_till_refuses_a_manager_of_elsewhere_or_who_keeps_the_books():
    here = town()
    with pytest.raises(DutyRefused):
        opened(here, manager=member(town().provider, "manager"))
    manager = member(here.provider, "manager")
    Membership.objects.create(user=manager.user, organisation=here.provider, role="accountant")
    with pytest.raises(DutyRefused):
        opened(here, manager=manager)


def test_record_receipt_numbers_and_puts_the_money_in_hand():
    here = town()
    till = opened(here)
    first, second = recorded(here), recorded(here, "card")
    assert (first.number, second.number) == (1, 2)
    assert (balance(till, "cash"), balance(till, "card")) == (3_000, 3_000)
    assert ledger.balance(f"till:{here.provider.pk}") == 0
    assert list(queries.to_record(till)) == []
    assert broken() == []


def test_record_receipt_twice_is_once_and_another_means_is_refused():
    here = town()
    opened(here)
    charge = here.split()
    first = tills.record_receipt(charge=charge, means="cash", at=AT, actor="user:1")
    again = tills.record_receipt(charge=charge, means="cash", at=AT, actor="user:2")
    assert again.pk == first.pk
    with pytest.raises(ShareRecorded):
        tills.record_receipt(charge=charge, means="card", at=AT, actor="user:2")


def test_record_receipt_refuses_what_the_act_or_the_day_does_not_allow():
    here = town()
    with pytest.raises(TillNotOpen):
        recorded(here)
    till = opened(here)
    with pytest.raises(MeansNotAllowed):
        recorded(here, "cheque")
    with pytest.raises(MeansNotAllowed):
        recorded(here, "voucher")
    here.offer.service = "equipment"
    here.offer.save()
    with pytest.raises(SaleOutsideAct):
        recorded(here)
    assert (till.receipts.count(), balance(till, "cash")) == (0, 0)


def test_record_receipt_refuses_an_open_or_a_free_session():
    here = town()
    opened(here)
    with pytest.raises(NothingToRecord):
        tills.record_receipt(charge=here.charge(), means="cash", at=AT, actor="user:1")


def test_record_receipt_never_puts_more_cash_in_hand_than_the_act_allows():
    here = town(price=6_000)
    till = opened(here)
    recorded(here)
    charge = here.split()
    with pytest.raises(CashLimitReached):
        tills.record_receipt(charge=charge, means="cash", at=AT, actor="user:1")
    assert balance(till, "cash") == 6_000
    tills.deposit(
        till_id=till.pk, means="cash", amount_cents=6_000, reference="B-1", at=AT, actor="user:7"
    )
    receipt = tills.record_receipt(charge=charge, means="cash", at=AT, actor="user:1")
    assert receipt.number == 2
    assert broken() == []


def test_reverse_receipt_gives_back_and_lets_the_payment_be_recorded_again():
    here = town()
    till = opened(here)
    first = recorded(here)
    undone = tills.reverse_receipt(receipt=first, reason="carte", at=AT, actor="user:7")
    again = tills.reverse_receipt(receipt=first, reason="carte", at=AT, actor="user:7")
    assert (undone.number, again.pk) == (2, undone.pk)
    charge = first.share.charge
    right = tills.record_receipt(charge=charge, means="card", at=AT, actor="user:1")
    assert (right.number, balance(till, "cash"), balance(till, "card")) == (3, 0, 3_000)
    with pytest.raises(TillReasonMissing):
        tills.reverse_receipt(receipt=right, reason=" ", at=AT, actor="user:7")
    with pytest.raises(NothingToRecord):
        tills.reverse_receipt(receipt=undone, reason="non", at=AT, actor="user:7")
    assert broken() == []


def test_refund_charge_undoes_its_receipt_by_the_accountant_once_it_was_deposited():
    here = town()
    till = opened(here)
    kept, gone = recorded(here), recorded(here, "card")
    tills.deposit(
        till_id=till.pk, means="card", amount_cents=3_000, reference="T-1", at=AT, actor="user:7"
    )
    for receipt in (kept, gone):
        services.refund_charge(charge=receipt.share.charge, reason="erreur", at=AT, actor="user:7")
    undone = [one.by_accountant for one in till.receipts.exclude(reverses=None).order_by("number")]
    assert undone == [False, True]
    assert (balance(till, "cash"), balance(till, "treasury")) == (0, 0)
    assert ledger.balance(f"till:{here.provider.pk}") == 0
    assert broken() == []


def test_deposit_moves_at_most_what_is_in_hand_and_a_slip_once():
    here = town()
    till = opened(here)
    recorded(here)
    fields = {"till_id": till.pk, "means": "cash", "at": AT, "actor": "user:7"}
    with pytest.raises(DepositNotPossible):
        tills.deposit(amount_cents=3_001, reference="B-1", **fields)
    first = tills.deposit(amount_cents=2_000, reference="B-1", **fields)
    assert tills.deposit(amount_cents=2_000, reference="B-1", **fields).pk == first.pk
    with pytest.raises(DepositKnown):
        tills.deposit(amount_cents=1_000, reference="B-1", **fields)
    assert (balance(till, "cash"), balance(till, "treasury")) == (1_000, 2_000)


def test_count_cash_posts_a_difference_that_is_explained():
    here = town()
    till = opened(here)
    recorded(here)
    fields = {"till_id": till.pk, "at": AT, "actor": "user:7"}
    assert tills.count_cash(counted_cents=3_000, note="", **fields).posting_group_id is None
    with pytest.raises(TillReasonMissing):
        tills.count_cash(counted_cents=2_500, note="", **fields)
    tills.count_cash(counted_cents=2_500, note="rendu de monnaie", **fields)
    tills.count_cash(counted_cents=2_700, note="pièce retrouvée", **fields)
    assert (balance(till, "cash"), balance(till, "difference")) == (2_700, 300)
    assert broken() == []


def test_hand_over_month_waits_for_its_end_and_closes_it():
    here = town()
    till = opened(here)
    receipt = recorded(here)
    with pytest.raises(TillMonthNotReady):
        tills.hand_over_month(till_id=till.pk, month=NOVEMBER, at=AT, actor="user:7")
    month = handed(till)
    assert month.totals[0] | {"means": "cash"} == {
        "means": "cash", "opening_cents": 0, "received_cents": 3_000, "given_back_cents": 0,
        "deposited_cents": 0, "difference_cents": 0, "by_accountant_cents": 0,
    }  # fmt: skip
    assert handed(till).pk == month.pk
    charge = here.split()
    for late in (
        lambda: tills.record_receipt(charge=charge, means="card", at=AT, actor="user:1"),
        lambda: tills.reverse_receipt(receipt=receipt, reason="non", at=AT, actor="user:7"),
        lambda: tills.count_cash(
            till_id=till.pk, counted_cents=3_000, note="", at=AT, actor="user:7"
        ),
        lambda: tills.deposit(
            till_id=till.pk, means="cash", amount_cents=1, reference="B", at=AT, actor="user:7"
        ),
    ):
        with pytest.raises(TillMonthClosed), transaction.atomic():
            late()
    assert broken() == []


def test_hand_over_month_follows_the_order_of_months():
    here = town()
    till = opened(here)
    recorded(here)
    january = datetime.datetime(2027, 1, 4, tzinfo=datetime.UTC)
    with pytest.raises(TillMonthNotReady):
        tills.hand_over_month(
            till_id=till.pk, month=datetime.date(2026, 12, 1), at=january, actor="user:7"
        )


def test_sign_month_is_for_ever_and_by_someone_else():
    here = town()
    manager = member(here.provider, "manager")
    till = opened(here, manager=manager)
    recorded(here)
    with pytest.raises(TillMonthNotHanded):
        signed(till)
    handed(till)
    for holder in ("user:7", manager.user.actor):
        with pytest.raises(SignerHoldsTill):
            signed(till, holder)
    month = signed(till)
    assert signed(till).pk == month.pk
    with pytest.raises(TillMonthClosed):
        tills.send_back_month(
            till_id=till.pk, month=NOVEMBER, reason="x", at=DECEMBER, actor="user:99"
        )
    with pytest.raises(TillMonthClosed):
        handed(till)
    with pytest.raises(Exception, match=r"Cannot"), transaction.atomic():
        TillMonth.objects.filter(pk=month.pk).update(state="sent_back")
    assert broken() == []


def test_send_back_month_opens_it_until_it_is_handed_over_again():
    here = town()
    till = opened(here)
    receipt = recorded(here)
    handed(till)
    back = tills.send_back_month(
        till_id=till.pk, month=NOVEMBER, reason="carte et non espèces", at=DECEMBER, actor="user:99"
    )
    assert (back.state, back.reason) == ("sent_back", "carte et non espèces")
    tills.reverse_receipt(receipt=receipt, reason="carte", at=AT, actor="user:7")
    assert handed(till).totals[0]["given_back_cents"] == 3_000
    assert signed(till).state == "signed"
    assert broken() == []


def test_close_till_only_empty_and_signed():
    here = town()
    till = opened(here)
    recorded(here)
    closing = {"till_id": till.pk, "on": DECEMBER.date(), "at": DECEMBER, "actor": "user:7"}
    with pytest.raises(TillStillHolds):
        tills.close_till(act_number="2026-99", **closing)
    tills.deposit(
        till_id=till.pk, means="cash", amount_cents=3_000, reference="B", at=AT, actor="user:7"
    )
    handed(till)
    with pytest.raises(TillStillHolds):
        tills.close_till(act_number="2026-99", **closing)
    signed(till)
    with pytest.raises(TillReasonMissing):
        tills.close_till(act_number="", **closing)
    tills.close_till(act_number="2026-99", **closing)
    assert queries.open_till_of(here.provider.pk) is None
    opened(here)


def test_name_duty_replaces_the_manager_and_ends_a_deputy():
    here = town()
    till = opened(here)
    deputy, other = member(here.provider), member(here.provider, "manager")
    fields = {"till_id": till.pk, "from_on": DAY, "at": AT, "actor": "test"}
    named = tills.name_duty(membership=deputy, duty="deputy", **fields)
    assert tills.name_duty(membership=deputy, duty="deputy", **fields).pk == named.pk
    tills.name_duty(membership=other, duty="manager", **fields)
    assert [one.membership_id for one in queries.duties_of(till)] == [other.pk, deputy.pk]
    tills.end_duty(duty_id=named.pk, on=DAY, at=AT, actor="test")
    assert not queries.has_duty(till.pk, [deputy.pk])


def test_journal_tells_each_line_once_and_adds_up():
    here = town()
    till = opened(here)
    first = recorded(here)
    recorded(here, "card")
    tills.reverse_receipt(receipt=first, reason="erreur", at=AT, actor="user:7")
    found = queries.journal(till, NOVEMBER)
    assert [one.line.kind for one in found.lines] == [
        LineKind.RECEIPT, LineKind.RECEIPT, LineKind.REVERSAL,
    ]  # fmt: skip
    assert {one.means.value: one.closing_cents for one in found.totals} == {
        "cash": 0,
        "card": 3_000,
    }
    assert queries.holding(till).due_on == DAY + datetime.timedelta(days=30)


def test_the_database_refuses_a_gap_a_second_receipt_and_a_false_reversal():
    here = town()
    till = opened(here)
    first = recorded(here)
    row = {
        "till": till, "share": first.share, "means": "cash", "day": DAY, "recorded_at": AT,
        "recorded_by": "user:1", "posting_group_id": first.posting_group_id,
    }  # fmt: skip
    for wrong, name in (
        ({"amount_cents": 3_000, "number": 9}, "tillreceipt_share_once"),
        ({"amount_cents": 1, "reverses": first, "reason": "x"}, "tillreceipt_reverses_its_like"),
    ):
        with pytest.raises(IntegrityError, match=r"share|opposite"), transaction.atomic():
            TillReceipt.objects.create(**row | wrong)
        assert name
    till.refresh_from_db()
    assert till.last_receipt == 1


def at_once(calls):
    barrier = threading.Barrier(len(calls), timeout=60)

    def run(call):
        try:
            barrier.wait()
            return call()
        except Exception as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_receipts_recorded_at_once_are_numbered_without_a_gap_even_when_one_is_killed():
    here = town(price=1_000)
    opened(here)
    charges = [here.split() for _ in range(8)]

    def killed():
        with transaction.atomic():
            tills.record_receipt(charge=charges[7], means="card", at=AT, actor="user:1")
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    pay = [
        lambda one=one: tills.record_receipt(charge=one, means="cash", at=AT, actor="user:1")
        for one in [*charges[:7], charges[0]]
    ]
    answers = at_once([*pay, killed])
    numbers = sorted({one.number for one in answers if isinstance(one, TillReceipt)})
    assert numbers == [1, 2, 3, 4, 5, 6, 7]
    assert isinstance(answers[-1], Exception)
    assert TillReceipt.objects.count() == 7
    assert broken() == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_month_handed_over_while_a_receipt_is_recorded_holds_it_or_refuses_it():
    here = town(price=1_000)
    till = opened(here)
    recorded(here)
    charge = here.split()
    answers = at_once(
        [
            lambda: tills.record_receipt(charge=charge, means="cash", at=AT, actor="user:1"),
            lambda: handed(till),
        ]
    )
    month = TillMonth.objects.get()
    assert month.receipts == TillReceipt.objects.count()
    assert isinstance(answers[0], TillReceipt | TillMonthClosed)
    assert broken() == []


CORRUPTIONS = {
    "billing.till_numbers_have_no_gap": (Till, "last_receipt = last_receipt + 1"),
    "billing.till_holds_its_journal": (TillDeposit, "amount_cents = amount_cents + 1"),
    "billing.till_under_its_limit": (Till, "cash_limit_cents = cash_limit_cents + 1"),
    "billing.till_receipt_is_its_share": (TillReceipt, "amount_cents = amount_cents + 1"),
    "billing.package_sale_is_its_receipt": (PackageSale, "price_cents = price_cents + 1"),
    "billing.till_month_is_what_was_handed": (TillMonth, "receipts = receipts + 1"),
}


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_planted_corruption_of_a_till_turns_its_invariant_false(name):
    here = town()
    till = opened(here)
    recorded(here)
    sold(here, till, means="card")
    tills.deposit(
        till_id=till.pk, means="cash", amount_cents=1_000, reference="B", at=AT, actor="user:7"
    )
    handed(till)
    assert broken() == []
    model, change = CORRUPTIONS[name]
    table = model._meta.db_table
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    verdicts = {verdict.name: verdict for verdict in checks.run()}
    assert not verdicts[name].holds
    assert ":" in verdicts[name].first


def test_receipts_deposits_and_counts_are_never_edited():
    here = town()
    till = opened(here)
    recorded(here)
    for model in (TillReceipt, TillCount, TillDeposit):
        if model is TillCount:
            tills.count_cash(till_id=till.pk, counted_cents=3_000, note="", at=AT, actor="a")
        if model is TillDeposit:
            tills.deposit(
                till_id=till.pk, means="cash", amount_cents=1, reference="B", at=AT, actor="a"
            )
        with pytest.raises(Exception, match=r"permission denied|Cannot"), transaction.atomic():
            model.objects.update(recorded_by="nobody")
