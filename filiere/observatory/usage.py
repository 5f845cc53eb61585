"""The funnel of a programme: ordered, activated, handed out, used, paid. Read through ``queries``.

Amounts are integer euro cents. What is published leaves out groups of fewer vouchers than the
threshold of small cells: a voucher is a person.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, F, Q, Sum

from filiere.programmes.models import Programme
from filiere.rules import parameters
from filiere.vouchers import queries as vouchers
from filiere.vouchers.models import Movement, Voucher

_PAID = Q(
    movement__share__order_lines__cancelled=False,
    movement__share__order_lines__order__state="paid",
)


class UsageBy(StrEnum):
    """How the rows of a funnel are grouped."""

    LOT = "lot"
    PRESCRIBER = "prescriber"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What became of the vouchers of one group; None: not told, too few people.

    Attributes:
        key: id of the lot, organisation or territory; None when it is not stated.
    """

    label: str
    handed_out: int | None
    used: int | None
    used_cents: int | None
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """The five stages of one programme, and its rows."""

    stages: vouchers.Funnel
    rows: tuple[UsageRow, ...]
    by: UsageBy
    hidden: int


# Group → columns of its key and label, from a voucher then from a movement.
_COMMUNE = "share__charge__registration__slot__offer__place__commune"
_KEYS = {
    UsageBy.LOT: (("lot_id", "lot_id"), ("voucher__lot_id", "voucher__lot_id")),
    UsageBy.PRESCRIBER: (
        ("handed_out_by_id", "handed_out_by__name"),
        ("voucher__handed_out_by_id", "voucher__handed_out_by__name"),
    ),
    UsageBy.COMMUNE: (None, (f"{_COMMUNE}_id", f"{_COMMUNE}__name")),
}


def usage_of_programme(
    programme: Programme, *, by: UsageBy, public_on: date | None = None
) -> Usage:
    """Tell the funnel of a programme and its rows, in a fixed number of queries.

    Args:
        by: lot, prescriber who handed out, or commune where the session took place.
        public_on: day of publication; groups of fewer vouchers than the threshold of that day,
            but not none, are left out and counted in ``hidden``. None shows every row, to those who may.
    """
    rows = _rows(programme, by)
    least = parameters.whole("small_cells.threshold", public_on) if public_on else 0
    kept = [row for row in rows if not 0 < _people(row) < least]
    # One group alone left out could be found by subtraction from the total.
    telling = [row for row in kept if _people(row)]
    if len(rows) - len(kept) == 1 and telling:
        kept.remove(min(telling, key=_people))
    return Usage(
        stages=_stages(programme),
        rows=tuple(kept),
        by=by,
        hidden=len(rows) - len(kept),
    )


def _people(row: UsageRow) -> int:
    """Vouchers that tell of people in a row: the fewest of those it counts, none left out."""
    counts = [count for count in (row.handed_out, row.used) if count]
    return min(counts, default=0)


def _stages(programme: Programme) -> vouchers.Funnel:
    """The five stages; paid counts what left in paid transfers."""
    funnel = vouchers.funnel(programme)
    paid = (
        vouchers.live_parts()
        .filter(_PAID, movement__voucher__lot__programme=programme)
        .aggregate(
            cents=Sum("amount_cents", default=0),
            vouchers=Count("movement__voucher", distinct=True),
        )
    )
    return vouchers.Funnel(
        ordered=funnel.ordered,
        activated=funnel.activated,
        handed_out=funnel.handed_out,
        used=funnel.used,
        paid=vouchers.Stage(paid["vouchers"], paid["cents"]),
    )


def _rows(programme: Programme, by: UsageBy) -> list[UsageRow]:
    """One row per group, those that used most first."""
    of_voucher, of_movement = _KEYS[by]
    handed: dict[int, int] = {}
    labels: dict[int, str] = {}
    if of_voucher:
        given = (
            Voucher.objects.filter(
                lot__programme=programme, handed_out_at__isnull=False, replaces=None
            )
            .values(key=F(of_voucher[0]), label=F(of_voucher[1]))
            .annotate(count=Count("pk"))
            .order_by("key")
        )
        for row in given:
            handed[row["key"]], labels[row["key"]] = row["count"], str(row["label"])
    used = (
        Movement.objects.filter(voucher__lot__programme=programme, reversal=None)
        .values(key=F(of_movement[0]), label=F(of_movement[1]))
        .annotate(count=Count("voucher", distinct=True), cents=Sum("amount_cents"))
        .order_by("key")
    )
    spent = {row["key"]: row for row in used}
    labels |= {key: str(row["label"] or "") for key, row in spent.items()}
    if by == UsageBy.LOT:
        labels |= _lot_labels(programme)
    rows = [
        UsageRow(
            label=labels[key],
            handed_out=handed.get(key, 0) if of_voucher else None,
            used=spent[key]["count"] if key in spent else 0,
            used_cents=spent[key]["cents"] if key in spent else 0,
            key=key,
        )
        for key in labels
    ]
    return sorted(rows, key=lambda row: (-(row.used_cents or 0), row.label))


def _lot_labels(programme: Programme) -> dict[int, str]:
    """Name of each lot of a programme."""
    lots = programme.lots.order_by("pk").values_list("pk", "label")
    return {pk: label or f"n° {pk}" for pk, label in lots}
