"""The mediator's side: slots, seats, the day, the counter."""

import datetime

import pytest

from filiere.agenda.models import Registration, Slot
from filiere.persons.models import Person
from filiere.vouchers.models import Voucher
from tests.agenda.factories import AT, OfferFactory, new_slot
from tests.api.conftest import signed_in
from tests.api.scenes import PRICE, booked, delivered, shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"
TOMORROW = AT + datetime.timedelta(days=1)


def test_book_takes_a_seat_without_account(anyone):
    slot = new_slot()

    status, answer = anyone.post("registrations", {"slot_id": slot.pk, "need": "procedure"})

    assert status == 200
    seat = Registration.objects.get(ref=answer["ref"])
    assert (seat.slot_id, seat.state, seat.need) == (slot.pk, "confirmed", "procedure")
    assert answer["price_cents"] is None


def test_book_with_the_same_key_takes_one_seat(anyone):
    slot = new_slot(seats=3)

    answers = [anyone.post("registrations", {"slot_id": slot.pk}, key=KEY) for _ in range(2)]

    assert answers[0] == answers[1]
    assert Registration.objects.filter(slot=slot).count() == 1
    assert Person.objects.count() == 1


def test_book_with_a_key_already_used_otherwise_is_refused(anyone):
    slot = new_slot(seats=3)
    anyone.post("registrations", {"slot_id": slot.pk}, key=KEY)

    status, answer = anyone.post("registrations", {"slot_id": slot.pk, "need": "scam"}, key=KEY)

    assert (status, answer["code"]) == (409, "kernel.key_reused")
    assert Registration.objects.filter(slot=slot).count() == 1


def test_book_refused_keeps_nothing_and_the_key_may_serve_again(anyone):
    full = new_slot()
    anyone.post("registrations", {"slot_id": full.pk})

    status, answer = anyone.post("registrations", {"slot_id": full.pk}, key=KEY)

    assert (status, answer["code"]) == (409, "agenda.slot_full")
    assert Person.objects.count() == 1
    Slot.objects.filter(pk=full.pk).update(seats=2)
    assert anyone.post("registrations", {"slot_id": full.pk}, key=KEY)[0] == 200


def test_cancel_booking_needs_its_token(anyone):
    slot = new_slot()
    made = anyone.post("registrations", {"slot_id": slot.pk})[1]
    address = f"registrations/{made['ref']}/cancel"

    assert anyone.post(address, {"token": "wrong"})[0] == 404
    status, answer = anyone.post(address, {"token": made["token"]})

    assert (status, answer["state"]) == (200, "cancelled")


def test_publish_slots_names_what_was_left_out():
    made = shop()
    starts = [TOMORROW.isoformat(), made.slot.starts_at.isoformat()]

    status, answer = made.mediator.post(
        "slots", {"offer_id": made.offer.pk, "starts": starts, "minutes": 45}
    )

    assert status == 200
    assert [one["starts_at"] for one in answer["created"]] == ["2026-11-25T09:30:00Z"]
    assert [one["reason"] for one in answer["rejected"]] == ["past"]


def test_publish_slots_at_another_place_is_refused():
    made, elsewhere = shop(), OfferFactory()

    status, answer = made.mediator.post(
        "slots", {"offer_id": elsewhere.pk, "starts": [TOMORROW.isoformat()], "minutes": 45}
    )

    assert (status, answer["code"]) == (403, "kernel.not_allowed")


def test_cancel_slot_is_for_its_own_place():
    made = shop(starts_at=TOMORROW)

    stranger = signed_in("mediator").post(f"slots/{made.slot.pk}/cancel")
    status, answer = made.mediator.post(f"slots/{made.slot.pk}/cancel")

    assert stranger[0] == 403
    assert (status, answer["state"]) == (200, "cancelled")


def test_day_shows_ones_own_hours():
    made = shop()
    ref = booked(made)

    status, answer = made.mediator.get("day", on="2026-11-24")

    assert status == 200
    assert [hour["slot_id"] for hour in answer["hours"]] == [made.slot.pk]
    assert [person["ref"] for person in answer["hours"][0]["people"]] == [ref]
    assert signed_in("mediator").get("day", on="2026-11-24")[1]["hours"] == []


def test_deliver_twice_is_once_and_raises_the_charge():
    made = shop()
    ref = booked(made)
    taps = {"present": True, "outcome": "done_together", "sent_by": "nobody"}

    answers = [made.mediator.post(f"registrations/{ref}/deliver", taps) for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0][1]["charge"]["price_cents"] == PRICE
    assert answers[0][1]["state"] == "present"


def test_undo_takes_the_taps_back():
    made = shop()
    ref = delivered(made)

    status, answer = made.mediator.post(f"registrations/{ref}/undo")

    assert (status, answer["state"], answer["charge"]) == (200, "confirmed", None)


def test_a_seat_of_another_place_is_refused():
    made = shop()
    ref, stranger = delivered(made), signed_in("manager")
    knocks = [
        stranger.post(f"registrations/{ref}/deliver", {"present": False}),
        stranger.post(f"registrations/{ref}/undo"),
        stranger.get(f"registrations/{ref}/charge"),
        stranger.post(f"registrations/{ref}/quote"),
        stranger.post(f"registrations/{ref}/pay"),
    ]

    assert {status for status, _answer in knocks} == {403}
    assert made.mediator.get(f"registrations/{ref}/charge")[1]["charge"]["state"] == "open"


def test_quote_says_who_would_pay_and_writes_nothing():
    made = shop()
    ref = delivered(made)

    status, answer = made.mediator.post(f"registrations/{ref}/quote", {"voucher_code": made.code})

    assert status == 200
    assert (answer["voucher_cents"], answer["person_cents"]) == (1_500, 1_000)
    assert Voucher.objects.get(serial=answer["voucher_serial"]).remaining_cents == 1_500


def test_pay_splits_the_price_to_the_cent_once():
    made = shop()
    ref = delivered(made)

    answers = [
        made.mediator.post(f"registrations/{ref}/pay", {"voucher_code": made.code})
        for _ in range(2)
    ]

    assert answers[0] == answers[1]
    status, answer = answers[0]
    assert status == 200
    assert [(one["kind"], one["amount_cents"]) for one in answer["lines"]] == [
        ("voucher", 1_500),
        ("person", 1_000),
    ]
    assert sum(one["amount_cents"] for one in answer["lines"]) == answer["total_cents"] == PRICE


def test_pay_refused_says_what_to_tell_the_person():
    made = shop()
    ref = delivered(made)

    status, answer = made.mediator.post(f"registrations/{ref}/pay", {"voucher_code": "7F3K"})

    assert (status, answer["code"]) == (422, "vouchers.mistyped")
    assert answer["to_say_aloud"]
    assert made.mediator.get(f"registrations/{ref}/charge")[1]["charge"]["state"] == "open"
