"""Sessions and vouchers that a device recorded without network, received when it is back.

Each claim names a session: a seat taken before, or a free seat of an hour for who came without
one. The session is noted by the same two taps as online, it raises its charge, and the charge is
split as at the counter. A refusal takes nothing and leaves the session to be settled there.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from filiere.agenda import queries as agenda_queries
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration, Slot
from filiere.agreements.models import Commitment
from filiere.billing import queries
from filiere.billing.errors import SessionElsewhere, SessionUnknown
from filiere.billing.models import Charge, ChargeState
from filiere.billing.services.payers import act_of
from filiere.billing.services.splitting import (
    Taken,
    apply_splits,
    deal_of,
    split_charge,
    voucher_ask,
)
from filiere.directory.models import Offer
from filiere.kernel.errors import FiliereError
from filiere.pathways import queries as pathways_queries
from filiere.pathways import services as pathways
from filiere.persons import services as persons
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import VoucherRefused
from filiere.vouchers.models import Device, MovementChannel, Voucher

DEFAULT_OUTCOME = "done_together"
OUTSIDE_MINUTES = 30
"""Length of a session outside the hours when the device said none."""


@transaction.atomic
def upload_sessions(
    *, device_id: int, claims: Sequence[vouchers.Claim], at: datetime
) -> vouchers.Upload:
    """Receive the sessions and vouchers that a device recorded; each is answered once for all.

    Locks the device, then hours, charges, agreements and vouchers, each kind in one order.

    Args:
        at: when they are received.

    Raises:
        DeviceUnknown, TooManyRows, AmountRefused: see ``vouchers.services.upload_claims``.
    """
    return vouchers.upload_claims(device_id=device_id, claims=claims, pay=_pay, at=at)


def _pay(device: Device, asked: Sequence[vouchers.Asked], at: datetime) -> list[vouchers.Answer]:
    """Note every session first, so that locks are taken in the order of the counter; then pay."""
    noted = _note_all(device, [one.claim for one in asked], at)
    charges = _lock_money([one for one in noted if isinstance(one, Charge)], asked)
    answers: list[vouchers.Answer] = []
    run: list[tuple[vouchers.Asked, Charge]] = []
    for one, session in zip(asked, noted, strict=True):
        if isinstance(session, Charge) and _is_plain(one, charges[session.pk], run):
            run.append((one, charges[session.pk]))
            continue
        # In the order of the numbers: whoever recorded first is asked first.
        answers += _settle_together(device, run, at)
        run = []
        answers.append(
            _settle(device, one, session, at) if isinstance(session, Charge) else session
        )
    return answers + _settle_together(device, run, at)


def _is_plain(
    one: vouchers.Asked, charge: Charge, run: Sequence[tuple[vouchers.Asked, Charge]]
) -> bool:
    """Tell whether a claim can be paid with others: no third party, no session named twice."""
    return (
        one.voucher is not None
        and charge.state == ChargeState.OPEN
        and 0 < charge.price_cents == one.claim.wanted_cents
        and charge.registration.commitment_id is None
        and all(charge.pk != other.pk for _asked, other in run)
    )


def _note_all(
    device: Device, claims: Sequence[vouchers.Claim], at: datetime
) -> list[Charge | vouchers.Answer]:
    """Note every session; give its charge, or why it cannot be noted or is not to be paid.

    What the sessions are is read in a few queries for all of them, the hours locked first.
    """
    seats = agenda_queries.registrations_by_refs([claim.reference for claim in claims])
    agenda.lock_slots(
        {claim.slot_id for claim in claims if claim.slot_id is not None}
        | {seat.slot_id for seat in seats.values()}
    )
    done = set(pathways_queries.notes_of([seat.pk for seat in seats.values()]))
    noted = [_note(device, claim, seats, done, at) for claim in claims]
    ids = [one.pk for one in noted if isinstance(one, Registration)]
    charges = queries.charges_of(ids)
    return [
        one
        if isinstance(one, vouchers.Answer)
        else charges.get(one.pk) or vouchers.Answer(one.ref, None, "session_paid")
        for one in noted
    ]


def _lock_money(charges: Sequence[Charge], asked: Sequence[vouchers.Asked]) -> dict[int, Charge]:
    """Lock charges, then agreements, then vouchers: the counter takes one of each, so ordered.

    Gives the charges as they are once locked, each with its session and place.
    """
    ids = [charge.pk for charge in charges]
    macs = [one.voucher for one in asked if one.voucher is not None]
    rows = (
        Charge.objects.filter(pk__in=ids),
        Commitment.objects.filter(
            pk__in=Registration.objects.filter(charge__in=ids).values("commitment")
        ),
        Voucher.objects.filter(code_mac__in=macs),
    )
    for found in rows:
        locked = found.select_for_update(of=("self",), no_key=True)
        list(locked.order_by("pk").values_list("pk"))
    whole = Charge.objects.select_related("registration__slot__offer__place")
    return {charge.pk: charge for charge in whole.filter(pk__in=ids).order_by("pk")}


def _note(
    device: Device,
    claim: vouchers.Claim,
    seats: Mapping[str, Registration],
    done: set[int],
    at: datetime,
) -> Registration | vouchers.Answer:
    """Note one session and give its seat, or why it cannot be noted; then nothing is written.

    Args:
        seats: those that the claims name, by reference as it was typed.
        done: seats already noted; this one joins them.
    """
    try:
        with transaction.atomic():
            registration = _seat(device, claim, seats, at)
            if registration.pk not in done:
                pathways.deliver(
                    registration_id=registration.pk,
                    present=True,
                    outcome=claim.outcome or DEFAULT_OUTCOME,
                    at=at,
                    actor=f"device:{device.pk}",
                )
    except FiliereError as refusal:
        return vouchers.Answer(claim.reference, None, word_of(refusal))
    done.add(registration.pk)
    return registration


def _seat(
    device: Device, claim: vouchers.Claim, seats: Mapping[str, Registration], at: datetime
) -> Registration:
    """Find the seat of a claim, or take one for who came without.

    Raises:
        SessionUnknown: neither a seat, an hour nor an offer is named, or none bears this name.
        SessionElsewhere: it is another place's.
        NobodyFree: everybody at the place was busy when a session outside the hours was held.
        SlotFull, SlotGone, PlaceClosed: see ``agenda.services.book``.
    """
    if claim.reference:
        found = seats.get(claim.reference)
        if found is None:
            raise SessionUnknown
        if found.slot.offer.place_id != device.place_id:
            raise SessionElsewhere
        return found
    actor, came_at = f"device:{device.pk}", min(claim.occurred_at, at)
    slot = _slot(device, claim, came_at, at)
    person_id = persons.open_file(at=at, actor=actor)
    return agenda.book(slot_id=slot.pk, person_id=person_id, walk_in=True, at=came_at, actor=actor)


def _slot(device: Device, claim: vouchers.Claim, came_at: datetime, at: datetime) -> Slot:
    """Find the hour of a claim, or open one for a session held outside the hours.

    Raises:
        SessionUnknown, SessionElsewhere, NobodyFree, PlaceClosed: see ``_seat``.
    """
    if claim.offer_id is not None:
        offer = Offer.objects.filter(pk=claim.offer_id).first()
        if offer is None:
            raise SessionUnknown
        if offer.place_id != device.place_id:
            raise SessionElsewhere
        return agenda.open_now(
            offer_id=offer.pk, starts_at=came_at, minutes=claim.minutes or OUTSIDE_MINUTES, at=at,
            actor=f"device:{device.pk}",
        )  # fmt: skip
    slot = Slot.objects.select_related("offer").filter(pk=claim.slot_id or 0).first()
    if slot is None:
        raise SessionUnknown
    if slot.offer.place_id != device.place_id:
        raise SessionElsewhere
    return slot


def _settle_together(
    device: Device, run: Sequence[tuple[vouchers.Asked, Charge]], at: datetime
) -> list[vouchers.Answer]:
    """Pay the sessions of several claims in one call; each is answered as if it were alone."""
    if len(run) < 2:
        return [_settle(device, one, charge, at) for one, charge in run]
    terms = vouchers.terms_by_digest([one.voucher for one, _charge in run if one.voucher])
    payers = [
        deal_of(act_of(charge), charge.price_cents, terms.get(one.voucher or b""), [], None)
        for one, charge in run
    ]
    try:
        asks = [voucher_ask(each, at) for each in payers]
    except VoucherRefused:  # the place may not take vouchers: each says so
        asks = []
    if not asks or any(not ask["wanted_cents"] for ask in asks):
        return [_settle(device, one, charge, at) for one, charge in run]
    paid = vouchers.redeem_many(
        acts=[
            vouchers.Act(
                voucher=one.voucher or b"", reference=charge.registration.ref,
                occurred_at=one.claim.occurred_at, **ask,
            )
            for (one, charge), ask in zip(run, asks, strict=True)
        ],
        at=at, actor=f"device:{device.pk}", channel=MovementChannel.OFFLINE, device_id=device.pk,
    )  # fmt: skip
    answers, taken = [], []
    for (_one, charge), each, got in zip(run, payers, paid, strict=True):
        if isinstance(got, VoucherRefused):
            answers.append(vouchers.Answer(charge.registration.ref, None, word_of(got)))
            continue
        taken.append(Taken(charge, each, got.movement_id, got.taken_cents))
        answers.append(vouchers.Answer(charge.registration.ref, got))
    if taken:
        apply_splits(taken=taken, at=at, actor=f"device:{device.pk}")
    return answers


def _settle(device: Device, asked: vouchers.Asked, charge: Charge, at: datetime) -> vouchers.Answer:
    """Split one charge with the voucher of a claim; refused, the charge stays to be settled."""
    ref = charge.registration.ref
    charge.refresh_from_db(fields=["state"])
    if charge.price_cents == 0:
        return vouchers.Answer(ref, None, "nothing_to_pay")
    if charge.state != ChargeState.OPEN:
        return vouchers.Answer(ref, None, "session_paid")
    if asked.voucher is None:
        return vouchers.Answer(ref, None)
    if charge.price_cents != asked.claim.wanted_cents:
        return vouchers.Answer(ref, None, "price_changed")
    paid: list[vouchers.Redeemed] = []
    try:
        with transaction.atomic():
            split_charge(
                charge=charge,
                voucher_code=asked.claim.code,
                at=at,
                actor=f"device:{device.pk}",
                redeem=_asked_late(device, asked, paid),
            )
    except FiliereError as refusal:
        return vouchers.Answer(ref, None, word_of(refusal))
    # Nobody asked the voucher: third parties paid all before it.
    return vouchers.Answer(ref, paid[0] if paid else None, "" if paid else "nothing_to_pay")


def _asked_late(
    device: Device, asked: vouchers.Asked, paid: list[vouchers.Redeemed]
) -> Callable[..., vouchers.Redeemed]:
    """Give what asks a voucher for a use that a device recorded; ``paid`` keeps its answer."""

    def redeem(*, code: object, at: datetime, actor: str, **act: Any) -> vouchers.Redeemed:
        recorded = vouchers.Act(
            voucher=asked.voucher or b"", occurred_at=asked.claim.occurred_at, **act
        )
        (answer,) = vouchers.redeem_many(
            acts=[recorded], at=at, actor=actor, channel=MovementChannel.OFFLINE,
            device_id=device.pk,
        )  # fmt: skip
        if isinstance(answer, VoucherRefused):
            raise answer
        paid.append(answer)
        return answer

    return redeem


def word_of(refusal: FiliereError) -> str:
    """Give the word that a claim keeps of a refusal: ``spent``, or ``agenda.slot_full``."""
    return refusal.code.removeprefix("vouchers.").removeprefix("billing.")
