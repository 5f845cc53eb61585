"""Statuses that open money: what each supposes and opens, and what was not found.

Source: the texts of 2018; the general tax code for home services and gifts.
"""

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet

CONDITIONS = {
    "third_place": ("other_activities", "mixed_public"),
    "social_life": ("other_activities", "mixed_public"),
    "home_services": ("at_home",),
    "endowment": ("renews_equipment",),
}
"""The questions each status supposes a yes to."""
OPENS = {
    "third_place": ("third_place", "third_place_unknown"),
    "social_life": ("social_life", "social_life_unknown"),
    "home_services": (),
    "endowment": ("endowment", "endowment_rate"),
}
"""The sentences said of a status whose conditions are met."""
NOT_MET = {"renews_equipment": "not_endowment"}
SPOKEN = frozenset(
    {f"{prefix}{key}" for prefix in ("", "not_") for key in (*CONDITIONS["third_place"], "at_home")}
    | {"not_endowment"}
    | {key for keys in OPENS.values() for key in keys}
)
"""Sentences whose key is put together."""


def walk(case: Case) -> Advice:
    """Judge one status: its conditions, then what it opens."""
    status = case.choice("status")
    held = {key: case.yes(key) for key in CONDITIONS[status]}
    for key, is_met in held.items():
        if not is_met:
            case.step(NOT_MET.get(key, f"not_{key}"), passed=False)
        elif key in case.sheet.sentences:
            case.step(key, passed=True)
    if not all(held.values()):
        return case.advice(Verdict.STOP, "not_yet", would_change=("widen", "other_status"))
    for key in OPENS[status]:
        case.step(key)
    is_unknown = status in {"third_place", "social_life"}
    return case.advice(
        Verdict.CAUTION if is_unknown else Verdict.CLEAR,
        "to_ask",
        would_change=("ask_criteria",) if is_unknown else ("other_status",),
    )


ASSISTANTS = (Assistant(sheet("money_statuses"), walk),)
