"""Whether an activity is lucrative: management, competition, the four P, what is accessory.

The weights of the four P only say which counts more; the law gives none. Amounts are integer euro
cents. Source: CGI, art. 206, 1 bis and 261, 7, 1°; tax doctrine.
"""

from fractions import Fraction

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.franchise import KEY as THRESHOLD
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.corporate_tax import corporate_tax

WEIGHTS = {"product": 4, "public": 3, "price": 2, "no_advertising": 1}
"""The four P, the heaviest first: an order of importance, our own choice of numbers."""
LUCRATIVE_UP_TO = 3
"""Weight in favour, at most, for conditions close to those of a business: our own choice."""


def weight(answers: dict[str, bool]) -> int:
    """Add up what speaks for a non-lucrative activity, 0 to 10.

    >>> weight({"product": True, "public": True, "price": False, "no_advertising": False})
    7
    """
    return sum(points for name, points in WEIGHTS.items() if answers[name])


def _disinterested(case: Case) -> bool:
    if case.yes("volunteers"):
        case.step("volunteers", True)
    else:
        limit: Fraction = case.use_ratio("association.manager_pay_share")
        held = case.yes("small_pay")
        case.step("pay_tolerated" if held else "pay_too_high", held, limit_rate=limit)
        if not held:
            return False
    shared = case.yes("shared_out")
    case.step("shared_out" if shared else "nothing_shared", not shared)
    return not shared


def _accessory(case: Case) -> bool | None:
    """Take the fourth step; None when its questions were left."""
    if not case.has("accessory"):
        return None
    if not case.yes("accessory"):
        case.step("not_accessory", False)
        return False
    if not case.has("receipts"):
        return None
    receipts, threshold = case.whole("receipts"), case.use(THRESHOLD)
    held = receipts <= threshold
    case.step(
        "accessory_held" if held else "accessory_over",
        held,
        receipts_cents=receipts,
        threshold_cents=threshold,
    )
    return held


def _taxed(case: Case) -> None:
    if not case.has("profit"):
        return
    profit = case.whole("profit")
    normal = case.use_ratio("corporate_tax.normal_rate")
    tax = corporate_tax(profit, case.on, reduced=False)
    case.step("tax", None, profit_cents=profit, tax_cents=tax, normal_rate=normal)
    case.figures["tax_cents"] = tax
    reduced = corporate_tax(profit, case.on, reduced=True)
    case.step(
        "reduced_tax",
        None,
        reduced_rate=case.use_ratio("corporate_tax.reduced_rate"),
        ceiling_cents=case.use("corporate_tax.reduced_ceiling_cents"),
        tax_cents=reduced,
    )
    case.figures["reduced_tax_cents"] = reduced


def walk(case: Case) -> Advice:
    """Walk the four steps in order; the first that decides ends the walk."""
    if not _disinterested(case):
        _taxed(case)
        return case.advice(Verdict.STOP, "not_disinterested", would_change=("make_disinterested",))
    competes = case.yes("competes")
    case.step("competition" if competes else "no_competition", None if competes else True)
    if not competes:
        return case.advice(Verdict.CLEAR, "not_lucrative", would_change=("new_competitor",))
    given = {name: case.yes(name) for name in WEIGHTS}
    for name, held in given.items():
        case.step(name if held else f"not_{name}", held)
    case.figures["weight"] = weight(given)
    against = [f"change_{name}" for name, held in given.items() if not held]
    if not against:
        return case.advice(Verdict.CLEAR, "not_lucrative", would_change=("closer_to_business",))
    case.step("weights")
    lucrative = weight(given) <= LUCRATIVE_UP_TO
    accessory = _accessory(case) if lucrative or case.has("accessory") else None
    if accessory:
        return case.advice(Verdict.CLEAR, "accessory_exempt", would_change=("stay_accessory",))
    if not lucrative:
        return case.advice(Verdict.CAUTION, "undecided", would_change=against)
    _taxed(case)
    return case.advice(Verdict.STOP, "close_to_business", would_change=[*against, "stay_accessory"])


ASSISTANTS = (Assistant(sheet("lucrativity"), walk),)
