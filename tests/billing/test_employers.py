"""Hours an employer offers to its staff and their families, without a name."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import translation

from filiere.agreements import cards
from filiere.agreements import services as agreements
from filiere.agreements.errors import (
    CardRefused,
    CardsNotPossible,
    CommitmentMissing,
    HoursMissing,
    HoursUsedUp,
)
from filiere.agreements.models import FreeHoursCard
from filiere.billing import queries, services
from filiere.billing.models import ChargeState, PayerShare
from filiere.billing.queries import HoursEvent
from tests.agenda.factories import OrganisationFactory
from tests.billing.factories import AT, DAY, check_now, commitment, lot_for, receive, world
from tests.billing.invoice_scene import LATER, customer, issuer

pytestmark = pytest.mark.django_db
JANUARY = datetime.date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def hours(minutes=600, *, at=None, ends_on=None):
    """What an employer buys; ``at`` names the only place that takes it."""
    agreement = agreements.sign(
        kind="employer", title="Heures offertes", promiser_id=OrganisationFactory().pk,
        counterpart_id=at.pk if at else None, starts_on=JANUARY, ends_on=ends_on,
        commitments=[agreements.Promise("heures", quota_minutes=minutes)], at=AT, actor="test",
    )  # fmt: skip
    return agreement.commitments.get()


def card(promise, **fields):
    return cards.issue_cards(commitment_id=promise.pk, count=1, at=AT, actor="test", **fields)[0]


def pay(charge, card_code, code=None):
    return services.split_charge(
        charge=charge, voucher_code=code, card_code=card_code, at=AT, actor="test"
    )


def shares(charge):
    check_now()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    rows = PayerShare.objects.filter(charge=charge).order_by("pk")
    return {row.kind: (row.amount_cents, row.minutes) for row in rows}


def test_the_employer_pays_what_its_hours_cover_and_the_person_nothing():
    here, promise = world(price=3000), hours()
    paid = pay(here.charge(), card(promise).lower())
    assert shares(paid) == {"employer": (3000, 60)}
    receipt = queries.receipt_lines(paid)
    assert receipt.lines[0].label.endswith(": 1 h offered to its staff")
    assert receipt.person_cents == 0


def test_the_employer_comes_after_voucher_and_third_party():
    here = world(price=3000)
    charge = here.charge(commitment=commitment())
    paid = pay(charge, card(hours()), lot_for(here, face=1000).issued[0].code)
    assert shares(paid) == {
        "voucher": (1000, None), "third_party": (1000, None), "employer": (1000, 20),
    }  # fmt: skip


def test_the_last_minutes_pay_their_part_and_then_nothing_is_left():
    here, promise = world(price=1000), hours(80)
    code = card(promise)
    assert shares(pay(here.charge(), code)) == {"employer": (1000, 60)}
    assert shares(pay(here.charge(), code)) == {"employer": (334, 20), "person": (666, None)}
    last = here.charge()
    with pytest.raises(HoursUsedUp), transaction.atomic():
        pay(last, code)
    last.refresh_from_db()
    assert last.state == ChargeState.OPEN


def test_a_card_opens_no_more_than_its_own_minutes():
    here, promise = world(price=1000), hours()
    code = card(promise, minutes_each=30)
    assert shares(pay(here.charge(), code)) == {"employer": (500, 30), "person": (500, None)}
    assert FreeHoursCard.objects.get().minutes_left == 0
    with pytest.raises(HoursUsedUp), transaction.atomic():
        pay(here.charge(), code)


def test_a_session_refunded_gives_the_hours_back_to_the_employer():
    here, promise = world(price=1000), hours(60)
    code = card(promise)
    paid = pay(here.charge(), code)
    services.refund_charge(charge=paid, reason="Séance annulée", at=AT, actor="test")
    assert shares(pay(here.charge(), code)) == {"employer": (1000, 60)}


def test_the_employers_share_is_payable_once_its_cash_came():
    here, promise = world(price=1000), hours()
    pay(here.charge(), card(promise))
    assert not queries.payable_shares().exists()
    receive(promise, 1000)
    assert [share.kind for share in queries.payable_shares()] == ["employer"]


@pytest.mark.parametrize("typed", ["HO-0000-0000-00", "rien", "HO-7F3K-28Q3-AA"])
def test_card_shown_refuses_what_was_never_issued(typed):
    with pytest.raises(CardRefused):
        pay(world().charge(), typed)


def test_card_shown_refuses_another_place_an_agreement_ended_and_a_card_taken_back():
    here = world(price=1000)
    with pytest.raises(CardRefused):
        pay(here.charge(), card(hours(at=OrganisationFactory())))
    with pytest.raises(CardRefused):
        pay(here.charge(on=DAY + datetime.timedelta(days=1)), card(hours(ends_on=DAY)))
    promise = hours(at=here.provider)
    code = card(promise)
    assert cards.revoke_cards(commitment_id=promise.pk, at=AT, actor="test") == 1
    with pytest.raises(CardRefused):
        pay(here.charge(), code)
    assert cards.revoke_cards(commitment_id=promise.pk, at=AT, actor="test") == 0


def test_no_card_names_anyone_and_no_code_is_kept():
    code = card(hours())
    kept = FreeHoursCard.objects.values().get()
    assert set(kept) == {
        "id", "commitment_id", "mac", "issued_at", "minutes_left", "revoked_at",
    }  # fmt: skip
    assert code.replace("-", "")[2:].encode() not in bytes(kept["mac"])


def test_sign_refuses_an_employer_without_hours_and_hours_of_another_kind():
    def sign(kind, *promises):
        agreements.sign(
            kind=kind, title="x", promiser_id=OrganisationFactory().pk, starts_on=JANUARY,
            commitments=promises, at=AT, actor="test",
        )  # fmt: skip

    with pytest.raises(CommitmentMissing):
        sign("employer")
    with pytest.raises(HoursMissing):
        sign("employer", agreements.Promise("x"))
    with pytest.raises(HoursMissing):
        sign("employer", agreements.Promise("x", quota_minutes=0))
    with pytest.raises(HoursMissing):
        sign("third_party", agreements.Promise("x", quota_minutes=60))


def test_issue_cards_refuses_a_number_out_of_range_and_an_agreement_without_hours():
    promise = hours()
    for count in (0, 501):
        with pytest.raises(CardsNotPossible):
            cards.issue_cards(commitment_id=promise.pk, count=count, at=AT, actor="test")
    with pytest.raises(CardsNotPossible):
        card(commitment())


def event(day, sessions=1, cents=1000):
    at = datetime.datetime.combine(day, datetime.time(9), tzinfo=datetime.UTC)
    return HoursEvent(1, at, sessions, 60 * sessions, cents * sessions)


def days(month, count):
    return [event(datetime.date(2026, month, day + 1)) for day in range(count)]


def told(events, *, on, ends_on=None):
    return [
        (str(at.date()), len(some))
        for at, some in queries.told_hours(
            sorted(events, key=lambda one: one.at), ends_on=ends_on, on=on
        )
    ]


def test_told_hours_of_five_sessions_are_told_at_the_end_of_their_month():
    events = days(3, 5) + days(4, 2) + days(5, 3)
    assert told(events, on=datetime.date(2026, 3, 31)) == []
    assert told(events, on=datetime.date(2026, 4, 1)) == [("2026-03-31", 5)]
    assert told(events, on=datetime.date(2026, 5, 31)) == [("2026-03-31", 5)]
    assert told(events, on=datetime.date(2026, 6, 1)) == [("2026-03-31", 5), ("2026-05-31", 5)]


def test_told_hours_tell_what_waits_once_the_agreement_is_over():
    events = [*days(3, 2), event(datetime.date(2026, 6, 3), sessions=-1)]
    ends_on = datetime.date(2026, 4, 15)
    assert told(events, on=ends_on, ends_on=ends_on) == []
    after = told(events, on=datetime.date(2026, 6, 4), ends_on=ends_on)
    assert after == [("2026-04-15", 2), ("2026-06-03", 1)]


def test_told_hours_do_not_count_refunds_as_sessions():
    events = [*days(3, 4), event(datetime.date(2026, 3, 20), sessions=-1)]
    assert told(events, on=datetime.date(2026, 12, 1)) == []


def used(promise, count, here=None):
    """That many sessions of one hour, 10 € each, on the day of the tests; give their charges."""
    here, code = here or world(price=1000), card(promise)
    return [pay(here.charge(), code) for _one in range(count)]


def account(promise, on):
    (found,) = queries.hours_accounts(promise.agreement.promiser_id, on=on)
    return found.told_on, found.sessions, found.used_minutes, found.owed_cents


MONTH_OVER = datetime.date(2026, 12, 1)
NOVEMBER_END = datetime.date(2026, 11, 30)
NOTHING = (None, None, None, None)


@pytest.mark.parametrize("count", [0, 1, 4, 5, 7])
def test_attack_98_hours_accounts_say_nothing_of_the_month_under_way(count):
    promise = hours()
    used(promise, count)
    for day in (DAY, DAY + datetime.timedelta(days=3), NOVEMBER_END):
        assert account(promise, day) == NOTHING


def test_attack_98_hours_accounts_tell_whole_months_from_five_sessions():
    promise = hours()
    used(promise, 4)
    assert account(promise, MONTH_OVER) == NOTHING
    refunded = used(promise, 2)[0]
    told = (NOVEMBER_END, 6, 360, 6000)
    assert account(promise, MONTH_OVER) == told
    late = datetime.datetime(2026, 12, 3, 9, tzinfo=datetime.UTC)
    services.refund_charge(charge=refunded, reason="Erreur", at=late, actor="test")
    for day in (late.date(), datetime.date(2027, 1, 1)):
        assert account(promise, day) == told


def test_hours_accounts_tell_few_sessions_only_when_the_agreement_is_over():
    promise = hours(ends_on=NOVEMBER_END)
    used(promise, 2)
    assert account(promise, NOVEMBER_END) == NOTHING
    assert account(promise, MONTH_OVER) == (NOVEMBER_END, 2, 120, 2000)
    assert account(hours(ends_on=NOVEMBER_END), MONTH_OVER) == (NOVEMBER_END, 0, 0, 0)


def test_hours_accounts_owe_no_more_what_was_sent_or_paid_straight_to_the_place():
    promise, here = hours(), world(price=1000)
    used(promise, 5, here)
    receive(promise, 1500)  # covers one session whole; 5 € wait
    assert account(promise, MONTH_OVER)[3] == 3500
    of = issuer(here)
    customer(of, promise.agreement.promiser)
    payer = promise.agreement.promiser_id
    services.invoice_shares(
        issuer=of, organisation_id=payer, issued_on=DAY, until=LATER, key="hours", at=AT,
        actor="test",
    )  # fmt: skip
    services.record_payment(
        issuer_id=of.pk, organisation_id=payer, amount_cents=1250, received_on=DAY,
        means="transfer", key="pay", at=AT, actor="test",
    )  # fmt: skip
    assert account(promise, MONTH_OVER)[3] == 2250


def test_hours_accounts_ask_six_questions_at_most(django_assert_max_num_queries):
    promise = hours()
    used(promise, 5)
    with django_assert_max_num_queries(6):
        assert account(promise, MONTH_OVER)[1] == 5


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_counters_never_share_the_employers_last_minute():
    here, promise = world(price=1000), hours(100)
    code = card(promise)
    charges = [here.charge() for _one in range(4)]

    def counter(charge):
        try:
            return pay(charge, code).pk
        except HoursUsedUp:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        paid = [pk for pk in pool.map(counter, charges) if pk]
    taken = PayerShare.objects.filter(kind="employer").values_list("minutes", flat=True)
    assert (len(paid), sorted(taken)) == (2, [40, 60])
