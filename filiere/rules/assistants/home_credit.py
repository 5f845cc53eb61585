"""What comes back of computer help at home: the tax credit and its ceilings.

Amounts are integer euro cents. Source: ``filiere.rules.tax_credit``.
"""

from filiere.rules import tax_credit
from filiere.rules.assistants.case import Assistant, Case, ImpossibleAnswer
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet


def _household(case: Case) -> tax_credit.Household:
    return tax_credit.Household(
        dependants=case.whole("dependants", 0),
        first_year=case.has("first_year") and case.yes("first_year"),
        disability=case.has("disability") and case.yes("disability"),
    )


def walk(case: Case) -> Advice:
    """Estimate the credit of a year of help."""
    if not case.yes("declared"):
        case.step("not_declared", False)
        return case.advice(Verdict.STOP, "no_credit", would_change=("declare",))
    case.step("declared", True)
    nature = tax_credit.Nature(case.choice("nature"))
    price, aid = case.whole("price"), case.whole("aid")
    if aid > price:
        raise ImpossibleAnswer("aid")
    for key in tax_credit.PARAMETERS:
        case.use_ratio(key)
    household = _household(case)
    found = tax_credit.estimate_credit(
        price_cents=price,
        aid_cents=aid,
        nature=nature,
        on=case.on,
        counted_before_cents=case.whole("before", 0),
        other_home_services_cents=case.whole("others", 0),
        household=household,
    )
    case.figures |= {"credit_cents": found.credit_cents, "net_cents": found.net_cents}
    if nature in tax_credit.EXCLUDED:
        case.step("excluded", False)
        return case.advice(
            Verdict.STOP, "nothing_back", would_change=("at_home",), net_cents=found.net_cents
        )
    case.step("counts", True)
    case.step("aid_off", price_cents=price, aid_cents=aid)
    case.step(
        "ceilings",
        computer_cents=case.use("home_help.computer_ceiling_cents"),
        household_cents=tax_credit.household_ceiling(case.on, household),
    )
    whole = found.counted_cents == found.paid_cents
    case.step("counted", whole, paid_cents=found.paid_cents, counted_cents=found.counted_cents)
    case.step("attestation", due_on=tax_credit.attestation_due(case.on.year))
    case.step("advance")
    return case.advice(
        Verdict.CLEAR if whole else Verdict.CAUTION,
        "comes_back" if whole else "part_comes_back",
        would_change=("more_help",) if whole else ("next_year",),
        credit_cents=found.credit_cents,
        net_cents=found.net_cents,
    )


ASSISTANTS = (Assistant(sheet("home_credit"), walk),)
