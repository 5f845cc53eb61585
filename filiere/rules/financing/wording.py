"""The rules a plan must hold to, and their words: what is wrong, what to do, where it comes from.

Source: ``data/financing.yaml``, line by line.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from filiere.rules.carriers import Worded
from filiere.rules.parameters import Confidence, load_yaml


class Rule(StrEnum):
    """One requirement of a plan; the value is its key in the words."""

    COSTS_UNCOVERED = "costs_uncovered"
    OVER_FUNDED = "over_funded"
    LINE_OVER_FUNDED = "line_over_funded"
    PARTS_NOT_AMOUNT = "parts_not_amount"
    NOT_ELIGIBLE = "not_eligible"
    PERIOD = "period"
    RATE_ABOVE = "rate_above"
    RATE_BELOW = "rate_below"
    FLOOR = "floor"
    CEILING = "ceiling"
    AMOUNT = "amount"
    GRANTED = "granted"
    PUBLIC_CAP = "public_cap"
    SELF_FUNDING = "self_funding"
    EXCLUSION = "exclusion"
    DOUBLE_EU = "double_eu"
    EU_ABOVE_ELIGIBLE = "eu_above_eligible"
    INVESTMENT_SHARE = "investment_share"
    HEADROOM = "headroom"
    HEADROOM_UNKNOWN = "headroom_unknown"
    IN_KIND = "in_kind"
    CALL_CLOSED = "call_closed"
    CALL_NOT_OPEN = "call_not_open"
    LOST_COUNTED = "lost_counted"
    TO_VERIFY = "to_verify"


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule as a person reads it: what is wrong, and what to do about it."""

    rule: Rule
    what: Worded
    remedy: Worded


def words_of(rule: Rule) -> RuleWords:
    """Give the words of a rule.

    Args:
        rule: any of them; all have words.

    Returns:
        Two sentences in French and English, with their source and since when they hold.

    Source: ``data/financing.yaml``.

    >>> words_of(Rule.CEILING).remedy.words("en")
    'Ask for less.'
    """
    raw = load_yaml("financing.yaml")[rule.value]
    confidence, since = Confidence(raw["confidence"]), raw["from"]
    if not isinstance(since, date):
        raise TypeError(f"{rule}: since when is not a date: {since}")
    return RuleWords(
        rule,
        Worded(raw["fr"], raw["en"], raw["source"], confidence, since),
        Worded(raw["remedy_fr"], raw["remedy_en"], raw["source"], confidence, since),
    )
