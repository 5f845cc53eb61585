"""What an association is let off of payroll tax, by year.

Amounts are integer euro cents. Source: CGI, art. 1679 A; ``payroll_tax.abatement_cents``.
"""

from datetime import date

from filiere.rules import parameters
from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet

KEY = "payroll_tax.abatement_cents"


def abated(due_cents: int, year: int) -> int:
    """Give what is left of a year's payroll tax once the abatement is taken off.

    Args:
        due_cents: tax before the abatement, >= 0.

    Raises:
        ValueError: a negative tax.
        ParameterNotInForce: before 2018.

    >>> abated(2_500_000, 2026), abated(2_400_000, 2026)
    (74400, 0)
    """
    if due_cents < 0:
        raise ValueError(f"a tax is below 0: {due_cents}")
    return max(0, due_cents - parameters.whole(KEY, date(year, 1, 1)))


def walk(case: Case) -> Advice:
    """Judge whether something is left to pay."""
    if not case.yes("association"):
        case.step("not_association", False)
        return case.advice(Verdict.STOP, "no_abatement")
    case.step("association", True)
    if case.yes("all_vat"):
        case.step("all_vat", True)
        return case.advice(Verdict.CLEAR, "none_due")
    year = case.year("year")
    on = date(year, 1, 1)
    abatement = case.use(KEY, on)
    case.step("abatement", None, year=year, abatement_cents=abatement)
    if parameters.in_force(KEY, on).is_unconfirmed:
        case.step("unconfirmed", None, year=year)
    due = case.whole("due")
    rest = abated(due, year)
    case.figures |= {"abatement_cents": abatement, "rest_cents": rest}
    return case.advice(
        Verdict.CAUTION if rest else Verdict.CLEAR,
        "rest" if rest else "nothing",
        would_change=() if rest else ("more_pay",),
        due_cents=due,
        rest_cents=rest,
        abatement_cents=abatement,
    )


ASSISTANTS = (Assistant(sheet("payroll_tax"), walk),)
