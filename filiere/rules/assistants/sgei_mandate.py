"""A mandate of service of general economic interest: the act, the accounts, the compensation.

Amounts are integer euro cents. Source: circulaire of 18 January 2010, annex; ``sgei.*``;
``filiere.rules.sgei`` for the arithmetic.
"""

from datetime import date

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.sgei import Compensation

SENATE_REPORT = date(2020, 12, 31)
NAMES = ("names_service", "names_territory", "names_public")


def _act(case: Case) -> bool:
    held = True
    for name in NAMES:
        said = case.yes(name)
        case.step(name if said else f"not_{name}", said)
        held = held and said
    years, most = case.whole("years"), case.use("sgei.entrustment_years")
    if not years:
        case.step("no_duration", False)
        return False
    case.step("duration" if years <= most else "too_long", years <= most, years=years, most=most)
    return held and years <= most


def _accounts(case: Case) -> bool:
    if not case.yes("other_activities"):
        case.step("one_activity", True)
        return True
    apart = case.yes("separate_accounts")
    case.step("separate_accounts" if apart else "not_separate_accounts", apart)
    return apart


def _compensation(case: Case) -> Compensation:
    found = Compensation(
        costs_cents=case.whole("costs"),
        receipts_cents=case.whole("receipts"),
        money_cents=case.whole("money"),
        premises_cents=case.whole("premises", 0),
        staff_cents=case.whole("staff", 0),
        equipment_cents=case.whole("equipment", 0),
    )
    case.step(
        "net_cost",
        costs_cents=found.costs_cents,
        receipts_cents=found.receipts_cents,
        net_cents=found.net_cost_cents,
    )
    case.step("advantage", advantage_cents=found.advantage_cents)
    over = found.over_cents
    case.step("over" if over else "not_over", not over, over_cents=over)
    ceiling = case.use("sgei.yearly_ceiling_cents")
    fits = found.advantage_cents <= ceiling
    case.step("under_ceiling" if fits else "over_ceiling", fits, ceiling_cents=ceiling)
    case.figures |= {
        "net_cost_cents": found.net_cost_cents,
        "advantage_cents": found.advantage_cents,
        "over_cents": over,
    }
    return found


def walk(case: Case) -> Advice:
    """Judge the mandate first, then the compensation."""
    if case.on >= SENATE_REPORT:
        case.step("not_recognised")
    if not case.yes("act"):
        case.step("no_act", False)
        return case.advice(Verdict.STOP, "no_mandate", would_change=("sign_act",))
    case.step("act", True)
    named, apart = _act(case), _accounts(case)
    planned = case.choice("budget") == "planned"
    found = _compensation(case)
    over = found.over_cents
    if over and not planned:
        return case.advice(Verdict.STOP, "give_back", would_change=("lower",), over_cents=over)
    if not named or not apart:
        wanted = ["sign_act"] * (not named) + ["keep_apart"] * (not apart)
        return case.advice(Verdict.STOP, "incomplete", would_change=wanted)
    if over:
        case.step("small_surplus")
        return case.advice(
            Verdict.CAUTION, "planned_over", would_change=("lower",), over_cents=over
        )
    fits = found.advantage_cents <= case.use("sgei.yearly_ceiling_cents")
    return case.advice(
        Verdict.CLEAR if fits else Verdict.CAUTION, "fair", would_change=("more_lent",)
    )


ASSISTANTS = (Assistant(sheet("sgei_mandate"), walk),)
