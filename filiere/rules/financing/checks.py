"""What is wrong with a plan: every requirement, checked to the cent, with its gap and its source.

Pure functions over a ``Plan``. Amounts are integer cents. A finding never repairs anything.

Source: each scheme's terms; the words and sources of the rules in ``data/financing.yaml``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from filiere.rules.financing import bases
from filiere.rules.financing.shape import Kind, Plan, Regime, Source, State
from filiere.rules.financing.wording import Rule, RuleWords, words_of
from filiere.rules.parameters import Confidence


class Level(StrEnum):
    """Whether a file may still be sent as it is."""

    BLOCKING = "blocking"
    WARNING = "warning"


WARNINGS = frozenset({Rule.HEADROOM_UNKNOWN, Rule.CALL_NOT_OPEN, Rule.TO_VERIFY})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: the rule, the lines and sources concerned, the cents that are too many.

    ``gap_cents`` is how far the plan is from meeting the rule, 0 when it is no matter of amount.
    ``source`` and ``since`` are those of the scheme when its terms say, else those of the rule.
    """

    rule: Rule
    lines: tuple[str, ...]
    sources: tuple[str, ...]
    gap_cents: int
    source: str
    since: date

    @property
    def level(self) -> Level:
        """Whether it blocks."""
        return Level.WARNING if self.rule in WARNINGS else Level.BLOCKING

    @property
    def code(self) -> str:
        """Stable name of the rule."""
        return self.rule.value

    @property
    def words(self) -> RuleWords:
        """What is wrong and what to do, in words."""
        return words_of(self.rule)


def check_plan(plan: Plan, on: date) -> tuple[Finding, ...]:
    """Check every requirement of a plan.

    Args:
        plan: lines, sources, allocations; the head-room of aids known for the undertaking.
        on: day of the check; calls and parameters are those of that day.

    Returns:
        Findings, what concerns the whole plan first; none when the plan adds up and every
        scheme's terms are met.

    Raises:
        ParameterNotInForce: a scheme counts at a flat rate that does not exist on that day.

    Source: see each rule's words.
    """
    found: list[Finding] = []
    for check in (_balance, _lines, _double_eu):
        found += check(plan)
    for source in plan.live_sources:
        found += _amounts(plan, source, on)
        found += _eligibility(plan, source)
        found += _shares(plan, source)
        found += _calls(source, on)
    found += _exclusions(plan)
    found += _headroom(plan)
    found += _lost(plan)
    return tuple(found)


def is_sound(plan: Plan, on: date) -> bool:
    """Tell whether nothing blocks a plan; see ``check_plan``.

    Source: see each rule's words.
    """
    return all(one.level != Level.BLOCKING for one in check_plan(plan, on))


def _finding(
    rule: Rule,
    *,
    lines: tuple[str, ...] = (),
    sources: tuple[Source, ...] = (),
    gap: int = 0,
) -> Finding:
    """Make a finding; the terms of the first source speak first when they name their text."""
    words = words_of(rule).what
    terms = sources[0].terms if sources else None
    return Finding(
        rule=rule,
        lines=lines,
        sources=tuple(source.key for source in sources),
        gap_cents=gap,
        source=(terms.source if terms else "") or words.source,
        since=(terms.since if terms else None) or words.since,
    )


def _allocated(plan: Plan) -> tuple[dict[str, int], dict[str, int]]:
    """Add up the live allocations by line and by source."""
    live = {source.key for source in plan.live_sources}
    by_line, by_source = dict[str, int](), dict[str, int]()
    for one in plan.allocations:
        if one.source in live:
            by_line[one.line] = by_line.get(one.line, 0) + one.cents
            by_source[one.source] = by_source.get(one.source, 0) + one.cents
    return by_line, by_source


def _balance(plan: Plan) -> Iterator[Finding]:
    """Costs equal income: money with money, and what is in kind with what is in kind."""
    for in_kind in (False, True):
        cost = sum(one.amount_cents for one in plan.lines if one.is_in_kind == in_kind)
        income = sum(
            source.amount_cents
            for source in plan.live_sources
            if (source.kind == Kind.VOLUNTEERING) == in_kind
        )
        if income < cost:
            yield _finding(Rule.COSTS_UNCOVERED, gap=cost - income)
        if income > cost:
            yield _finding(Rule.OVER_FUNDED, gap=income - cost)


def _lines(plan: Plan) -> Iterator[Finding]:
    """No line receives more than it costs."""
    by_line, _ = _allocated(plan)
    for line in plan.lines:
        excess = by_line.get(line.key, 0) - line.amount_cents
        if excess > 0:
            yield _finding(Rule.LINE_OVER_FUNDED, lines=(line.key,), gap=excess)


def _double_eu(plan: Plan) -> Iterator[Finding]:
    """No line receives two grants of the Union."""
    union = {source.key: source for source in plan.live_sources if source.kind == Kind.EU}
    for line in plan.lines:
        parts = [one for one in plan.allocations if one.line == line.key and one.source in union]
        if len(parts) > 1:
            both = tuple(union[one.source] for one in parts)
            spare = sum(one.cents for one in parts) - max(one.cents for one in parts)
            yield _finding(Rule.DOUBLE_EU, lines=(line.key,), sources=both, gap=spare)


def _amounts(plan: Plan, source: Source, on: date) -> Iterator[Finding]:
    """A source is within its rate, floor, ceiling, and is spread whole over the lines."""
    limits, amount = bases.limits_of(source, plan.lines, on), source.amount_cents
    _, by_source = _allocated(plan)
    ceiling = amount if limits.ceiling is None else limits.ceiling
    if amount != by_source.get(source.key, 0):
        gap = abs(amount - by_source.get(source.key, 0))
        yield _finding(Rule.PARTS_NOT_AMOUNT, sources=(source,), gap=gap)
    # A funder may grant less than its own terms say: what it decided is no fault of the plan.
    asked = not source.state.is_granted
    gaps = {
        Rule.RATE_ABOVE: amount - limits.by_rate,
        Rule.RATE_BELOW: limits.at_least_by_rate - amount if asked else 0,
        Rule.FLOOR: limits.floor - amount if asked else 0,
        Rule.CEILING: amount - ceiling,
        Rule.EU_ABOVE_ELIGIBLE: amount - limits.base if source.kind == Kind.EU else 0,
    }
    for rule, gap in gaps.items():
        if gap > 0:
            yield _finding(rule, sources=(source,), gap=gap)


def _eligibility(plan: Plan, source: Source) -> Iterator[Finding]:
    """A source pays only what it accepts, in its years, money with money."""
    lines = {line.key: line for line in plan.lines}
    for part in (one for one in plan.allocations if one.source == source.key):
        line = lines[part.line]
        most = bases.payable_cents(line, source)
        if part.cents <= most:
            continue
        if line.is_in_kind != (source.kind == Kind.VOLUNTEERING):
            rule = Rule.IN_KIND
        elif not bases.is_in_period(line, source.terms):
            rule = Rule.PERIOD
        else:
            rule = Rule.NOT_ELIGIBLE
        yield _finding(rule, lines=(line.key,), sources=(source,), gap=part.cents - most)


def _shares(plan: Plan, source: Source) -> Iterator[Finding]:
    """Shares of the whole budget that one scheme asks for."""
    terms = source.terms
    excess = bases.investment_excess(plan.lines, terms)
    if excess:
        lines = tuple(line.key for line in plan.lines if line.is_investment)
        yield _finding(Rule.INVESTMENT_SHARE, lines=lines, sources=(source,), gap=excess)
    if terms.public_cap is not None:
        most = bases.share_of_cost(plan.lines, terms, terms.public_cap, up=False)
        public = sum(one.amount_cents for one in plan.live_sources if one.kind.is_public)
        if public > most:
            yield _finding(Rule.PUBLIC_CAP, sources=(source,), gap=public - most)
    least = bases.share_of_cost(plan.lines, terms, terms.self_funding_min, up=True)
    brought = sum(
        one.amount_cents for one in plan.live_sources if is_self_funding(one.kind, source)
    )
    if brought < least:
        yield _finding(Rule.SELF_FUNDING, sources=(source,), gap=least - brought)


def is_self_funding(kind: Kind, asked_by: Source) -> bool:
    """Tell whether a kind of money counts as brought by the carrier, for one scheme.

    Source: our own choice; volunteering counts when the scheme counts what is in kind.
    """
    in_kind = asked_by.terms.counts_in_kind and kind == Kind.VOLUNTEERING
    return kind.is_self_funding or in_kind


def _calls(source: Source, on: date) -> Iterator[Finding]:
    """A file not yet sent meets an open call; terms from memory are said to be so."""
    opens = source.terms.opens_on
    if bases.is_call_closed(source, on):
        yield _finding(Rule.CALL_CLOSED, sources=(source,))
    if source.state == State.ENVISAGED and opens is not None and on < opens:
        yield _finding(Rule.CALL_NOT_OPEN, sources=(source,))
    if source.terms.confidence == Confidence.MEMORY:
        yield _finding(Rule.TO_VERIFY, sources=(source,))


def _exclusions(plan: Plan) -> Iterator[Finding]:
    """No two funders of the plan exclude each other; each pair is told once."""
    live = plan.live_sources
    for rank, one in enumerate(live):
        for other in live[rank + 1 :]:
            if excludes(one, other):
                yield _finding(Rule.EXCLUSION, sources=(one, other))


def excludes(one: Source, other: Source) -> bool:
    """Tell whether the terms of one of two sources exclude the other's funder.

    Source: the schemes' own terms.
    """
    return other.funder in one.terms.excludes or one.funder in other.terms.excludes


def _headroom(plan: Plan) -> Iterator[Finding]:
    """Aid under a ceiling stays within what the undertaking may still receive."""
    for regime in (Regime.DE_MINIMIS, Regime.DE_MINIMIS_SGEI):
        # What was granted is already in the undertaking's account of aids.
        asked = tuple(
            one for one in plan.live_sources if one.regime == regime and not one.state.is_granted
        )
        if not asked:
            continue
        if regime not in plan.headroom:
            yield _finding(Rule.HEADROOM_UNKNOWN, sources=asked)
        elif sum(one.amount_cents for one in asked) > plan.headroom[regime]:
            excess = sum(one.amount_cents for one in asked) - plan.headroom[regime]
            yield _finding(Rule.HEADROOM, sources=asked, gap=excess)


def _lost(plan: Plan) -> Iterator[Finding]:
    """What was refused or withdrawn pays nothing."""
    for source in (one for one in plan.sources if one.state.is_lost):
        parts = [one for one in plan.allocations if one.source == source.key]
        if parts:
            lines, gap = tuple(one.line for one in parts), sum(one.cents for one in parts)
            yield _finding(Rule.LOST_COUNTED, lines=lines, sources=(source,), gap=gap)
