"""May one association lend its treasury to another? Date, age, link, length, no interest.

Source: Code monétaire et financier, art. L. 511-6 and L. 511-7; see ``filiere.rules.treasury``.
"""

from filiere.rules import treasury
from filiere.rules.assistants.case import Assistant, Case, ImpossibleAnswer
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.treasury import Advance, Link, Obstacle, Operation

SPOKEN = frozenset(str(one) for one in Obstacle)
"""Sentences named after what stands in the way."""
WAYS = ("fix_terms", "fix_link", "use_bank")


def _advance(case: Case) -> Advance:
    is_loan = Operation(case.choice("operation")) == Operation.LOAN
    lent_on = case.day("lent_on")
    return Advance(
        lender_declared_on=case.day("lender_declared_on"),
        lent_on=lent_on,
        due_on=case.day("due_on") if is_loan else lent_on,
        link=Link(case.choice("link")),
        operation=Operation(case.choice("operation")),
        has_interest=case.yes("interest"),
        from_long_term=case.yes("long_term") if is_loan else True,
    )


def _name_obstacles(case: Case, found: tuple[Obstacle, ...], advance: Advance) -> None:
    for one in found:
        key = "loan_years" if one == Obstacle.TOO_LONG else "lender_years"
        with_years = one in {Obstacle.TOO_LONG, Obstacle.LENDER_TOO_YOUNG}
        years = {"years": case.use(f"treasury.{key}", advance.lent_on)} if with_years else {}
        case.step(str(one), False, **years)


def walk(case: Case) -> Advice:
    """Judge an advance on the day it is made."""
    both = case.yes("both_non_profit")
    case.step("non_profit" if both else "not_non_profit", both)
    if not both:
        return case.advice(Verdict.STOP, "may_not_lend", would_change=("use_bank",))
    advance = _advance(case)
    if advance.due_on < advance.lent_on:
        raise ImpossibleAnswer("due_on")
    found = treasury.obstacles(advance)
    if found:
        _name_obstacles(case, found, advance)
        return case.advice(Verdict.STOP, "may_not_lend", would_change=WAYS)
    case.use("treasury.lender_years", advance.lent_on)
    if advance.link != Link.SAME_UNION or advance.operation == Operation.POOLING:
        case.use("treasury.wider_links", advance.lent_on)
    if advance.operation == Operation.POOLING:
        case.step("pooling_met", passed=True)
        case.step("pooling_conditions")
    else:
        case.use("treasury.loan_years", advance.lent_on)
        case.step("all_met", passed=True)
    return case.advice(Verdict.CLEAR, "may_lend", would_change=("fix_terms",))


ASSISTANTS = (Assistant(sheet("treasury"), walk),)
