"""Redemptions that devices recorded without network: received late, judged once, first come first.

The conflict policy: of two uses of the same money, the one received first is paid, whichever was
done first. The other is kept as *disputed* for the operator, for it was made in good faith; a claim
that the device could have refused by itself is *refused*. Amounts in euro cents.

What a claim pays is a session, and sessions have a price above this app: ``Pay`` is how.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.db.models.functions import TruncDate

from filiere.kernel.calendar import legal_day
from filiere.ledger import services as ledger
from filiere.rules import signed_codes
from filiere.vouchers.errors import DeviceUnknown, TooManyRows, VoucherRefused
from filiere.vouchers.models import ClaimState, Device, OfflineClaim, Voucher
from filiere.vouchers.secret import mac_of
from filiere.vouchers.services.batch import MAX_ROWS
from filiere.vouchers.services.counter import Redeemed, mac_from
from filiere.vouchers.services.signing import public_keys, read_signed

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far a device's clock may be wrong before its claims are set aside."""

# What a device in good faith could not know; everything else it could have refused by itself.
IN_GOOD_FAITH = frozenset(
    {"spent", "lost", "blocked", "recalled", "cap_reached", "reference_conflict", "reversed"}
    | {"clock", "device_limit", "recorded_late", "session_paid", "price_changed"}
    | {"offline_not_allowed"}
    | {"agenda.slot_full", "agenda.slot_gone", "agenda.place_closed", "agenda.seat_not_held"}
    | {"agenda.nobody_free"}
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One session and its voucher, as a device recorded them.

    ``seq`` is counted by the device from 1. ``code`` is the text of a signed QR code, or a code as
    typed. The session is a seat, by its printed ``reference``, or, for who came without one, a free
    seat of the slot ``slot_id``, or outside the hours ``minutes`` of the offer ``offer_id``. ``outcome`` is how it ended; ``wanted_cents`` the price shown.
    """

    seq: int
    code: str
    reference: str
    wanted_cents: int
    slot_id: int | None
    outcome: str
    occurred_at: datetime
    offer_id: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim to pay with the voucher of this digest; None: the session alone is noted."""

    claim: Claim
    voucher: bytes | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one claim: the session noted, and what was paid or the word of the refusal."""

    reference: str
    paid: Redeemed | None
    word: str = ""


Pay = Callable[[Device, Sequence[Asked], datetime], list[Answer]]
"""Note the sessions of claims of one device and pay them, in order; one answer each."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What an upload gave: each claim sent, as it was judged the first time it was received.

    ``missing`` are numbers still to come, the first hundred; ``renumber`` are claims not received,
    because another one already bears their number.
    """

    claims: list[OfflineClaim]
    missing: list[int]
    renumber: list[int]


@transaction.atomic
def upload_claims(*, device_id: int, claims: Sequence[Claim], pay: Pay, at: datetime) -> Upload:
    """Receive what a device recorded offline, in the order of its numbers.

    Locks the device. A number already received is answered as the first time and moves nothing,
    however long ago; numbers may come late or with gaps. A claim is set aside, never paid, when the
    device's clock runs ahead of ours, runs back between two numbers, or says a time before the
    device was registered; and beyond the device's limits of one day.

    Args:
        claims: at most 10,000, in any order.
        pay: called once, in the same transaction, with the claims that are not set aside.
        at: when they are received; the tolerance of vouchers is judged on it.

    Raises:
        DeviceUnknown: not registered, or taken off: nothing is received.
        TooManyRows: more than 10,000 claims; nothing is received.
        AmountRefused: an amount is not a whole number of cents above zero; nothing is received.
    """
    if len(claims) > MAX_ROWS:
        raise TooManyRows(count=len(claims), most=MAX_ROWS)
    for claim in claims:
        ledger.require_amount(claim.wanted_cents)
        ledger.require_amount(claim.seq)
    device = (
        Device.objects.select_for_update(of=("self",))
        .select_related("place")
        .filter(pk=device_id, revoked_at=None)
        .first()
    )
    if device is None:
        raise DeviceUnknown
    sent = device.claims.filter(seq__in=[claim.seq for claim in claims]).order_by("seq")
    known = set(sent.values_list("seq", flat=True))
    fresh = {claim.seq: claim for claim in reversed(claims) if claim.seq not in known}
    new = [fresh[seq] for seq in sorted(fresh)]
    OfflineClaim.objects.bulk_create(_judge(device, new, pay, at=at), batch_size=1000)
    if new:
        device.last_seq = max(device.last_seq, new[-1].seq)
        device.save(update_fields=["last_seq"])
    kept = {claim.seq: claim for claim in sent.all()}
    renumber = {c.seq for c in claims if bytes(kept[c.seq].digest) != digest_of(c)}
    return Upload(list(kept.values()), _missing(device), sorted(renumber))


def _judge(device: Device, claims: list[Claim], pay: Pay, *, at: datetime) -> list[OfflineClaim]:
    """Pay what can be paid in one call; give every claim with its answer.

    A claim whose code is worth nothing is still a session that took place: it is noted, unpaid.
    """
    words = _set_aside(device, claims, at=at)
    shown = _shown(claims)
    asked = [
        Asked(claim, None if shown[claim.seq].word else shown[claim.seq].mac)
        for claim in claims
        if claim.seq not in words
    ]
    answers = pay(device, asked, at) if asked else []
    told = {one.claim.seq: answer for one, answer in zip(asked, answers, strict=True)}
    return [
        _written(device, claim, shown[claim.seq], words.get(claim.seq), told.get(claim.seq), at)
        for claim in claims
    ]


def _set_aside(device: Device, claims: list[Claim], *, at: datetime) -> dict[int, str]:
    """Give the claims that are not even asked, with why: clock, place not qualified, limits."""
    words: dict[int, str] = {}
    used = _used_by_day(device)
    qualified_on = device.place.qualified_on
    earliest = _latest_before(device, claims)
    for claim in claims:
        if not earliest - CLOCK_TOLERANCE <= claim.occurred_at <= at + CLOCK_TOLERANCE:
            words[claim.seq] = "clock"
            continue
        earliest = max(earliest, claim.occurred_at)
        on = legal_day(claim.occurred_at)
        count, cents = used[on]
        if qualified_on is None or qualified_on > on:
            words[claim.seq] = "provider_not_qualified"
        elif (
            count + 1 > device.max_vouchers_per_day
            or cents + claim.wanted_cents > device.max_cents_per_day
        ):
            words[claim.seq] = "device_limit"
        else:
            used[on] = (count + 1, cents + claim.wanted_cents)
    return words


def _latest_before(device: Device, claims: list[Claim]) -> datetime:
    """Give the last time the device told, in claims numbered before these ones."""
    if not claims:
        return device.registered_at
    told = device.claims.filter(seq__lt=claims[0].seq).exclude(outcome="clock")
    last: datetime | None = told.aggregate(last=Max("occurred_at"))["last"]
    return max(last, device.registered_at) if last else device.registered_at


def _used_by_day(device: Device) -> defaultdict[date, tuple[int, int]]:
    """Count what was paid to a device on each legal day: claims and cents asked."""
    used: defaultdict[date, tuple[int, int]] = defaultdict(lambda: (0, 0))
    rows = (
        device.claims.filter(state=ClaimState.ACCEPTED)
        .annotate(day=TruncDate("occurred_at"))
        .order_by("day")
        .values_list("day")
        .annotate(count=Count("pk"), cents=Sum("wanted_cents"))
    )
    used.update({day: (count, cents) for day, count, cents in rows})
    return used


@dataclass(frozen=True, slots=True)
class _Shown:
    """The voucher of a claim, as far as it is known; ``word`` says why it cannot even be asked."""

    word: str
    voucher_id: int | None = None
    mac: bytes = b""


def _shown(claims: list[Claim]) -> dict[int, _Shown]:
    """Find each claim's voucher by its code; three queries for any number."""
    keys = public_keys()
    read: dict[int, int | bytes | str] = {}
    for claim in claims:
        try:
            if claim.code.startswith(signed_codes.PREFIX):
                read[claim.seq] = read_signed(claim.code, keys=keys).serial
            else:
                read[claim.seq] = mac_from(claim.code)
        except VoucherRefused as refusal:
            read[claim.seq] = word_of(refusal)
    serials = [found for found in read.values() if isinstance(found, int)]
    macs = [found for found in read.values() if isinstance(found, bytes)]
    rows = (
        (Voucher.objects.filter(serial__in=serials) | Voucher.objects.filter(code_mac__in=macs))
        .order_by("pk")
        .values_list("pk", "serial", "code_mac", "lot__programme__offline_use")
    )
    found: dict[int | bytes, _Shown] = {}
    for pk, serial, mac, allowed in rows:
        one = _Shown("" if allowed else "offline_not_allowed", pk, bytes(mac))
        found[serial] = found[one.mac] = one
    return {
        seq: _Shown(told) if isinstance(told, str) else found.get(told, _Shown("unknown"))
        for seq, told in read.items()
    }


def _written(
    device: Device,
    claim: Claim,
    shown: _Shown,
    word: str | None,
    answer: Answer | None,
    at: datetime,
) -> OfflineClaim:
    """Write how one claim was judged: set aside, else its session, else its voucher."""
    paid = answer.paid if answer else None
    word = word or (answer.word if answer else "") or shown.word
    state = ClaimState.DISPUTED if word in IN_GOOD_FAITH else ClaimState.REFUSED
    return OfflineClaim(
        device=device,
        seq=claim.seq,
        digest=digest_of(claim),
        voucher_id=shown.voucher_id,
        reference=answer.reference if answer else claim.reference,
        wanted_cents=claim.wanted_cents,
        taken_cents=paid.taken_cents if paid else 0,
        occurred_at=claim.occurred_at,
        received_at=at,
        state=ClaimState.ACCEPTED if paid else state,
        outcome="paid" if paid else (word or "unknown"),
        movement_id=paid.movement_id if paid else None,
    )


def digest_of(claim: Claim) -> bytes:
    """Tell two claims apart, 16 bytes, without keeping their code."""
    told = [
        claim.seq, claim.code, claim.reference, claim.wanted_cents, claim.slot_id, claim.outcome,
        claim.occurred_at.timestamp(),
    ]  # fmt: skip
    if claim.offer_id is not None:
        told += [claim.offer_id, claim.minutes]
    return mac_of(json.dumps(told))


def word_of(refusal: VoucherRefused) -> str:
    """Give the last word of a refusal's code: ``spent`` for ``vouchers.spent``."""
    return refusal.code.removeprefix("vouchers.")


def _missing(device: Device) -> list[int]:
    """Give the numbers not received yet below the last one, the first hundred."""
    if device.claims.count() == device.last_seq:
        return []
    got = set(device.claims.order_by("-seq").values_list("seq", flat=True)[: 2 * MAX_ROWS])
    lowest = min(got, default=1) if len(got) == 2 * MAX_ROWS else 1
    return [seq for seq in range(lowest, device.last_seq) if seq not in got][:100]
