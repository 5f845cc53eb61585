"""Reading lots and vouchers. Amounts are integer euro cents; reading never writes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from filiere.ledger import queries as ledger
from filiere.programmes import queries as programmes
from filiere.programmes.models import Programme
from filiere.vouchers.models import (
    Booklet,
    Lot,
    LotPart,
    LotState,
    Movement,
    MovementPart,
    ReachOverride,
    Recall,
    Voucher,
    VoucherPart,
)
from filiere.vouchers.reach import Reach, reach_of

# Beginning of the name of the connection that makes the vouchers of a lot.
MAKING = "lot "


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the funnel: how many vouchers, worth how many cents."""

    vouchers: int
    cents: int


def live_parts(tranche_ids: Collection[int] | None = None) -> QuerySet[MovementPart]:
    """What tranches really paid: parts of the uses that were not undone since.

    Args:
        tranche_ids: only these tranches'; their uses are found by their lots.
    """
    parts = MovementPart.objects.all() if tranche_ids is None else parts_given(tranche_ids)
    return parts.filter(movement__reversal=None)


def parts_given(tranche_ids: Collection[int]) -> QuerySet[MovementPart]:
    """What some tranches paid, uses undone since included."""
    return MovementPart.objects.filter(_of(tranche_ids, "movement__voucher__"))


def parts_put(tranche_ids: Collection[int]) -> QuerySet[VoucherPart]:
    """What some tranches put on vouchers, and what is left of it."""
    return VoucherPart.objects.filter(_of(tranche_ids, "voucher__"))


def _of(tranche_ids: Collection[int], voucher: str) -> Q:
    """The parts of some tranches. Parts have no index of their own: found by the lots they pay."""
    ids = list(tranche_ids)
    lots = LotPart.objects.filter(tranche_id__in=ids).values("lot_id")
    return Q(tranche_id__in=ids, **{f"{voucher}lot_id__in": lots})


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
    used = Movement.objects.filter(voucher__lot__in=lots, reversal=None).aggregate(
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


def custodians_of(serials: Sequence[int]) -> dict[int, int | None]:
    """Organisation that each voucher's booklet is entrusted to; None: kept by the operator."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.serial, booklet.custodian_id"
            " FROM unnest(%s::bigint[]) AS wanted (serial)"
            " CROSS JOIN LATERAL (SELECT custodian_id, serial_to FROM vouchers_booklet"
            "                      WHERE serial_from <= wanted.serial"
            "                      ORDER BY serial_from DESC LIMIT 1) AS booklet"
            " WHERE booklet.serial_to >= wanted.serial",
            [list(serials)],
        )
        return dict(cursor.fetchall())


def pocket_account(lot_id: int, tranche_id: int) -> str:
    """Ledger account of what one tranche has put in one lot."""
    return f"pocket:{lot_id}:{tranche_id}"


def left_in(lot_ids: Collection[int]) -> dict[int, int]:
    """Give the cents not yet used of each lot, from the journal: no voucher is read."""
    parts = LotPart.objects.filter(lot__in=lot_ids).order_by("pk").values_list("lot", "tranche")
    pockets = {pocket_account(lot, tranche): lot for lot, tranche in parts}
    left = dict.fromkeys(lot_ids, 0)
    for code, cents in ledger.balances_of(list(pockets)).items():
        left[pockets[code]] += cents
    return left


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


@dataclass(frozen=True, slots=True)
class MissingCash:
    """What one funder's tranche still lacks for a lot, in cents."""

    tranche_id: int
    funder: str
    cents: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a draft lot lacks to be activated."""

    vouchers: int
    expected: int
    missing: tuple[MissingCash, ...]
    reach: Reach
    override: ReachOverride | None

    @property
    def is_generated(self) -> bool:
        """Whether all its vouchers exist."""
        return self.vouchers == self.expected

    @property
    def may_pass_reach(self) -> bool:
        """Whether enough people can use it, or two people answered for it."""
        return self.reach.is_enough or bool(self.override and self.override.confirmed_at)

    @property
    def is_ready(self) -> bool:
        """Whether it can be activated now."""
        return self.is_generated and not self.missing and self.may_pass_reach


@dataclass(frozen=True, slots=True)
class Keeper:
    """Booklets of a lot that one organisation keeps; nobody named: the operator."""

    organisation_id: int | None
    name: str
    booklets: int
    vouchers: int
    handed_out: int
    used: int


def readiness(lot: Lot, *, at: datetime) -> Readiness:
    """Tell what a lot lacks to be activated: vouchers, cash, people in reach."""
    parts = {
        part.tranche_id: (part.tranche.funder.name, part.amount_cents)
        for part in lot.parts.select_related("tranche__funder").order_by("tranche_id")
    }
    held = programmes.available_by_tranche(list(parts))
    return Readiness(
        vouchers=lot.vouchers.count(),
        expected=lot.count,
        missing=tuple(
            MissingCash(tranche_id, funder, cents - held[tranche_id])
            for tranche_id, (funder, cents) in parts.items()
            if held[tranche_id] < cents
        ),
        reach=reach_of(lot, at=at),
        override=ReachOverride.objects.filter(lot=lot).first(),
    )


def keepers_of(lot: Lot) -> list[Keeper]:
    """Who keeps the booklets of a lot, and how far each has handed them out; one query."""
    query = """
        SELECT custodian.id, coalesce(custodian.name, ''), count(DISTINCT booklet.id),
               count(voucher.id), count(voucher.handed_out_at),
               count(voucher.id) FILTER (WHERE voucher.remaining_cents < voucher.face_cents)
          FROM vouchers_booklet booklet
          JOIN vouchers_voucher voucher
            ON voucher.serial BETWEEN booklet.serial_from AND booklet.serial_to
           AND voucher.state <> 'void'  -- lost: its heir is counted in its place
          LEFT JOIN accounts_organisation custodian ON custodian.id = booklet.custodian_id
         WHERE booklet.lot_id = %s
         GROUP BY custodian.id
         ORDER BY custodian.name NULLS FIRST, custodian.id
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [lot.pk])
        return [Keeper(*row) for row in cursor.fetchall()]


def made_so_far(lot: Lot) -> int | None:
    """How many vouchers of a lot the worker has written and not committed; None: not at it now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(application_name, length(%(work)s) + 1)::int FROM pg_stat_activity"
            " WHERE datname = current_database() AND starts_with(application_name, %(work)s)",
            {"work": f"{MAKING}{lot.pk} "},
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def booklets_to_entrust(lot: Lot) -> tuple[int, int, int]:
    """Booklets nobody keeps yet: how many, the first number of the first, the last of the last."""
    free = Booklet.objects.filter(lot=lot, custodian=None).aggregate(
        booklets=Count("pk"), first=Min("serial_from"), last=Max("serial_to")
    )
    return free["booklets"], free["first"] or 0, free["last"] or 0


def self_prescribed_cents(of: Programme | Lot) -> int:
    """What organisations were paid with vouchers that they handed out themselves."""
    lots = Lot.objects.filter(pk=of.pk) if isinstance(of, Lot) else Lot.objects.filter(programme=of)
    used = Movement.objects.filter(
        voucher__lot__in=lots, provider=F("voucher__handed_out_by"), reversal=None
    ).aggregate(cents=Sum("amount_cents"))
    return used["cents"] or 0


def published_overrides() -> QuerySet[ReachOverride]:
    """Lots activated in spite of their reach, the latest first, with who answered and why."""
    return (
        ReachOverride.objects.filter(confirmed_at__isnull=False)
        .exclude(lot__state=LotState.DRAFT)
        .select_related("lot__programme__commissioner")
        .order_by("-confirmed_at", "-pk")
    )


def recalls_of(lot: Lot) -> QuerySet[Recall]:
    """Recalls of a lot, of its booklets and vouchers, the latest first, lifted ones included."""
    numbers = Booklet.objects.filter(lot=lot).aggregate(
        first=Min("serial_from"), last=Max("serial_to")
    )
    inside = Q(serial_from__gte=numbers["first"] or 0, serial_to__lte=numbers["last"] or 0)
    return Recall.objects.filter(Q(lot=lot) | inside).order_by("-at", "-pk")
