"""The fee of a network or franchise: what a place keeps, how many places pay for the head.

Amounts are integer euro cents. Source: arithmetic; see ``filiere.rules.network_fees``.
"""

from fractions import Fraction

from filiere.rules.assistants.case import Assistant, Case, ImpossibleAnswer
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.network_fees import Fee, outcome, places_to_pay_for


def _head_is_paid(case: Case, place_cents: int) -> bool:
    """Say whether the head is paid for, when its cost and the places are given."""
    if not (case.has("head_cost") and case.has("places")):
        return True
    needed = places_to_pay_for(head_cost_cents=case.whole("head_cost"), place_cents=place_cents)
    if needed is None:
        case.step("head_never", passed=False)
        return False
    places = case.whole("places")
    case.figures["needed"] = needed
    is_paid = places >= needed
    case.step("head_paid" if is_paid else "head_unpaid", is_paid, needed=needed, places=places)
    return is_paid


def walk(case: Case) -> Advice:
    """Judge a fee on the figures given."""
    entry, yearly, percent = (case.whole(key) for key in ("entry", "yearly", "percent"))
    takings, costs, years = (case.whole(key) for key in ("takings", "costs", "years"))
    case.step("example")
    for key, is_good in (("percent", percent <= 100), ("years", years >= 1)):
        if not is_good:
            raise ImpossibleAnswer(key)
    found = outcome(
        fee=Fee(entry, yearly, Fraction(percent, 100)),
        takings_cents=takings,
        costs_cents=costs,
        years=years,
    )
    kept = found.kept_cents
    case.figures |= {"paid_cents": found.paid_cents, "kept_cents": kept}
    case.step(
        "paid",
        first_cents=found.first_year_cents,
        yearly_cents=found.yearly_cents,
        paid_cents=found.paid_cents,
    )
    if kept < 0:
        case.step("loses", passed=False, years=years, short_cents=-kept)
    else:
        case.step("keeps", passed=True, years=years, kept_cents=kept)
    head_is_paid = _head_is_paid(case, found.yearly_cents)
    if kept < 0:
        return case.advice(Verdict.STOP, "not_viable", would_change=("lower_fee",))
    if not head_is_paid:
        return case.advice(Verdict.CAUTION, "head_at_risk", would_change=("more_places",))
    return case.advice(Verdict.CLEAR, "viable", would_change=("lower_fee",), kept_cents=kept)


ASSISTANTS = (Assistant(sheet("network_fee"), walk),)
