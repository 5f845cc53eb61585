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
from tests.agenda.factories import OrganisationFactory
from tests.billing.factories import AT, DAY, check_now, commitment, lot_for, receive, world

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
