"""What devices recorded without network becomes sessions, charges and uses, all of them true."""

import base64
import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test.utils import CaptureQueriesContext

from filiere.agenda.models import Registration
from filiere.billing import queries, services
from filiere.billing.models import Charge
from filiere.kernel import checks
from filiere.pathways import queries as pathways
from filiere.pathways import services as pathway_services
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import Movement, OfflineClaim
from tests.agenda.factories import (
    AT,
    OfferFactory,
    PlaceFactory,
    UnitFactory,
    new_registration,
    new_slot,
)
from tests.vouchers.factories import active
from tests.vouchers.test_concurrency import at_once

pytestmark = pytest.mark.django_db
PRICE, FACE = 2_500, 3_000
HOUR = datetime.timedelta(hours=1)
LATER = AT + 3 * HOUR
DAY_BEFORE = AT - 24 * HOUR
# Queries of an upload: once (a refusal asked alone included), and for each session noted.
ONCE, EACH = 55, 23


class Shop:
    """A qualified place with a price, an hour for three, vouchers, and a device."""

    def __init__(self, **lot) -> None:
        self.scene = active(**{"count": 3, "face": FACE, "offline_use": True} | lot)
        self.place = PlaceFactory(
            organisation=self.scene.provider,
            commune=self.scene.commune,
            qualified_on=datetime.date(2026, 1, 1),
        )
        self.offer = OfferFactory(place=self.place)
        services.set_price(
            offer_id=self.offer.pk, kind="session", amount_cents=PRICE,
            from_on=datetime.date(2026, 1, 1), actor="t", at=DAY_BEFORE,
        )  # fmt: skip
        self.slot = self.hour(seats=3)
        self.device = self.new_device()

    def hour(self, *, seats=1, offer=None):
        offer = offer or self.offer
        unit = UnitFactory(worker__place=offer.place)
        return new_slot(offer, starts_at=AT, seats=seats, unit=unit, at=DAY_BEFORE)

    def new_device(self):
        key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        return vouchers.register_device(
            place=self.place, name="Tablette", public_key=base64.b64encode(key).decode(),
            at=DAY_BEFORE, actor="user:1",
        )  # fmt: skip

    def seat(self, slot=None):
        return new_registration(slot or self.slot, at=DAY_BEFORE).ref

    def claim(self, seq=1, number=0, **changes):
        defaults = {
            "seq": seq,
            "code": self.scene.issued[number].code,
            "reference": "",
            "wanted_cents": PRICE,
            "slot_id": None,
            "outcome": "done_alone",
            "occurred_at": AT + datetime.timedelta(minutes=seq),
        }
        return vouchers.Claim(**defaults | changes)

    def send(self, *claims, device=None, at=LATER):
        device = device or self.device
        return services.upload_sessions(device_id=device.pk, claims=claims, at=at)


def told(upload):
    return [(one.state, one.outcome, one.taken_cents) for one in upload.claims]


def broken():
    return [verdict.name for verdict in checks.run() if not verdict.holds]


def test_upload_sessions_notes_the_session_and_splits_its_charge():
    shop = Shop()
    ref = shop.seat()

    got = shop.send(shop.claim(reference=ref))

    assert told(got) == [("accepted", "paid", PRICE)]
    registration = Registration.objects.get(ref=ref)
    assert registration.state == "present"
    assert pathways.note_of(registration.pk).outcome == "done_alone"
    charge = queries.charge_of(registration.pk)
    assert (charge.state, charge.price_cents) == ("split", PRICE)
    movement = Movement.objects.get()
    assert (movement.reference, movement.channel, movement.device_id) == (
        ref, "offline", shop.device.pk,
    )  # fmt: skip
    assert charge.shares.get().movement_id == movement.pk
    assert broken() == []


def test_upload_sessions_takes_a_free_seat_for_who_came_without_one():
    shop = Shop()

    got = shop.send(shop.claim(slot_id=shop.slot.pk))

    seat = shop.slot.registrations.get()
    assert told(got) == [("accepted", "paid", PRICE)]
    assert got.claims[0].reference == seat.ref
    assert seat.state == "present"
    assert broken() == []


def test_upload_sessions_sent_twice_is_once():
    shop = Shop()
    claims = [shop.claim(reference=shop.seat()), shop.claim(2, 1, slot_id=shop.slot.pk)]

    first = shop.send(*claims)
    again = shop.send(*claims, at=LATER + HOUR)

    assert told(again) == told(first)
    assert [one.reference for one in again.claims] == [one.reference for one in first.claims]
    assert Movement.objects.count() == shop.slot.registrations.count() == 2


def test_upload_sessions_of_a_session_already_noted_only_pays():
    shop = Shop()
    ref = shop.seat()
    registration = Registration.objects.get(ref=ref)
    pathway_services.deliver(
        registration_id=registration.pk, present=True, outcome="to_continue", at=AT, actor="t"
    )

    assert told(shop.send(shop.claim(reference=ref))) == [("accepted", "paid", PRICE)]
    assert pathways.note_of(registration.pk).outcome == "to_continue"


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"code": "0" * 17}, "unknown"), ({"code": "x"}, "mistyped"), ({"wanted_cents": 2_400}, "price_changed")],
)  # fmt: skip
def test_upload_sessions_refused_leaves_the_session_to_be_settled(changes, word):
    shop = Shop()
    ref = shop.seat()

    got = shop.send(shop.claim(**{"reference": ref} | changes))

    assert [one.outcome for one in got.claims] == [word]
    charge = queries.charge_of(Registration.objects.get(ref=ref).pk)
    assert (charge.state, Movement.objects.count()) == ("open", 0)
    assert broken() == []


def test_attack_15_two_vouchers_for_one_session_only_the_first_pays():
    shop = Shop()
    ref = shop.seat()

    got = shop.send(shop.claim(reference=ref), shop.claim(2, 1, reference=ref))

    assert told(got) == [("accepted", "paid", PRICE), ("disputed", "session_paid", 0)]
    assert broken() == []


def test_attack_04_two_devices_of_one_place_the_first_received_is_paid():
    shop = Shop(count=1, face=PRICE)
    other = shop.new_device()
    one, two = shop.seat(), shop.seat()

    first = shop.send(shop.claim(reference=two), device=other)
    second = shop.send(shop.claim(reference=one))

    assert told(first) == [("accepted", "paid", PRICE)]
    assert told(second) == [("disputed", "spent", 0)]
    assert Charge.objects.filter(state="open").count() == 1
    assert broken() == []


def test_upload_sessions_refuses_sessions_nobody_knows_and_of_other_places():
    shop = Shop()
    elsewhere = OfferFactory(place=PlaceFactory(organisation=shop.scene.provider))
    theirs = shop.hour(offer=elsewhere)

    got = shop.send(
        shop.claim(1),
        shop.claim(2, reference="OR-0000-0000"),
        shop.claim(3, reference=shop.seat(theirs)),
        shop.claim(4, slot_id=theirs.pk),
    )

    words = ["session_unknown", "session_unknown", "session_elsewhere", "session_elsewhere"]
    assert [one.outcome for one in got.claims] == words
    assert not Charge.objects.exists()


def test_upload_sessions_into_a_full_hour_is_disputed_and_notes_nothing():
    shop = Shop()
    full = shop.hour()
    shop.seat(full)

    got = shop.send(shop.claim(slot_id=full.pk))

    assert told(got) == [("disputed", "agenda.slot_full", 0)]
    assert full.registrations.count() == 1


def test_upload_sessions_of_many_are_paid_together_in_the_order_of_their_numbers(
    django_assert_max_num_queries,
):
    shop = Shop(count=10, face=PRICE)
    refs = [shop.seat(shop.slot) for _ in range(3)]
    wide = shop.hour(seats=8)
    refs += [shop.seat(wide) for _ in range(8)]
    shop.send(shop.claim(1, 0, reference=refs[0]))
    claims = [shop.claim(n + 1, n, reference=refs[n]) for n in range(1, 10)]

    # Noting a session is most of it; the vouchers are asked in one call.
    with django_assert_max_num_queries(ONCE + 9 * EACH):
        got = shop.send(*claims, shop.claim(11, 5, reference=refs[10]))

    assert told(got)[:9] == [("accepted", "paid", PRICE)] * 9
    assert told(got)[9] == ("disputed", "spent", 0)
    assert broken() == []


def test_upload_sessions_of_twenty_asks_few_queries_more_than_of_one():
    shop = Shop(count=22, face=PRICE)
    wide = shop.hour(seats=22)
    refs = [shop.seat(wide) for _ in range(22)]
    claims = [shop.claim(n + 1, n, reference=refs[n]) for n in range(22)]
    shop.send(claims[0])
    with CaptureQueriesContext(connection) as one:
        shop.send(claims[1])
    with CaptureQueriesContext(connection) as twenty:
        got = shop.send(*claims[2:])

    assert told(got) == [("accepted", "paid", PRICE)] * 20
    assert len(twenty) - len(one) <= 19 * EACH
    assert broken() == []


def test_upload_sessions_of_many_by_a_place_that_may_not_take_vouchers_says_so_of_each():
    shop = Shop()
    shop.place.qualified_on = None
    shop.place.save()
    refs = [shop.seat(), shop.seat()]

    got = shop.send(*[shop.claim(n + 1, n, reference=ref) for n, ref in enumerate(refs)])

    assert [one.outcome for one in got.claims] == ["provider_not_qualified"] * 2
    assert not Movement.objects.exists()


def test_upload_sessions_outside_the_hours_opens_one_and_takes_the_time_of_a_worker():
    shop = Shop()
    outside = AT - 3 * HOUR

    got = shop.send(shop.claim(offer_id=shop.offer.pk, minutes=30, occurred_at=outside))

    seat = Registration.objects.get(ref=got.claims[0].reference)
    assert told(got) == [("accepted", "paid", PRICE)]
    assert (seat.slot.starts_at, seat.slot.ends_at, seat.slot.seats) == (
        outside, outside + HOUR / 2, 1,
    )  # fmt: skip
    assert seat.slot.occupations.get().released is False
    assert broken() == []


def test_upload_sessions_outside_the_hours_when_nobody_is_free_is_disputed():
    shop = Shop()

    got = shop.send(shop.claim(offer_id=shop.offer.pk, minutes=30, occurred_at=AT))

    assert told(got) == [("disputed", "agenda.nobody_free", 0)]
    assert not Registration.objects.exists()


def test_upload_sessions_outside_the_hours_of_another_place_is_refused():
    shop = Shop()

    got = shop.send(
        shop.claim(offer_id=OfferFactory().pk, minutes=30),
        shop.claim(2, offer_id=10**9, minutes=30),
    )

    assert [one.outcome for one in got.claims] == ["session_elsewhere", "session_unknown"]


def test_upload_sessions_set_aside_notes_no_session():
    shop = Shop()
    ref = shop.seat()

    got = shop.send(shop.claim(reference=ref, occurred_at=AT + 400 * 24 * HOUR))

    assert told(got) == [("disputed", "clock", 0)]
    assert Registration.objects.get(ref=ref).state == "confirmed"
    assert OfflineClaim.objects.get().reference == ref


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_attack_11_devices_and_counter_in_opposed_orders_wait_and_never_deadlock():
    shop = Shop(count=6, face=PRICE)
    devices = [shop.new_device() for _ in range(4)]
    slots = [shop.hour(seats=3) for _ in range(8)]
    refs = [[shop.seat(slot) for slot in slots[n * 2 : n * 2 + 2]] for n in range(4)]
    seen = charged(shop.seat())

    def upload(number):
        order = range(6) if number % 2 else reversed(range(6))
        claims = [
            shop.claim(seq, voucher, **session)
            for seq, (voucher, session) in enumerate(zip(order, sessions(number), strict=True), 1)
        ]
        return shop.send(*claims, device=devices[number])

    def sessions(number):
        mixed = slots if number % 2 else slots[::-1]
        return [{"reference": ref} for ref in refs[number]] + [
            {"slot_id": slot.pk} for slot in mixed[:4]
        ]

    def at_counter():
        code = shop.scene.issued[0].code
        return services.split_charge(charge=seen, voucher_code=code, at=LATER, actor="t")

    got = at_once([*(lambda n=n: upload(n) for n in range(4)), at_counter])

    paid = [one for upload in got[:4] for one in upload.claims if one.state == "accepted"]
    online = isinstance(got[4], Charge)
    assert len(paid) + online == 6
    assert Movement.objects.count() == 6
    assert broken() == []


def charged(ref):
    """A session noted at the counter and not paid yet."""
    registration = Registration.objects.get(ref=ref)
    pathway_services.deliver(
        registration_id=registration.pk, present=True, outcome="done_alone", at=AT, actor="t"
    )
    return queries.charge_of(registration.pk)
