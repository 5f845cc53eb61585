"""What a project spends and what its funders pay, month by month, as the rules draw it.

Integer euro cents; months are ranks, 0 for this month, or the month the project starts in when it
is still to come. What is past is in the balance it opens with. Costs are spread evenly over the
months of their year, an investment is paid in the first of them: our own choice, until bills say
better.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate

from django.db.models import F, Max, Sum

from filiere.kernel.calendar import add_months
from filiere.projects.models import (
    BudgetLine,
    FundingKind,
    FundingSource,
    GrantPayment,
    ProjectFile,
    ScheduledPayment,
)
from filiere.projects.models.sources import LOST
from filiere.rules import parameters
from filiere.rules.financing import cash
from filiere.rules.financing.delays import (
    DAYS_IN_MONTH,
    MOST_DAYS,
    Delays,
    learned_delays,
    usual_delays,
)
from filiere.rules.financing.problem import Pace
from filiere.rules.financing.shape import Kind
from filiere.rules.money import share

AS_IT_COMES = {FundingKind.INCOME, FundingKind.VOUCHER}
SOON = Delays((DAYS_IN_MONTH,))
"""What is awaited longer than any payment took so far is counted for next month."""
LATE = " late"


@dataclass(frozen=True, slots=True)
class CashBook:
    """Costs and receipts of a project over the months that are drawn.

    Attributes:
        first_on: first day of month 0.
        opening_cents: what came less what was spent before it; may be below 0.
        spent_cents: what goes out each month.
        investment_cents: the part of it that is investment, month by month.
        receipts: what is still to come of each source, what is late apart.
        came_cents: what each source has paid, by its id.
        names: key of a receipt → name of its funder.
    """

    first_on: date
    opening_cents: int
    spent_cents: tuple[int, ...]
    investment_cents: tuple[int, ...]
    receipts: tuple[cash.Receipts, ...]
    came_cents: Mapping[str, int]
    names: Mapping[str, str]

    def month_on(self, rank: int) -> date:
        """Give the first day of a month."""
        return add_months(self.first_on, rank)

    def forecast(self, *, calls: bool = True) -> cash.Forecast:
        """Draw its balances; see the rules."""
        return cash.forecast(
            self.receipts, self.spent_cents, opening_cents=self.opening_cents, calls=calls
        )

    def pace(self) -> Pace:
        """Give the pace the optimiser asks for: what is spent, and how each source comes in.

        What a source has paid counts in its share from the first month, not in the opening.
        """
        opening = self.opening_cents - sum(self.came_cents.values())
        by_source: dict[str, list[cash.Receipts]] = {key: [] for key in self.came_cents}
        for one in self.receipts:
            by_source.setdefault(source_of(one.source), []).append(one)
        return Pace(
            spent_cents=tuple(accumulate(self.spent_cents)),
            received={
                key: _shares(rows, self.came_cents.get(key, 0), len(self.spent_cents))
                for key, rows in by_source.items()
            },
            opening_cents=opening,
        )


def source_of(key: str) -> str:
    """Give the id of the source a receipt is of; what is late has a key of its own."""
    return key.removesuffix(LATE)


def cash_book(project: ProjectFile, *, on: date) -> CashBook:
    """Gather what a project spends and receives over 36 months; five queries.

    A sum that is late is not counted before this month; a funder who said nothing of its payments
    is counted by its kind: the European Union at the end of each year, others a part at signature
    and the balance at the end, what the project brings when it begins or as it comes.

    Args:
        on: the day of reading: what came until then is a fact, the rest is drawn.
    """
    first = max(project.starts_on, on).replace(day=1)
    scene = _Scene(project, first, on)
    spent, invested, past = _costs(scene)
    sources = list(
        FundingSource.objects.filter(project=project).exclude(state__in=LOST)
        .exclude(kind=FundingKind.VOLUNTEERING).order_by("pk")
    )  # fmt: skip
    paid, dues = _paid(project), _dues(project)
    seen = _delays_seen({one.funder_name for one in sources}, is_invented=project.is_invented)
    receipts = list[cash.Receipts]()
    for one in sources:
        left = one.amount_cents - paid.get(str(one.pk), 0)
        late = seen.get(one.funder_name, [])
        receipts += _still_to_come(one, left, dues.get(one.pk, []), late, scene)
    names = {str(one.pk): one.funder_name for one in sources}
    return CashBook(
        first_on=first,
        opening_cents=sum(paid.values()) - past,
        spent_cents=tuple(spent),
        investment_cents=tuple(invested),
        receipts=tuple(receipts),
        came_cents=paid,
        names=names | {key + LATE: name for key, name in names.items()},
    )


@dataclass(frozen=True, slots=True)
class _Scene:
    project: ProjectFile
    first: date
    on: date

    @property
    def last(self) -> int:
        return _within(_rank(self.first, self.project.ends_on))


def _rank(first: date, day: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month


def _within(rank: int) -> int:
    return min(max(rank, 0), cash.HORIZON_MONTHS - 1)


def _costs(scene: _Scene) -> tuple[list[int], list[int], int]:
    """Spread the lines that are paid with money; what is past apart, what is too far left out."""
    spent, invested, past = [0] * cash.HORIZON_MONTHS, [0] * cash.HORIZON_MONTHS, 0
    begins, ends = (
        _rank(scene.first, scene.project.starts_on),
        _rank(scene.first, scene.project.ends_on),
    )
    lines = BudgetLine.objects.filter(project=scene.project, is_in_kind=False)
    for line in lines.order_by("position"):
        months = [rank for rank in range(begins, ends + 1)
                  if add_months(scene.first, rank).year == line.year]  # fmt: skip
        if not months:
            continue
        if line.is_investment:
            months = months[:1]
        for rank, cents in zip(months, share(line.amount_cents, [1] * len(months)), strict=True):
            if rank < 0:
                past += cents
            elif rank < cash.HORIZON_MONTHS:
                spent[rank] += cents
                invested[rank] += cents if line.is_investment else 0
    return spent, invested, past


def _paid(project: ProjectFile) -> dict[str, int]:
    """Give what each source paid, less what it took back."""
    paid = GrantPayment.objects.filter(source__project=project).order_by()
    rows = paid.values_list("source").annotate(sum=Sum("amount_cents"))
    return {str(source): cents for source, cents in rows if cents}


def _dues(project: ProjectFile) -> dict[int, list[tuple[date, int]]]:
    """Give what is left of the sums that funders said they would pay, by day."""
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    dues = (
        ScheduledPayment.objects.filter(source__project=project)
        .annotate(paid=Sum("payments__amount_cents"))
        .order_by("due_on", "rank")
    )
    for one in dues:
        left = one.amount_cents - (one.paid or 0)
        if left > 0:
            found[one.source_id].append((one.due_on, left))
    return found


def _delays_seen(names: set[str], *, is_invented: bool) -> dict[str, list[int]]:
    """Give how many days late each funder paid its sums, in every project; early is 0.

    What an invented project says teaches invented ones only.

    A day typed wrong in one project says ten years at most in the others.
    """
    found: dict[str, list[int]] = defaultdict(list)
    dues = (
        ScheduledPayment.objects.filter(
            source__funder_name__in=names, source__project__is_invented=is_invented
        )
        .annotate(paid=Sum("payments__amount_cents"), last=Max("payments__received_on"))
        .filter(paid__gte=F("amount_cents"))
        .order_by("due_on", "pk")
    )
    for name, due_on, last in dues.values_list("source__funder_name", "due_on", "last"):
        found[name].append(min(max(0, (last - due_on).days), MOST_DAYS))
    return found


def _still_to_come(
    source: FundingSource,
    left: int,
    dues: Iterable[tuple[date, int]],
    seen: Sequence[int],
    scene: _Scene,
) -> list[cash.Receipts]:
    """Say when the rest of a source is due: what it said, then what its kind usually does."""
    kind, key = Kind(source.kind), str(source.pk)
    usual = usual_delays(kind, scene.on)
    delays = learned_delays(seen, usual, scene.on) if kind.needs_file else usual
    likely = source.likely_percent
    is_sure = source.granted_cents is not None or likely is None
    chance = Fraction(1) if is_sure else Fraction(likely or 0, 100)
    found, coming = list[cash.Receipts](), list[cash.Due]()
    for day, said in dues:
        cents = min(said, left)
        left -= cents
        if cents and day < scene.on and kind.needs_file:
            waited = (scene.on - day).days
            more = tuple(one - waited for one in delays.days if one > waited)
            late = Delays(more) if more else SOON
            found.append(cash.Receipts(key + LATE, (cash.Due(0, cents),), late, chance))
        elif cents:
            coming.append(cash.Due(_within(_rank(scene.first, day)), cents))
    if left > 0:
        coming += _usual_dues(source, left, scene)
    if coming:
        found.append(cash.Receipts(key, tuple(coming), delays, chance))
    return found


def _usual_dues(source: FundingSource, cents: int, scene: _Scene) -> list[cash.Due]:
    """Cut what nobody said when it is paid, by the kind of the source; never before this month."""
    if source.kind == FundingKind.OWN:
        return [cash.Due(0, cents)]
    if source.kind in AS_IT_COMES:
        months = list(range(scene.last + 1))
    elif source.kind == FundingKind.EU:
        start = _rank(scene.first, scene.project.starts_on)
        ends = [rank for rank in range(start + 11, scene.last + 1, 12) if rank >= 0]
        months = ends if scene.last in ends else [*ends, scene.last]
    else:
        advance = parameters.ratio("grants.usual_advance", scene.on)
        return list(cash.schedule(cents, signed=0, reported=scene.last, advance=advance))
    parts = share(cents, [1] * len(months))
    return [cash.Due(rank, part) for rank, part in zip(months, parts, strict=True) if part]


def _shares(rows: Sequence[cash.Receipts], came: int, horizon: int) -> tuple[Fraction, ...]:
    """Give the share of a source received by the end of each month, at its median delays."""
    total = came + sum(one.total_cents for one in rows)
    paces = [(cash.pace_of(one, horizon), one.total_cents) for one in rows]
    return tuple(
        (came + sum((pace[month] * cents for pace, cents in paces), Fraction(0))) / total
        for month in range(horizon)
    )
