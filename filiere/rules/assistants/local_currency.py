"""Who may issue a local currency, and when that takes an agreement. Filière never issues.

Source: Code monétaire et financier, art. L. 311-5.
"""

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet


def _may_issue(case: Case) -> bool:
    issuer = case.choice("issuer")
    if issuer == "filiere":
        case.step("never_filiere", passed=False)
        return False
    if issuer == "solidarity" and case.yes("sole_object"):
        case.step("solidarity_issuer", passed=True)
        return True
    case.step("other_issuer", passed=False)
    return False


def _is_closed_paper(case: Case) -> bool:
    """Tell whether no agreement is needed: paper that individuals cannot turn into euros."""
    if case.choice("medium") == "electronic":
        case.step("electronic", passed=False)
        return False
    opened = [case.yes("euro_change"), case.yes("person_buy_back")]
    if case.yes("provider_buy_back"):
        case.step("provider_may")
    case.step("open_to_euros" if any(opened) else "paper_closed", not any(opened))
    return not any(opened)


def walk(case: Case) -> Advice:
    """Judge a currency: its issuer, then its form."""
    if not _may_issue(case):
        return case.advice(Verdict.STOP, "may_not_issue", would_change=("outside_issuer",))
    if not _is_closed_paper(case):
        return case.advice(Verdict.CAUTION, "ask_exemption", would_change=("paper_only",))
    return case.advice(Verdict.CLEAR, "may_issue", would_change=("paper_only",))


ASSISTANTS = (Assistant(sheet("local_currency"), walk),)
