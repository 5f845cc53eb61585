"""Devices that take vouchers without network: keys, registration, what they keep and send."""

import datetime as dt
from base64 import b64encode
from dataclasses import asdict

from django.utils import timezone
from django.utils.translation import get_language
from ninja import Field, Header, Query, Router, Schema
from pydantic import AwareDatetime

from filiere.agenda import queries as agenda
from filiere.agenda.models import Slot
from filiere.api.problems import answers
from filiere.api.security import SignedIn, holds, public
from filiere.billing import queries as billing
from filiere.billing import services
from filiere.billing.models import Charge
from filiere.billing.queries import StatedPrice
from filiere.directory.models import Offer, Place
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import memberships, require
from filiere.pathways.models import Outcome
from filiere.rules.national_lists import label_of
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import DeviceUnknown
from filiere.vouchers.models import Device
from filiere.vouchers.queries import devices as queries
from filiere.vouchers.queries.withdrawals import withdrawn_since

router = Router(tags=["devices"])
RUN = "vouchers.run_devices"
MOST_CLAIMS = 200
KEPT_DAYS = 7
OUTSIDE_MINUTES = (30, 60)


class KeyOut(Schema):
    """A key whose signatures on vouchers are believed: Ed25519, 32 bytes in base64."""

    id: int
    programme_id: int
    public_key: str


class KeysOut(Schema):
    """Every key in force; a revoked one is not listed."""

    keys: list[KeyOut]


class DeviceIn(Schema):
    """A device to register: the private key stays on it."""

    place_id: int
    name: str = Field(min_length=1, max_length=80)
    public_key: str = Field(max_length=64, description="Ed25519, 32 bytes in base64")


class DeviceOut(Schema):
    """A device and its limits of one day; ``last_seq`` is the highest number received."""

    id: int
    name: str
    place_id: int
    place: str
    public_key: str
    max_vouchers_per_day: int
    max_cents_per_day: int
    last_seq: int
    registered_at: dt.datetime
    revoked_at: dt.datetime | None


class DevicesOut(Schema):
    """Devices of the organisations one acts for."""

    devices: list[DeviceOut]


class KeptSeatOut(Schema):
    """A seat somebody took: its printed reference, and what is left to pay; nobody is named."""

    ref: str
    state: str
    price_cents: int
    is_paid: bool


class KeptHourOut(Schema):
    """One hour of the place; ``price_cents`` is that of who comes without a seat."""

    slot_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    service: str
    free: int
    price_cents: int
    seats: list[KeptSeatOut]


class KeptOfferOut(Schema):
    """A service and a length that who comes outside the hours may be received for."""

    offer_id: int
    label: str
    minutes: int
    price_cents: int


class KeptDayOut(Schema):
    """What a device keeps to work without network: seven days at its place."""

    on: dt.date
    kept_at: dt.datetime
    hours: list[KeptHourOut]
    offers: list[KeptOfferOut]


class WithdrawnVoucherOut(Schema):
    """A voucher to refuse: ``check`` recognises its typed code, ``word`` says why."""

    serial: int
    check: str
    word: str


class WithdrawnOut(Schema):
    """What changed since a version; ``recalled`` and ``ranges`` replace what the device had."""

    version: int
    more: bool
    withdrawn: list[WithdrawnVoucherOut]
    restored: list[int]
    recalled: list[WithdrawnVoucherOut]
    ranges: list[tuple[int, int]]
    refuses_all: bool


class ClaimIn(Schema):
    """One session and its voucher.

    The session is a seat (``reference``), else ``slot_id``, else ``minutes`` of ``offer_id``,
    held outside the hours.
    """

    seq: int = Field(ge=1, le=2**53, description="counted by the device, from 1")
    code: str = Field(max_length=200, description="typed or scanned, signed or not")
    reference: str = Field("", max_length=40)
    slot_id: int | None = Field(None, ge=1, le=2**53)
    offer_id: int | None = Field(None, ge=1, le=2**53)
    minutes: int | None = Field(None, ge=5, le=720)
    outcome: Outcome = Outcome.DONE_TOGETHER
    wanted_cents: int = Field(ge=1, le=10**9, description="the price that was shown")
    occurred_at: AwareDatetime


class ClaimsIn(Schema):
    """What a device sends, at most 200 at a time."""

    claims: list[ClaimIn] = Field(max_length=MOST_CLAIMS)


class ClaimOut(Schema):
    """How one claim was judged, the first time it was received."""

    seq: int
    state: str
    outcome: str
    reference: str
    voucher_serial: int | None
    taken_cents: int
    received_at: dt.datetime


class UploadOut(Schema):
    """The answers; numbers still to come; claims to send again under another number."""

    claims: list[ClaimOut]
    missing: list[int]
    renumber: list[int]


def _out(device: Device) -> DeviceOut:
    return DeviceOut(
        id=device.pk,
        name=device.name,
        place_id=device.place_id,
        place=device.place.name,
        public_key=b64encode(bytes(device.public_key)).decode(),
        max_vouchers_per_day=device.max_vouchers_per_day,
        max_cents_per_day=device.max_cents_per_day,
        last_seq=device.last_seq,
        registered_at=device.registered_at,
        revoked_at=device.revoked_at,
    )


def _own_device(request: SignedIn, device_id: int) -> Device:
    found = queries.device(device_id)
    if found is None:
        raise NotFound(reference=device_id)
    require(request.user, RUN, found)
    return found


@router.get("/voucher-keys", auth=public, response=answers(KeysOut), operation_id="voucher_keys")
def voucher_keys(request: SignedIn) -> KeysOut:
    """Keys that sign vouchers: anyone may check one without asking us."""
    found = vouchers.public_keys()
    return KeysOut(
        keys=[
            KeyOut(id=pk, programme_id=programme_id, public_key=b64encode(key).decode())
            for pk, (programme_id, key) in found.items()
        ]
    )


@router.get("/devices", auth=holds(RUN), response=answers(DevicesOut), operation_id="devices")
def devices(request: SignedIn) -> DevicesOut:
    """Devices of the organisations one acts for, working ones first."""
    mine = {one.organisation_id for one in memberships(request.user)}
    return DevicesOut(devices=[_out(one) for one in queries.devices_of(mine)])


@router.post(
    "/devices", auth=holds(RUN), response=answers(DeviceOut), operation_id="device_register"
)
def device_register(request: SignedIn, given: DeviceIn) -> DeviceOut:
    """Let a device of one's place take vouchers without network. The same key twice is once."""
    place = Place.objects.select_related("organisation").filter(pk=given.place_id).first()
    if place is None:
        raise NotFound(reference=given.place_id)
    require(request.user, RUN, place)
    made = vouchers.register_device(
        place=place,
        name=given.name,
        public_key=given.public_key,
        at=timezone.now(),
        actor=request.user.actor,
    )
    return _out(made)


@router.post(
    "/devices/{device_id}/revoke",
    auth=holds(RUN),
    response=answers(DeviceOut),
    operation_id="device_revoke",
)
def device_revoke(request: SignedIn, device_id: int) -> DeviceOut:
    """Take off a device, lost or replaced: nothing more of it is received."""
    found = _own_device(request, device_id)
    vouchers.revoke_device(device_id=found.pk, at=timezone.now(), actor=request.user.actor)
    found.refresh_from_db(fields=["revoked_at"])
    return _out(found)


@router.get(
    "/devices/{device_id}/day",
    auth=holds(RUN),
    response=answers(KeptDayOut),
    operation_id="device_day",
)
def device_day(request: SignedIn, device_id: int) -> KeptDayOut:
    """What a device keeps: hours, seats and prices of seven days. Nobody is named."""
    found = _own_device(request, device_id)
    at = timezone.now()
    on = legal_day(at)
    slots = agenda.days_of_place(found.place_id, on, days=KEPT_DAYS)
    seats = [seat.pk for slot in slots for seat in slot.seats_taken]  # type: ignore[attr-defined]
    charges = billing.charges_of(seats)
    prices = {
        day: billing.prices_of({slot.offer_id for slot in slots}, day)
        for day in {legal_day(slot.starts_at) for slot in slots}
    }
    hours = [
        _hour(slot, prices[legal_day(slot.starts_at)].get(slot.offer_id), charges) for slot in slots
    ]
    return KeptDayOut(on=on, kept_at=at, hours=hours, offers=_offers(found.place_id, on))


def _offers(place_id: int, on: dt.date) -> list[KeptOfferOut]:
    """Services of a place that have a price today, for each length that is offered."""
    offers = Offer.objects.filter(place=place_id, closed_on=None).order_by("service", "pk")
    named = {one.pk: one.service for one in offers}
    prices = billing.prices_of(named, on)
    language = get_language() or "fr"
    return [
        KeptOfferOut(
            offer_id=pk,
            label=label_of("services", service, language),
            minutes=minutes,
            price_cents=prices[pk].for_minutes(minutes),
        )
        for pk, service in named.items()
        if pk in prices
        for minutes in OUTSIDE_MINUTES
        if prices[pk].for_minutes(minutes) > 0
    ]


@router.get(
    "/devices/{device_id}/withdrawn",
    auth=holds(RUN),
    response=answers(WithdrawnOut),
    operation_id="device_withdrawn",
)
def device_withdrawn(
    request: SignedIn, device_id: int, since: int = Query(0, ge=0, le=2**53)
) -> WithdrawnOut:
    """Vouchers that may not pay, changed since a version: what a device refuses without network.

    Nobody is named. ``check`` is the first five bytes, in hexadecimal, of SHA-256 over
    “filiere withdrawn 1”, a line feed, and the code without separators.
    """
    found = _own_device(request, device_id)
    told = withdrawn_since(device=found, version=since, on=legal_day(timezone.now()))
    return WithdrawnOut(**asdict(told))


def _hour(slot: Slot, stated: StatedPrice | None, charges: dict[int, Charge]) -> KeptHourOut:
    taken = slot.seats_taken  # type: ignore[attr-defined]
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    price = 0 if stated is None else stated.for_minutes(minutes)
    return KeptHourOut(
        slot_id=slot.pk,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        service=slot.offer.service,
        free=slot.seats - len(taken),
        price_cents=price,
        seats=[
            KeptSeatOut(
                ref=seat.ref,
                state=seat.state,
                price_cents=charges[seat.pk].price_cents if seat.pk in charges else price,
                is_paid=seat.pk in charges and charges[seat.pk].state != "open",
            )
            for seat in taken
        ],
    )


@router.post(
    "/devices/{device_id}/claims",
    auth=public,
    response=answers(UploadOut),
    operation_id="device_claims",
)
def device_claims(
    request: SignedIn,
    device_id: int,
    given: ClaimsIn,
    signature: str = Header(..., alias="X-Device-Signature", max_length=100),
) -> UploadOut:
    """Receive what a device recorded; it signs the whole body. The same claims twice are once.

    The signature is Ed25519 over “filiere offline claims 1”, a line feed, and the body, in base64.
    """
    found = queries.device(device_id)
    if found is None or found.revoked_at is not None:
        raise DeviceUnknown
    vouchers.require_signature(
        device=found,
        content=request.body,
        signature=signature,
    )
    got = services.upload_sessions(
        device_id=found.pk,
        claims=[vouchers.Claim(**one.model_dump()) for one in given.claims],
        at=timezone.now(),
    )
    serials = dict(
        queries.claims_of(found.pk)
        .filter(seq__in=[one.seq for one in got.claims])
        .values_list("seq", "voucher__serial")
    )
    return UploadOut(
        claims=[
            ClaimOut(
                seq=one.seq,
                state=one.state,
                outcome=one.outcome,
                reference=one.reference,
                voucher_serial=serials.get(one.seq),
                taken_cents=one.taken_cents,
                received_at=one.received_at,
            )
            for one in got.claims
        ],
        missing=got.missing,
        renumber=got.renumber,
    )
