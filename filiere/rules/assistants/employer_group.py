"""Employer group: is the form open here, is the object alone, what does a member pay.

Amounts are integer euro cents. Source: Code du travail, art. L. 1253-2; see
``filiere.rules.employer_groups``.
"""

from fractions import Fraction

from filiere.rules.assistants.case import Assistant, Case, ImpossibleAnswer
from filiere.rules.assistants.shape import Advice, Text, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.carriers import Worded
from filiere.rules.employer_groups import GroupForm, forms_open, shares_of_month
from filiere.rules.parameters import Confidence

INVOICE = ("cost", "hours_all", "hours_member", "fee_percent")


def _named(case: Case, text: Text) -> Worded:
    return Worded(text.fr, text.en, case.sheet.key, Confidence.OWN_CHOICE, case.on)


def _form_is_open(case: Case) -> bool:
    chosen = case.choice("form")
    options = case.sheet.question("form").options
    label = next(option.label for option in options if option.key == chosen)
    is_open = GroupForm(chosen) in forms_open(case.choice("departement"), case.on)
    case.step("form_open" if is_open else "form_closed", is_open, form=_named(case, label))
    return is_open


def _invoice(case: Case) -> None:
    """Say what the place would pay, when the four figures are given."""
    if not all(case.has(key) for key in INVOICE):
        return
    cost, hours, mine, percent = (case.whole(key) for key in INVOICE)
    for key, is_good in (
        ("hours_all", hours > 0),
        ("hours_member", mine <= hours),
        ("fee_percent", percent <= 100),
    ):
        if not is_good:
            raise ImpossibleAnswer(key)
    share, _others = shares_of_month(
        cost_cents=cost, minutes=[mine * 60, (hours - mine) * 60], fee_rate=Fraction(percent, 100)
    )
    case.figures["share_cents"] = share.total_cents
    case.step(
        "share",
        share_cents=share.total_cents,
        cost_cents=share.cost_cents,
        fee_cents=share.fee_cents,
    )


def walk(case: Case) -> Advice:
    """Judge a group: form, object, members, then the invoice of one of them."""
    if not _form_is_open(case):
        return case.advice(Verdict.STOP, "may_not", would_change=("choose_other_form",))
    only_lends = case.yes("only_lends")
    case.step("only_lends" if only_lends else "not_only_lends", only_lends)
    if not only_lends:
        return case.advice(Verdict.STOP, "may_not", would_change=("keep_to_lending",))
    if case.yes("public_members"):
        case.step("public_allowed", passed=True)
        case.step("public_limits", passed=True)
    case.step("debts")
    case.step("tax")
    is_fragile = case.yes("all_fragile")
    case.step("fragile" if is_fragile else "sturdy", not is_fragile)
    _invoice(case)
    if is_fragile:
        return case.advice(
            Verdict.CAUTION, "may_form_carefully", would_change=("add_sturdy", "settle_debts")
        )
    return case.advice(Verdict.CLEAR, "may_form", would_change=("settle_debts",))


ASSISTANTS = (Assistant(sheet("employer_group"), walk),)
