"""Taking money: may this legal form sell, is the public till in order, can income be kept apart.

Amounts are integer euro cents. Source: ``filiere.rules.carriers`` and ``filiere.rules.tills``.
"""

from filiere.rules import carriers
from filiere.rules.assistants.case import Assistant, Case, ImpossibleAnswer
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.tills import CashState, cash_state

DUTIES = ("till", "tariff", "keeper")


def _earmarking(case: Case, form: str) -> bool:
    """Tell whether what was wanted of the income can be had."""
    found = carriers.earmarking(form, case.on) if case.yes("earmark") else None
    if found is None:
        return True
    case.quote("earmark", found.reason, found.possible)
    if not found.possible:
        case.step("earmark_instead", instead=case.both(found.instead("fr"), found.instead("en")))
    return found.possible


def _cash(case: Case) -> bool:
    """Tell whether the cash in hand is under what the act allows."""
    if not (case.has("cash_limit") and case.has("cash")):
        return True
    limit, cash = case.whole("cash_limit"), case.whole("cash")
    if not limit:
        raise ImpossibleAnswer("cash_limit")
    state = cash_state(cash, limit)
    fine = state == CashState.FINE
    case.step(f"cash_{state}", fine, cash_cents=cash, limit_cents=limit)
    return fine


def _till(case: Case) -> list[str]:
    """Take the steps of a public till; give what is missing."""
    missing = []
    for duty in DUTIES:
        held = case.yes(duty)
        case.step(duty if held else f"not_{duty}", held)
        if not held and "finish" not in missing:
            missing.append("finish")
    if case.yes("vouchers"):
        held = case.yes("contract")
        case.step("contract" if held else "not_contract", held)
        if not held:
            missing.append("sign_contract")
    return missing


def walk(case: Case) -> Advice:
    """Judge the sale, then the till of a public body, then what becomes of the income."""
    form, sale = case.choice("form"), case.choice("sale")
    verdict = carriers.may_sell(form, sale, case.on)
    if verdict.may is None or verdict.reason is None:
        return case.advice(Verdict.UNKNOWN, "unknown")
    case.quote("may", verdict.reason, verdict.may)
    if not verdict.may:
        others = carriers.forms_that_may(sale, case.on)
        return case.advice(
            Verdict.STOP,
            "cannot",
            would_change=("other_forms",),
            forms=case.both(
                ", ".join(carriers.form_name(one) for one in others),
                ", ".join(carriers.form_name(one, "en") for one in others),
            ),
        )
    missing = _till(case) if carriers.is_public(form) else []
    kept, fine = _earmarking(case, form), _cash(case)
    if missing:
        return case.advice(Verdict.STOP, "not_ready", would_change=missing)
    if not kept or not fine:
        return case.advice(Verdict.CAUTION, "nearly", would_change=() if fine else ("deposit",))
    return case.advice(Verdict.CLEAR, "ready")


ASSISTANTS = (Assistant(sheet("till"), walk),)
