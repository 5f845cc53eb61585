"""What anyone may read, and the list of operations."""

import datetime
from decimal import Decimal

import pytest

from filiere.orientation.models import UnmetNeed
from filiere.pathways.models import Diagnosis
from tests.agenda.factories import AT, CommuneFactory, OfferFactory, PlaceFactory, new_slot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HERE = {"latitude": Decimal("46.17000"), "longitude": Decimal("1.87000")}


def test_communes_are_found_without_accents(anyone):
    CommuneFactory(name="Guéret", folded="gueret", code="23096", postcodes=["23000"])

    status, answer = anyone.get("communes", q="gueret")

    assert status == 200
    assert [(one["code"], one["is_exact"]) for one in answer] == [("23096", True)]


def test_needs_procedures_and_questions_are_in_the_readers_language(anyone):
    needs, procedures = anyone.get("needs")[1], anyone.get("procedures")[1]
    questions = anyone.get("questionnaire")[1]

    assert len(needs) == 8
    assert procedures[0]["operator"] == "Family benefits office (CAF)"
    assert questions["questions"][0]["label"] == "When did you last use the Internet?"


def test_find_ranks_and_explains(anyone):
    commune = CommuneFactory(**HERE)
    offer = OfferFactory(place=PlaceFactory(commune=commune, **HERE))
    slot = new_slot(offer)

    status, answer = anyone.get("find", need="procedure", commune_id=commune.pk)

    assert status == 200
    assert [(one["slot_id"], one["position"]) for one in answer["options"]] == [(slot.pk, 1)]
    assert answer["options"][0]["price_cents"] is None
    assert answer["options"][0]["why"]
    assert not UnmetNeed.objects.exists()


def test_find_in_an_unknown_commune_is_refused(anyone):
    status, answer = anyone.get("find", need="procedure", commune_id=0)

    assert (status, answer["code"]) == (404, "kernel.not_found")


def test_diagnosis_gives_today_and_a_next_step_and_keeps_nothing(anyone):
    status, answer = anyone.post("diagnosis", {"answers": {"use": "never"}, "deadline_days": 2})

    assert status == 200
    assert answer["today"].startswith("Today: settle this procedure")
    assert answer["next_step"].startswith("Next:")
    assert "Your deadline is in 2 days." in answer["reasons"]
    assert not Diagnosis.objects.exists()


def test_places_come_page_by_page(anyone):
    for _ in range(3):
        OfferFactory()

    status, answer = anyone.get("places", per_page=2, page=2)

    assert status == 200
    assert (answer["total"], answer["pages"], len(answer["items"])) == (3, 2, 1)


def test_place_never_says_free_when_nothing_is_stated(anyone):
    offer = OfferFactory()

    status, answer = anyone.get(f"places/{offer.place_id}")

    assert status == 200
    assert answer["opening_hours"] == ""
    assert [(one["fee"], one["price"]) for one in answer["offers"]] == [("unknown", None)]


def test_place_slots_are_those_with_room(anyone):
    offer = OfferFactory()
    slot = new_slot(offer, seats=2, starts_at=AT + datetime.timedelta(days=2))
    anyone.post("registrations", {"slot_id": slot.pk})

    status, answer = anyone.get(f"places/{offer.place_id}/slots")

    assert (status, [(one["slot_id"], one["free"]) for one in answer]) == (200, [(slot.pk, 1)])


def test_reference_page_lists_every_operation(anyone):
    from filiere.api.views import operations

    page = anyone.client.get("/api/")

    assert page.status_code == 200
    assert all(one.address in page.content.decode() for one in operations())


def test_schema_gives_every_operation_its_refusals(anyone):
    answer = anyone.client.get("/api/v1/openapi.json").json()

    described = [one for methods in answer["paths"].values() for one in methods.values()]
    assert len(described) == len({one["operationId"] for one in described})
    assert all(one["summary"] and one["description"] for one in described)
    assert all({"200", "403", "422", "429"} <= one["responses"].keys() for one in described)
