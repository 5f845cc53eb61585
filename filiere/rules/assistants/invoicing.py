"""What an invoice must say, and from when it must be electronic.

Source: ``filiere.rules.invoices``, ``filiere.rules.vat`` and ``filiere.rules.e_invoicing``.
"""

from datetime import date

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.e_invoicing import Duty, Size, Stance, duties
from filiere.rules.vat import Treatment, wordings

REFORM = date(2026, 9, 1)


def _mentions(case: Case, treatment: Treatment) -> None:
    case.step("parties")
    case.step("lines")
    if case.choice("client") != "person":
        case.step("late", fee_cents=case.use("invoice.recovery_fee_cents"))
    if treatment == Treatment.STANDARD:
        case.step("charge", normal_rate=case.use_ratio("vat.normal_rate"))
    else:
        case.step("mention", mention=wordings()[treatment].mention)
    if case.on >= REFORM:
        case.step("new_mentions")
    if case.choice("client") == "public":
        case.step("chorus")


def _duties(case: Case, treatment: Treatment) -> tuple[Duty, ...]:
    found = duties(treatment, Size(case.choice("size")), on=case.on)
    if case.choice("client") == "person":
        found = tuple(one for one in found if one.key != "issue")
    else:
        found = tuple(one for one in found if one.key != "report")
    ready = case.yes("platform")
    for one in found:
        held: bool | None = ready
        if one.stance == Stance.OUTSIDE:
            held = True
        elif one.stance == Stance.COMING:
            held = ready or None
        case.step(f"duty_{one.key}_{one.stance}", held, from_on=one.from_on)
        case.figures[f"{one.key}_from"] = one.from_on
    return found


def walk(case: Case) -> Advice:
    """List the mentions, then judge the calendar of electronic invoices."""
    treatment = Treatment(case.choice("treatment"))
    _mentions(case, treatment)
    found = _duties(case, treatment)
    if all(one.stance == Stance.OUTSIDE for one in found):
        return case.advice(Verdict.CLEAR, "outside_all", would_change=("become_taxed",))
    if case.on >= REFORM:
        case.step(
            "fine",
            fine_cents=case.use("e_invoicing.fine_cents"),
            ceiling_cents=case.use("e_invoicing.fine_ceiling_cents"),
        )
    if case.yes("platform"):
        return case.advice(Verdict.CLEAR, "ready", would_change=("become_taxed",))
    if any(one.stance == Stance.IN_FORCE for one in found):
        return case.advice(Verdict.STOP, "register_now", would_change=("register",))
    first = min(one.from_on for one in found if one.stance == Stance.COMING)
    return case.advice(Verdict.CAUTION, "prepare", would_change=("register",), from_on=first)


ASSISTANTS = (Assistant(sheet("invoicing"), walk),)
