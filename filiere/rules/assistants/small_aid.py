"""De minimis aid, ordinary and of general economic interest: what is left on the day of a grant.

Amounts are integer euro cents. Source: ``filiere.rules.aid_regimes``, which counts real aid; here
the person gives the total of the window the assistant shows.
"""

from filiere.rules.aid_regimes import Regime, first_day
from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.parameters import all_parameters


def _count(case: Case) -> bool:
    """Take the steps of the count; tell whether nothing is missing from it."""
    regime, on = Regime(case.sheet.key), case.day("granted_on")
    case.step("economic")
    rolling = case.use(f"{regime}.rolling_window", on)
    start = first_day(on, regime)
    case.figures["first_day"] = start
    case.step("window_rolling" if rolling else "window_fiscal", first_day=start, granted_on=on)
    is_whole = case.yes("is_grant")
    if not is_whole:
        case.step("gross", False)
    if case.use(f"{regime}.single_undertaking", on):
        held = case.yes("linked_counted")
        case.step("linked" if held else "not_linked", held)
        is_whole = is_whole and held
    if rolling and regime == Regime.SGEI:
        case.step("difficulty")
    if on >= all_parameters()["state_aid.register"].values[0][0]:
        case.step("register")
    return is_whole


def walk(case: Case) -> Advice:
    """Judge a new aid: is it in scope, what counts, does it fit."""
    if not case.yes("economic") or case.yes("local"):
        case.step("local" if case.yes("economic") else "not_economic", True)
        return case.advice(Verdict.CLEAR, "outside", would_change=("become_economic",))
    is_whole = _count(case)
    received, amount = case.whole("received"), case.whole("amount")
    ceiling = case.use(f"{case.sheet.key}.ceiling_cents", case.day("granted_on"))
    free, left = max(0, ceiling - received), ceiling - received - amount
    case.figures |= {"ceiling_cents": ceiling, "free_cents": free, "left_cents": left}
    case.step(
        "fits" if left >= 0 else "exceeds",
        left >= 0,
        received_cents=received,
        amount_cents=amount,
        ceiling_cents=ceiling,
    )
    if left < 0:
        return case.advice(
            Verdict.STOP,
            "refused",
            would_change=("ask_less", "wait", "other_basis"),
            excess_cents=-left,
            free_cents=free,
        )
    if not is_whole:
        return case.advice(Verdict.CAUTION, "count_first", would_change=("another_aid",))
    return case.advice(Verdict.CLEAR, "allowed", would_change=("another_aid",), left_cents=left)


ASSISTANTS = (
    Assistant(sheet("de_minimis"), walk),
    Assistant(sheet("de_minimis_sgei"), walk),
)
