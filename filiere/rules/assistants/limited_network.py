"""Does a voucher need a payment licence? Limited network or range, and its declaration.

Amounts are integer euro cents. Source: Code monétaire et financier, art. L. 521-3.
"""

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet

SPOKEN = frozenset({"network", "range"})
"""Sentences named after the answer."""


def _must_be_declared(case: Case) -> bool:
    if case.yes("declared"):
        case.step("declared", passed=True)
        return False
    paid, trigger = case.whole("paid"), case.use("limited_network.trigger_cents")
    is_over = paid > trigger
    case.step(
        "over_trigger" if is_over else "under_trigger",
        not is_over,
        paid_cents=paid,
        trigger_cents=trigger,
    )
    return is_over


def walk(case: Case) -> Advice:
    """Judge a means of payment: where it is accepted, then whether it is declared."""
    scope = case.choice("scope")
    if scope == "anywhere":
        case.step("anywhere", passed=False)
        return case.advice(Verdict.STOP, "licence", would_change=("limit_use",))
    case.step(scope, passed=True)
    if case.yes("electronic"):
        case.step("electronic", passed=True)
    must = _must_be_declared(case)
    case.step("ring_fence")
    if must:
        return case.advice(Verdict.STOP, "declare_it", would_change=("limit_use",))
    return case.advice(Verdict.CLEAR, "exempt", would_change=("stay_limited",))


ASSISTANTS = (Assistant(sheet("limited_network"), walk),)
