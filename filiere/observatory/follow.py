"""Follow the euro downwards: what a funder's money became, and where. Read through ``queries``.

Amounts are integer euro cents. Every figure is a sum of rows that can be listed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, F, Min, Sum

from filiere.programmes.models import FunderReturn, Receipt, Tranche
from filiere.rules import parameters
from filiere.vouchers.models import LotPart, LotState, VoucherState
from filiere.vouchers.queries import live_parts, parts_put


@dataclass(frozen=True, slots=True)
class ServiceAmount:
    """What one service of the national standard used, in cents."""

    service: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Flows:
    """The river of some tranches' money, in cents.

    ``given`` is cash received and kept. It splits exactly into ``not_activated``, ``not_handed_out``,
    ``handed_out_unused`` and ``used``; ``used`` splits into ``paid`` (in paid batches) and
    ``due``, and also by service.
    """

    promised_cents: int
    given_cents: int
    not_activated_cents: int
    not_handed_out_cents: int
    handed_out_unused_cents: int
    used_cents: int
    paid_cents: int
    used_by_service: tuple[ServiceAmount, ...]

    @property
    def activated_cents(self) -> int:
        """Cash put into vouchers that may be used."""
        return self.given_cents - self.not_activated_cents

    @property
    def handed_out_cents(self) -> int:
        """What reached people: used, or still in their hands."""
        return self.used_cents + self.handed_out_unused_cents

    @property
    def due_cents(self) -> int:
        """Used and not yet paid to the provider."""
        return self.used_cents - self.paid_cents


@dataclass(frozen=True, slots=True)
class Followed:
    """One tranche or programme followed: who gave, the river, and its source counts."""

    tranche_ids: tuple[int, ...]
    programme_id: int
    programme_name: str
    funders: tuple[tuple[int, str], ...]
    flows: Flows
    sessions: int
    persons: int
    first_session_on: date | None


def follow_tranche(tranche_id: int) -> Followed:
    """Follow one tranche from its receipts to the sessions it paid for.

    Raises:
        Tranche.DoesNotExist: no such tranche.
    """
    return _followed([Tranche.objects.select_related("programme", "funder").get(pk=tranche_id)])


def follow_programme(programme_id: int) -> Followed | None:
    """Follow every tranche of a programme together; None while nobody promised anything."""
    tranches = list(
        Tranche.objects.filter(programme_id=programme_id)
        .select_related("programme", "funder")
        .order_by("pk")
    )
    return _followed(tranches) if tranches else None


def _followed(tranches: list[Tranche]) -> Followed:
    ids = [tranche.pk for tranche in tranches]
    acts = live_parts(ids).aggregate(
        sessions=Count("movement__share__charge", distinct=True),
        persons=Count("movement__share__charge__registration__person", distinct=True),
        first=Min("movement__share__charge__registration__slot__starts_at__date"),
    )
    programme = tranches[0].programme
    return Followed(
        tranche_ids=tuple(ids),
        programme_id=programme.pk,
        programme_name=programme.name,
        funders=tuple({one.funder_id: one.funder.name for one in tranches}.items()),
        flows=_flows(tranches),
        sessions=acts["sessions"],
        persons=acts["persons"],
        first_session_on=acts["first"],
    )


def flows_of_tranche(tranche_id: int) -> Flows:
    """The river of one tranche: given → activated → used, handed out or left."""
    return _flows([Tranche.objects.get(pk=tranche_id)])


def _given_cents(tranche_ids: list[int]) -> int:
    """Cash received and kept: receipts the bank took back and money given back do not count."""
    kept = Receipt.objects.filter(tranche_id__in=tranche_ids).exclude(
        bounce__undone_at__isnull=False
    )
    back = FunderReturn.objects.filter(tranche_id__in=tranche_ids)
    received, returned = (
        int(rows.aggregate(total=Sum("amount_cents", default=0))["total"]) for rows in (kept, back)
    )
    return received - returned


def _flows(tranches: list[Tranche]) -> Flows:
    ids = [tranche.pk for tranche in tranches]
    given = _given_cents(ids)
    activated = (
        LotPart.objects.filter(tranche_id__in=ids)
        .exclude(lot__state=LotState.DRAFT)
        .aggregate(total=Sum("amount_cents", default=0))["total"]
    )
    in_hands = (
        parts_put(ids)
        .filter(voucher__handed_out_at__isnull=False)
        .exclude(voucher__state__in=[VoucherState.VOID, VoucherState.EXPIRED])
        .aggregate(total=Sum("remaining_cents", default=0))["total"]
    )
    # What was left of closed lots is back at their tranches.
    activated -= (
        parts_put(ids)
        .filter(voucher__state=VoucherState.EXPIRED)
        .aggregate(total=Sum("remaining_cents", default=0))["total"]
    )
    by_service = (
        live_parts(ids)
        .values(service=F("movement__share__charge__registration__slot__offer__service"))
        .annotate(total=Sum("amount_cents"))
        .order_by("-total", "service")
    )
    services = tuple(ServiceAmount(row["service"] or "", row["total"]) for row in by_service)
    used = sum(row.amount_cents for row in services)
    paid = (
        live_parts(ids)
        .filter(
            movement__share__order_lines__cancelled=False,
            movement__share__order_lines__order__state="paid",
        )
        .aggregate(total=Sum("amount_cents", default=0))["total"]
    )
    return Flows(
        promised_cents=sum(tranche.cap_cents for tranche in tranches),
        given_cents=given,
        not_activated_cents=given - activated,
        not_handed_out_cents=activated - used - in_hands,
        handed_out_unused_cents=in_hands,
        used_cents=used,
        paid_cents=paid,
        used_by_service=services,
    )


class By(StrEnum):
    """How the rows of a follow-up are grouped."""

    PLACE = "place"
    COMMUNE = "commune"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Row:
    """What money did in one place, commune or service.

    ``key`` is a place's or commune's id, or a service; ``commune`` is the commune's name, blank
    for a service. ``key`` is None for the groups merged because they hold too few persons; then
    ``persons`` is None, and so are the other numbers when even together they are too few.
    """

    key: int | str | None
    label: str
    commune: str
    sessions: int | None
    persons: int | None
    amount_cents: int | None


_SLOT = "movement__share__charge__registration__slot__offer__"
_GROUPS = {
    By.PLACE: (f"{_SLOT}place_id", f"{_SLOT}place__name", f"{_SLOT}place__commune__name"),
    By.COMMUNE: (
        f"{_SLOT}place__commune_id",
        f"{_SLOT}place__commune__name",
        f"{_SLOT}place__commune__name",
    ),
    By.SERVICE: (f"{_SLOT}service", f"{_SLOT}service", None),
}


def rows_of_tranches(
    tranche_ids: Collection[int], *, by: By, public_on: date | None = None
) -> list[Row]:
    """What some tranches paid for, by place, commune or service, the most money first.

    Args:
        public_on: day of publication; groups of fewer persons than the threshold of that day
            are then merged. None for those who may read everything.
    """
    key, label, commune = _GROUPS[by]
    found = (
        live_parts(tranche_ids)
        .values(key, label, *([commune] if commune else []))
        .annotate(
            sessions=Count("movement__share__charge", distinct=True),
            persons=Count("movement__share__charge__registration__person", distinct=True),
            total=Sum("amount_cents"),
        )
        .order_by("-total", key)
    )
    rows = [
        Row(
            row[key],
            str(row[label] or ""),
            row[commune] if commune else "",
            row["sessions"],
            row["persons"],
            row["total"],
        )
        for row in found
    ]
    return rows if public_on is None else without_small_cells(rows, on=public_on)


def without_small_cells(rows: list[Row], *, on: date) -> list[Row]:
    """Merge the groups that hold fewer persons than the published threshold.

    A published group is merged with them, so that subtracting from the total reveals nobody;
    when there is none, the merged numbers are withheld too.

    Args:
        on: day that dates the threshold (parameter ``small_cells.threshold``).
    """
    threshold = parameters.whole("small_cells.threshold", on)
    small = [row for row in rows if (row.persons or 0) < threshold]
    if not small:
        return rows
    large = [row for row in rows if (row.persons or 0) >= threshold]
    if not large:
        return [Row(None, "", "", None, None, None)]
    cover = min(large, key=lambda row: (row.persons or 0, str(row.key)))
    merged = [*small, cover]
    other = Row(
        key=None,
        label="",
        commune="",
        sessions=sum(row.sessions or 0 for row in merged),
        persons=None,
        amount_cents=sum(row.amount_cents or 0 for row in merged),
    )
    return [*(row for row in large if row is not cover), other]
