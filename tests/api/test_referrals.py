"""Referrals and vouchers in people's hands."""

import datetime

import pytest

from filiere.accounts.models import Organisation
from filiere.orientation.models import Referral, UnmetNeed
from filiere.persons.models import Person
from filiere.vouchers.models import Voucher
from tests.agenda.factories import AT
from tests.api.conftest import signed_in
from tests.api.scenes import shop
from tests.vouchers.factories import entrust

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"
TOMORROW = AT + datetime.timedelta(days=1)


def wanted(made, **more):
    return {
        "need": "procedure",
        "commune_id": made.vouchers.commune.pk,
        "offers": [made.offer.pk],
        "name": "Odile Blanc",
        "keep_identity": True,
        **more,
    }


def entrusted(made, prescriber):
    """The prescriber's organisation keeps the vouchers of the scene."""
    keeper = prescriber.user.memberships.get().organisation_id
    entrust(made.vouchers.lot, keeper)


def sent(made, prescriber, **more):
    status, answer = prescriber.post("referrals", wanted(made, **more))
    assert status == 200, answer
    return answer


def test_send_holds_a_seat_and_the_place_reads_the_name():
    made = shop(starts_at=TOMORROW)
    referral = sent(made, signed_in("prescriber"))

    status, answer = made.mediator.get("referrals/inbox")
    seen = made.mediator.get(f"referrals/{referral['ref']}")[1]

    assert status == 200
    assert [one["ref"] for one in answer["items"]] == [referral["ref"]]
    assert answer["items"][0]["starts_at"] == "2026-11-25T09:30:00Z"
    assert seen["person"] == "Odile Blanc"


def test_send_with_the_same_key_sends_one_person():
    made, prescriber = shop(starts_at=TOMORROW), signed_in("prescriber")

    answers = [prescriber.post("referrals", wanted(made), key=KEY) for _ in range(2)]

    assert answers[0] == answers[1]
    assert Person.objects.count() == Referral.objects.count() == 1


@pytest.mark.parametrize("key", ["", KEY])
def test_send_without_room_is_refused_and_counted(key):
    made = shop()

    status, answer = signed_in("prescriber").post("referrals", wanted(made), key=key)

    assert (status, answer["code"]) == (409, "orientation.no_capacity")
    assert UnmetNeed.objects.get().need == "procedure"
    assert not Person.objects.exists()


def test_accept_makes_the_appointment_twice_is_once():
    made, prescriber = shop(starts_at=TOMORROW), signed_in("prescriber")
    sent(made, prescriber)
    attempt = made.mediator.get("referrals/inbox")[1]["items"][0]["attempt_id"]

    answers = [made.mediator.post(f"referral-attempts/{attempt}/accept") for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0][1]["state"] == "accepted"
    assert prescriber.get("referrals/sent")[1]["items"][0]["state"] == "accepted"


def test_refuse_gives_the_seat_back_and_exhausts_the_last_place():
    made = shop(starts_at=TOMORROW)
    referral = sent(made, signed_in("prescriber"))
    attempt = referral["attempts"][0]["id"]

    status, answer = made.mediator.post(f"referral-attempts/{attempt}/refuse", {"reason": "full"})

    assert (status, answer["state"]) == (200, "exhausted")
    assert answer["person"] == ""


def test_a_referral_of_others_is_refused():
    made = shop(starts_at=TOMORROW)
    referral = sent(made, signed_in("prescriber"))
    attempt = referral["attempts"][0]["id"]
    knocks = [
        signed_in("prescriber").get(f"referrals/{referral['ref']}"),
        signed_in("mediator").get(f"referrals/{referral['ref']}"),
        signed_in("mediator").post(f"referral-attempts/{attempt}/accept"),
        signed_in("manager").post(f"referral-attempts/{attempt}/refuse", {"reason": "full"}),
    ]

    assert {status for status, _answer in knocks} == {403}
    assert Referral.objects.get().state == "open"


def test_hand_out_gives_a_voucher_to_a_person_one_has_sent():
    made, prescriber = shop(starts_at=TOMORROW), signed_in("prescriber")
    referral = sent(made, prescriber)
    serial = made.vouchers.issued[0].serial
    entrusted(made, prescriber)

    status, answer = prescriber.post(
        f"vouchers/{serial}/hand-out", {"referral_ref": referral["ref"]}
    )

    assert status == 200
    assert (answer["state"], answer["remaining_cents"]) == ("handed_out", 1_500)


def test_hand_out_to_a_person_of_others_is_refused():
    made = shop(starts_at=TOMORROW)
    referral = sent(made, signed_in("prescriber"))
    serial = made.vouchers.issued[0].serial

    status, _answer = signed_in("prescriber").post(
        f"vouchers/{serial}/hand-out", {"referral_ref": referral["ref"]}
    )

    assert status == 403
    assert Voucher.objects.get(serial=serial).holder_id is None


def test_declare_lost_gives_a_new_code_to_whoever_handed_it_out():
    made, prescriber = shop(starts_at=TOMORROW), signed_in("prescriber")
    serial = made.vouchers.issued[0].serial
    entrusted(made, prescriber)
    sent(made, prescriber, voucher_serial=serial)

    stranger = signed_in("prescriber").post(f"vouchers/{serial}/lost")
    status, answer = prescriber.post(f"vouchers/{serial}/lost")

    assert stranger[0] == 403
    assert status == 200
    assert Voucher.objects.get(serial=answer["serial"]).remaining_cents == 1_500
    assert answer["code"] != made.code
    assert prescriber.post(f"vouchers/{serial}/lost")[1]["code"] == "vouchers.lost"


def test_one_organisation_may_hold_both_sides():
    made = shop(starts_at=TOMORROW)
    own = signed_in("prescriber", Organisation.objects.get(pk=made.vouchers.provider.pk))

    assert sent(made, own)["sender"] == made.vouchers.provider.name
