"""Brackets, packs and subscriptions by the API, and an employer's free hours."""

import datetime

import pytest

from filiere.agreements import services as agreements
from filiere.billing import services as billing
from filiere.billing.models import PriceRule
from filiere.rules.pricing import Band
from tests.agenda.factories import AT, OrganisationFactory
from tests.api.conftest import signed_in
from tests.api.scenes import PRICE, booked, delivered, shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = AT.date()
PACK = {
    "kind": "pack", "amount_cents": 10_000, "from_on": TODAY.isoformat(),
    "package": {"valid_days": 90, "sessions": 5, "single_cents": 2_500},
}  # fmt: skip


def manager_of(made):
    return signed_in("manager", made.offer.place.organisation)


def pack_of(made):
    """From today on, five sessions are bought at once, or one alone at its price."""
    billing.set_price(
        offer_id=made.offer.pk, kind="pack", amount_cents=10_000, from_on=TODAY, at=AT,
        actor="test", package=billing.Package(valid_days=90, sessions=5, single_cents=PRICE),
    )  # fmt: skip


def hours_of(made, minutes=600):
    """An employer that offers hours to its staff, at this place."""
    employer = OrganisationFactory()
    agreement = agreements.sign(
        kind="employer", title="Heures offertes", promiser_id=employer.pk,
        starts_on=datetime.date(2026, 1, 1), at=AT, actor="test",
        commitments=[agreements.Promise("heures", quota_minutes=minutes)],
    )  # fmt: skip
    return signed_in("commissioner", employer), agreement.commitments.get()


def test_set_price_states_a_pack_that_everybody_reads():
    made = shop()
    manager = manager_of(made)

    status, stated = manager.post(f"offers/{made.offer.pk}/prices", PACK)
    _status, listed = manager.get(f"offers/{made.offer.pk}/prices")
    _status, place = manager.get(f"places/{made.offer.place_id}")

    assert status == 200, stated
    assert [one["amount_cents"] for one in listed] == [10_000, PRICE]
    assert (stated["pack_sessions"], stated["valid_days"], stated["single_cents"]) == (5, 90, 2_500)
    price = place["offers"][0]["price"]
    assert (price["kind"], price["pack_sessions"], price["bands"]) == ("pack", 5, [])


def test_set_price_keeps_brackets_in_their_order():
    made = shop()
    bands = [
        {"label": "QF 1", "amount_cents": 200},
        {"label": "QF 2", "amount_cents": 700},
    ]
    body = {
        "kind": "session", "amount_cents": 1_800, "from_on": TODAY.isoformat(), "bands": bands,
        "basis": "income",
    }  # fmt: skip

    answers = [manager_of(made).post(f"offers/{made.offer.pk}/prices", body) for _twice in range(2)]

    assert [status for status, _answer in answers] == [200, 200]
    assert answers[1][1]["bands"] == bands
    assert PriceRule.objects.filter(offer=made.offer).count() == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"from_on": (TODAY - datetime.timedelta(days=1)).isoformat()}, "api.request_wrong"),
        ({"amount_cents": -1}, "api.request_wrong"),
        ({"kind": "gift"}, "api.request_wrong"),
        ({"package": None}, "billing.package_not_described"),
        ({"kind": "session"}, "billing.package_not_described"),
    ],
)
def test_set_price_refuses_and_says_why(changed, code):
    made = shop()

    status, answer = manager_of(made).post(f"offers/{made.offer.pk}/prices", PACK | changed)

    assert (status, answer["code"]) == (422, code)
    assert PriceRule.objects.filter(offer=made.offer).count() == 1


def test_set_price_is_for_the_manager_of_the_place():
    made = shop()
    address = f"offers/{made.offer.pk}/prices"

    assert made.mediator.post(address, PACK)[0] == 403
    assert signed_in("manager", OrganisationFactory()).post(address, PACK)[0] == 403
    assert signed_in("manager", OrganisationFactory()).get(address)[0] == 403
    assert manager_of(made).get("offers/0/prices")[0] == 404


def test_choose_price_sells_the_pack_then_it_pays_the_next_session():
    made = shop()
    pack_of(made)
    ref = delivered(made)

    status, answer = made.mediator.post(
        f"registrations/{ref}/price", {"take_package": True}, key="0123456789abcdef"
    )
    again = made.mediator.post(
        f"registrations/{ref}/price", {"take_package": True}, key="0123456789abcdef"
    )
    _status, held = made.mediator.get(f"registrations/{ref}/packages")

    assert (status, answer["charge"]["price_cents"]) == (200, 10_000)
    assert again == (status, answer)
    assert [(one["kind"], one["sessions_left"], one["minutes_left"]) for one in held] == [
        ("pack", 4, None)
    ]


def test_choose_price_takes_the_bracket_the_person_says():
    made = shop()
    billing.set_price(
        offer_id=made.offer.pk, kind="session", amount_cents=1_800, from_on=TODAY, at=AT,
        actor="test", bands=[Band("QF 1", 200)],
    )  # fmt: skip
    address = f"registrations/{delivered(made)}/price"

    assert made.mediator.post(address, {"band": "QF 1"})[1]["charge"]["price_cents"] == 200
    status, refused = made.mediator.post(address, {"band": "QF 9"})
    assert (status, refused["code"]) == (422, "billing.band_unknown")
    status, refused = made.mediator.post(address, {"take_package": True})
    assert (status, refused["code"]) == (409, "billing.package_not_offered")
    assert made.mediator.post(address, {})[1]["charge"]["price_cents"] == 1_800


def test_choose_price_is_for_an_open_charge_of_ones_own_place():
    made = shop()
    ref = booked(made)
    stranger = signed_in("mediator", OrganisationFactory())

    assert made.mediator.post(f"registrations/{ref}/price", {})[0] == 404  # nothing to pay yet
    assert stranger.post(f"registrations/{ref}/price", {})[0] == 403
    assert stranger.get(f"registrations/{ref}/packages")[0] == 403


def test_a_card_of_free_hours_pays_the_session():
    made = shop()
    employer, promise = hours_of(made)
    codes = employer.post(f"free-hours/{promise.pk}/cards", {"count": 2})[1]["codes"]
    ref = delivered(made)
    shown = {"card_code": codes[0].lower()}

    _status, quoted = made.mediator.post(f"registrations/{ref}/quote", shown)
    status, answer = made.mediator.post(f"registrations/{ref}/pay", shown)

    assert (quoted["third_party_cents"], quoted["person_cents"]) == (PRICE, 0)
    assert status == 200, answer
    assert [(one["kind"], one["amount_cents"]) for one in answer["lines"]] == [("employer", PRICE)]
    assert answer["person_cents"] == 0


def test_free_hours_tell_what_was_bought_and_nothing_of_the_month_under_way():
    made = shop()
    employer, promise = hours_of(made)
    codes = employer.post(f"free-hours/{promise.pk}/cards", {"count": 3})[1]["codes"]
    made.mediator.post(f"registrations/{delivered(made)}/pay", {"card_code": codes[0]})

    status, (account,) = employer.get("free-hours")

    assert len(set(codes)) == 3
    assert (status, account["quota_minutes"], account["cards"]) == (200, 600, 3)
    told = [account[name] for name in ("told_on", "sessions", "used_minutes", "owed_cents")]
    assert told == [None] * 4


def test_cards_taken_back_open_nothing_more():
    made = shop()
    employer, promise = hours_of(made)
    code = employer.post(f"free-hours/{promise.pk}/cards", {"count": 1})[1]["codes"][0]

    status, answer = employer.post(f"free-hours/{promise.pk}/cards/revoke")
    refused = made.mediator.post(f"registrations/{delivered(made)}/pay", {"card_code": code})

    assert (status, answer) == (200, {"revoked": 1})
    assert (refused[0], refused[1]["code"]) == (422, "agreements.card_refused")


def test_free_hours_are_for_the_employer_that_offers_them():
    made = shop()
    _employer, promise = hours_of(made)
    other = signed_in("commissioner", OrganisationFactory())

    assert other.post(f"free-hours/{promise.pk}/cards", {"count": 1})[0] == 403
    assert other.post(f"free-hours/{promise.pk}/cards/revoke")[0] == 403
    assert other.get("free-hours", organisation_id=promise.agreement.promiser_id)[0] == 403
    assert other.get("free-hours", organisation_id=0)[1] == []
    assert other.post("free-hours/0/cards", {"count": 1})[0] == 404
    assert other.post(f"free-hours/{promise.pk}/cards", {"count": 501})[0] == 422
    assert made.mediator.get("free-hours")[0] == 403
