"""May this person act in somebody's place? Employed, trained, habilitated, mandated, on topic.

Source: public pages of Aidants Connect; see ``filiere.rules.staff``.
"""

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.staff import EMPLOYED, EXCLUDED, Mandate, StaffStatus

SPOKEN = frozenset({"trained", "not_trained", "habilitated", "not_habilitated"})
"""Sentences whose key is put together."""


def _status_allows(case: Case) -> bool:
    status = StaffStatus(case.choice("status"))
    if status in EMPLOYED:
        case.step("employed", passed=True)
        return True
    case.step("not_employed", passed=False)
    if status in EXCLUDED:
        case.step("excluded", passed=False)
    if status == StaffStatus.CIVIC_SERVICE:
        case.step("civic_service")
    return False


def _is_ready(case: Case) -> bool:
    """Tell whether helper and structure are; both are asked, so that both answers show."""
    held = {key: case.yes(key) for key in ("trained", "habilitated")}
    for key, is_held in held.items():
        case.step(key if is_held else f"not_{key}", is_held)
    return all(held.values())


def _is_mandated(case: Case) -> bool:
    if not case.yes("has_mandate"):
        case.step("no_mandate", passed=False)
        return False
    if case.yes("taken_back"):
        case.step("mandate_taken_back", passed=False)
        return False
    mandate = Mandate(case.day("starts_on"), int(case.choice("days")), frozenset())
    case.figures["last_on"] = mandate.last_on
    if not mandate.holds(case.on):
        case.step(
            "mandate_over", passed=False, starts_on=mandate.starts_on, last_on=mandate.last_on
        )
        return False
    case.step("mandate_holds", passed=True, last_on=mandate.last_on)
    covered = case.yes("covered")
    case.step("covered" if covered else "other_topic", covered)
    return covered


def walk(case: Case) -> Advice:
    """Judge the gate; every condition is needed."""
    if not _status_allows(case):
        is_civic = case.choice("status") == StaffStatus.CIVIC_SERVICE
        ways = ("hand_over", "civic_training") if is_civic else ("hand_over",)
        return case.advice(Verdict.STOP, "beside_only", would_change=ways)
    if not _is_ready(case):
        return case.advice(Verdict.STOP, "beside_only", would_change=("get_ready", "hand_over"))
    if not _is_mandated(case):
        return case.advice(Verdict.STOP, "beside_only", would_change=("sign_mandate",))
    return case.advice(Verdict.CLEAR, "may_act", would_change=("mandate_ends",))


ASSISTANTS = (Assistant(sheet("acting_for"), walk),)
