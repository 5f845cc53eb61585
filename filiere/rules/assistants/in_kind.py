"""Gifts in kind: whether they enter the accounts, in which accounts, for how much.

Amounts are integer euro cents. Source: Règlement ANC 2018-06; see ``filiere.rules.in_kind``.
"""

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.in_kind import (
    ACCOUNTS,
    MINUTES_AN_HOUR,
    InKind,
    enters_accounts,
    volunteering_value,
)


def _volunteering(case: Case) -> int:
    hours, given_on = case.whole("hours"), case.day("given_on")
    if case.choice("valuation") == "replacement":
        hour, name = case.whole("hour_cost"), "at_replacement"
    else:
        hour, name = case.use("minimum_wage.hour_cents", given_on), "at_wage"
    case.step(name, hours=hours, hour_cents=hour)
    case.step("same_method")
    return volunteering_value(minutes=hours * MINUTES_AN_HOUR, on=given_on, hour_cents=hour)


def _value(case: Case, kind: InKind) -> int:
    if kind == InKind.VOLUNTEERING:
        return _volunteering(case)
    value = case.whole("value")
    case.step("at_price")
    if kind == InKind.PREMISES:
        case.step("rental_value")
    return value


def walk(case: Case) -> Advice:
    """Judge one gift in kind: essential and measurable, then value and accounts."""
    kind = InKind(case.choice("kind"))
    opened_on = case.day("opened_on")
    case.use("in_kind.valued_from", opened_on)
    enters = enters_accounts(
        opened_on=opened_on,
        is_essential=case.yes("essential"),
        is_measurable=case.yes("measurable"),
    )
    case.step("both" if enters else "only_notes", enters)
    value = _value(case, kind)
    case.figures["value_cents"] = value
    if not enters:
        return case.advice(Verdict.CAUTION, "tell", would_change=("measure_it",), value_cents=value)
    accounts = ACCOUNTS[kind]
    case.step("accounts", passed=True, debit=accounts.debit, credit=accounts.credit)
    return case.advice(
        Verdict.CLEAR,
        "enter",
        would_change=("other_method",) if kind == InKind.VOLUNTEERING else (),
        value_cents=value,
    )


ASSISTANTS = (Assistant(sheet("in_kind"), walk),)
