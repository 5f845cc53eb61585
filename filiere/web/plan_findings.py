"""What is wrong with a plan, as its page says it: where, how much, what to do, which text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.projects.queries import SourceRow
from filiere.rules.financing.checks import Finding, Level
from filiere.rules.financing.wording import Rule
from filiere.web.formats import date_words, euros
from filiere.web.plan_words import sentence, text_and_date

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Told:
    """One thing wrong, in words."""

    what: str
    where: str
    gap: str
    remedy: str
    text: str
    blocks: bool


def tell(findings: Sequence[Finding], names: Mapping[str, str]) -> list[Told]:
    """Say each finding, what blocks first.

    Args:
        names: id of a line or a source, as text with its letter (``l12``, ``s3``) → its name.
    """
    ordered = sorted(findings, key=lambda one: one.level != Level.BLOCKING)
    return [_tell(one, names) for one in ordered]


def _tell(found: Finding, names: Mapping[str, str]) -> Told:
    words = found.words
    concerned = [names[f"s{key}"] for key in found.sources]
    concerned += [names[f"l{key}"] for key in found.lines]
    where = ", ".join(concerned[:SHOWN])
    if len(concerned) > SHOWN:
        more = len(concerned) - SHOWN
        where += " " + ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more}
    return Told(
        what=sentence(words.what),
        where=where,
        gap=euros(found.gap_cents, short=True) if found.gap_cents else "",
        remedy=sentence(words.remedy),
        text=text_and_date(found.source, found.since, words.what.confidence),
        blocks=found.level == Level.BLOCKING,
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a plan stands: what nobody brings, what is too much, what blocks it. Euro cents."""

    cost_cents: int
    brought_cents: int
    missing_cents: int
    over_cents: int
    blocking: int

    @property
    def is_even(self) -> bool:
        """Tell whether costs equal income, money and in kind each."""
        return not self.missing_cents and not self.over_cents


def balance_of(cost_cents: int, rows: Sequence[SourceRow], findings: Sequence[Finding]) -> Balance:
    """Read the balance of a plan in what the rules found."""
    gaps = {Rule.COSTS_UNCOVERED: 0, Rule.OVER_FUNDED: 0}
    for one in findings:
        if one.rule in gaps:
            gaps[one.rule] += one.gap_cents
    return Balance(
        cost_cents=cost_cents,
        brought_cents=sum(row.source.amount_cents for row in rows),
        missing_cents=gaps[Rule.COSTS_UNCOVERED],
        over_cents=gaps[Rule.OVER_FUNDED],
        blocking=sum(one.level == Level.BLOCKING and one.rule not in gaps for one in findings),
    )


def headline(balance: Balance, *, short_on: date | None) -> str:
    """Say where a plan stands in one sentence.

    Args:
        short_on: first day of the month in which the least money is in hand, when it is below 0.
    """
    if not balance.cost_cents:
        return _("This project has no cost yet")
    words, cents = "", 0
    if not balance.brought_cents:
        words, cents = _("Nobody pays these %(amount)s yet"), balance.cost_cents
    elif balance.missing_cents:
        words, cents = _("%(amount)s are missing"), balance.missing_cents
    elif balance.over_cents:
        words, cents = _("The plan brings %(amount)s too much"), balance.over_cents
    return words % {"amount": euros(cents, short=True)} if words else _even(balance, short_on)


def _even(balance: Balance, short_on: date | None) -> str:
    """Say where a plan that adds up stands."""
    if balance.blocking:
        return ngettext(
            "The plan adds up, but one point blocks it",
            "The plan adds up, but %(n)s points block it",
            balance.blocking,
        ) % {"n": balance.blocking}
    if short_on:
        month = month_words(short_on)
        return _("The plan adds up, but money is short in %(month)s") % {"month": month}
    return _("The plan adds up")


def month_words(day: date) -> str:
    """Write a month: ``juillet 2027``."""
    return date_words(day.replace(day=2)).split(" ", 1)[1].strip()
