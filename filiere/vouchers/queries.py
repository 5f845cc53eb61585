"""Reading lots and vouchers. Amounts are integer euro cents; reading never writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from filiere.programmes.models import Programme
from filiere.vouchers.models import Lot, LotState, Movement, Voucher


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the funnel: how many vouchers, worth how many cents."""

    vouchers: int
    cents: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """From the order to the payment. A voucher lost and replaced counts once.

    ``used.cents`` is what was really taken. ``paid`` is None here: only the payment orders above
    know it, and ``observatory`` fills it in.
    """

    ordered: Stage
    activated: Stage
    handed_out: Stage
    used: Stage
    paid: Stage | None = None


@dataclass(frozen=True, slots=True)
class HeldVoucher:
    """A voucher as its holder sees it; the code is not known here."""

    serial: int
    face_cents: int
    remaining_cents: int
    use_until: date
    state: str
    handed_out_at: datetime | None


@dataclass(frozen=True, slots=True)
class MovementShare:
    """What one funder's tranche paid of one movement."""

    movement_id: UUID
    tranche_id: int
    amount_cents: int


def funnel(of: Programme | Lot) -> Funnel:
    """Count one programme's or one lot's vouchers at each stage, in three queries."""
    lots = Lot.objects.filter(pk=of.pk) if isinstance(of, Lot) else Lot.objects.filter(programme=of)
    worth = Sum(F("count") * F("face_cents"))
    running = ~Q(state=LotState.DRAFT)
    ordered = lots.aggregate(
        vouchers=Sum("count"),
        cents=worth,
        active=Sum("count", filter=running),
        active_cents=Sum(F("count") * F("face_cents"), filter=running),
    )
    # The heir of a voucher that was handed out was handed out before.
    given = Voucher.objects.filter(lot__in=lots, handed_out_at__isnull=False).filter(
        Q(replaces=None) | Q(replaces__handed_out_at=None)
    )
    handed = given.aggregate(vouchers=Count("pk"), cents=Sum("lot__face_cents"))
    # The heir of a voucher already used is worth less than its lot's face.
    used = Movement.objects.filter(voucher__lot__in=lots).aggregate(
        vouchers=Count(
            "voucher", distinct=True, filter=Q(voucher__face_cents=F("voucher__lot__face_cents"))
        ),
        cents=Sum("amount_cents"),
    )
    return Funnel(
        ordered=Stage(ordered["vouchers"] or 0, ordered["cents"] or 0),
        activated=Stage(ordered["active"] or 0, ordered["active_cents"] or 0),
        handed_out=Stage(handed["vouchers"] or 0, handed["cents"] or 0),
        used=Stage(used["vouchers"] or 0, used["cents"] or 0),
    )


def vouchers_of(person_id: UUID) -> list[HeldVoucher]:
    """Vouchers a person holds, the soonest to expire first; replaced ones are left out."""
    held = (
        Voucher.objects.filter(holder=person_id)
        .exclude(state="void")
        .select_related("lot")
        .order_by("lot__use_until", "serial")
    )
    return [
        HeldVoucher(
            serial=voucher.serial,
            face_cents=voucher.face_cents,
            remaining_cents=voucher.remaining_cents,
            use_until=voucher.lot.use_until,
            state=voucher.state,
            handed_out_at=voucher.handed_out_at,
        )
        for voucher in held
    ]


def lots_of(programme: Programme) -> QuerySet[Lot]:
    """Lots of a programme with the parts of each funder, the newest first."""
    return programme.lots.prefetch_related("parts__tranche__funder").order_by("-created_at", "-pk")


def parts_of_movements(movement_ids: Sequence[UUID]) -> list[MovementShare]:
    """What each tranche paid of these movements, in order of movement then tranche."""
    rows = (
        Movement.objects.filter(pk__in=movement_ids)
        .order_by("pk", "parts__tranche")
        .values_list("pk", "parts__tranche", "parts__amount_cents")
    )
    return [MovementShare(*row) for row in rows]
