"""The plan of a project as the rules compute it, and what is missing in it. Integer euro cents."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Sum

from filiere.projects.models import (
    AidRegime,
    BudgetLine,
    FundingSource,
    PlanAllocation,
    Scheme,
)
from filiere.projects.models.sources import LOST
from filiere.rules.financing import shape

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class LineGap:
    """A line that is not wholly paid for: what nobody gives of it."""

    line: BudgetLine
    missing_cents: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What a project costs, and what became of the money it looks for.

    Attributes:
        cost_cents: every line, in kind included.
        asked_cents: of the sources that may still pay.
        granted_cents: of those that answered yes.
        paid_cents: what they paid, less what they took back.
        allocated_cents: what lines count on.
        missing_cents: what nobody gives of the lines yet.
    """

    cost_cents: int
    asked_cents: int
    granted_cents: int
    paid_cents: int
    allocated_cents: int

    @property
    def missing_cents(self) -> int:
        """What nobody gives of the lines yet."""
        return self.cost_cents - self.allocated_cents


def plan_of(project_id: int, *, headroom: Mapping[shape.Regime, int] | None = None) -> shape.Plan:
    """Give the plan the rules check and improve; keys are the ids of lines and sources.

    A source whose award was wholly taken back is left out: it brings nothing.

    Args:
        headroom: cents of aid still possible by regime; see ``queries.aid``.
    """
    sources = FundingSource.objects.filter(project=project_id).select_related("scheme")
    shown = [one for one in sources.order_by("pk") if one.granted_cents != 0]
    keys = {one.pk for one in shown}
    parts = PlanAllocation.objects.filter(source__project=project_id).order_by("line", "source")
    return shape.Plan(
        lines=tuple(
            _line(one) for one in BudgetLine.objects.filter(project=project_id).order_by("position")
        ),
        sources=tuple(_source(one) for one in shown),
        allocations=tuple(
            shape.Allocation(str(one.source_id), str(one.line_id), one.cents)
            for one in parts
            if one.source_id in keys
        ),
        headroom=headroom or {},
    )


def terms_of(scheme: Scheme) -> shape.Terms:
    """Give the terms of a scheme as the rules read them; what is not stated binds nobody."""
    return shape.Terms(
        scheme=scheme.external_key,
        rate_min=_rate(scheme.rate_min_ppm) or Fraction(0),
        rate_max=Fraction(1)
        if scheme.rate_max_ppm is None
        else Fraction(scheme.rate_max_ppm, MILLION),
        floor_cents=scheme.floor_cents or 0,
        ceiling_cents=scheme.ceiling_cents,
        eligible_natures=frozenset(scheme.eligible_natures),
        flat_rate=shape.FlatRate(scheme.flat_rate),
        base=shape.Base.WITH_VAT if scheme.counts_vat else shape.Base.WITHOUT_VAT,
        counts_in_kind=scheme.counts_in_kind,
        public_cap=_rate(scheme.public_cap_ppm),
        self_funding_min=_rate(scheme.self_funding_min_ppm) or Fraction(0),
        investment_share_max=_rate(scheme.investment_max_ppm),
        excludes=frozenset(scheme.excludes),
        opens_on=scheme.opens_on,
        closes_on=scheme.closes_on,
        eligible_from=scheme.eligible_from_on,
        eligible_until=scheme.eligible_until_on,
        source=scheme.source,
    )


def gaps_of(project_id: int) -> list[LineGap]:
    """Give the lines nobody pays whole, the largest gap first: what a refusal left to find."""
    lines = BudgetLine.objects.filter(project=project_id).annotate(given=Sum("allocations__cents"))
    gaps = [LineGap(one, one.amount_cents - (one.given or 0)) for one in lines.order_by("position")]
    found = [gap for gap in gaps if gap.missing_cents]
    return sorted(found, key=lambda gap: -gap.missing_cents)


def matrix_of(project_id: int) -> dict[int, dict[int, int]]:
    """Give who pays what: line id → source id → cents."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    parts = PlanAllocation.objects.filter(source__project=project_id).order_by("line", "source")
    for line, source, cents in parts.values_list("line", "source", "cents"):
        found[line][source] = cents
    return dict(found)


def totals_of(project_id: int) -> Totals:
    """Add a project up; three queries."""
    lines = BudgetLine.objects.filter(project=project_id)
    sources = list(
        FundingSource.objects.filter(project=project_id)
        .annotate(paid=Sum("payments__amount_cents"))
        .order_by("pk")
    )
    parts = PlanAllocation.objects.filter(source__project=project_id)
    return Totals(
        cost_cents=lines.aggregate(sum=Sum("amount_cents"))["sum"] or 0,
        asked_cents=sum(one.asked_cents for one in sources if one.state not in LOST),
        granted_cents=sum(one.granted_cents or 0 for one in sources if one.state not in LOST),
        paid_cents=sum(one.paid or 0 for one in sources),
        allocated_cents=parts.aggregate(sum=Sum("cents"))["sum"] or 0,
    )


def _rate(ppm: int | None) -> Fraction | None:
    return None if ppm is None else Fraction(ppm, MILLION)


def _line(line: BudgetLine) -> shape.Line:
    return shape.Line(
        key=str(line.pk),
        nature=line.nature,
        amount_cents=line.amount_cents,
        year=line.year,
        is_investment=line.is_investment,
        is_in_kind=line.is_in_kind,
        is_indirect=line.is_indirect,
        with_vat_cents=line.with_vat_cents,
        without_vat_cents=line.without_vat_cents,
    )


def _source(source: FundingSource) -> shape.Source:
    likely = source.likely_percent
    unknown = source.regime == AidRegime.UNKNOWN
    return shape.Source(
        key=str(source.pk),
        funder=source.scheme.external_key if source.scheme else source.funder_name,
        kind=shape.Kind(source.kind),
        amount_cents=source.amount_cents or source.asked_cents,
        state=shape.State(source.state),
        terms=terms_of(source.scheme) if source.scheme else shape.FREE,
        probability=Fraction(1) if likely is None else Fraction(likely, 100),
        regime=shape.Regime.NONE if unknown else shape.Regime(source.regime),
    )
