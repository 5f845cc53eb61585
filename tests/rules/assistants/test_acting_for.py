"""R9: the gate to act in a person's place, as a decision aid."""

from datetime import date

import pytest

from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Verdict

ON = date(2026, 11, 22)
GOOD = {
    "status": "employee", "trained": True, "habilitated": True, "has_mandate": True,
    "starts_on": date(2026, 11, 1), "days": "31", "taken_back": False, "covered": True,
}  # fmt: skip


def judge(**changes):
    return all_assistants()["acting_for"].judge(GOOD | changes, ON)


def taken(found):
    return [step.key for step in found.path]


@pytest.mark.parametrize("status", ["employee", "public_agent", "subsidised"])
def test_r9_employees_may_act(status):
    found = judge(status=status)
    assert (found.verdict, found.figures["last_on"]) == (Verdict.CLEAR, date(2026, 12, 1))


@pytest.mark.parametrize("status", ["volunteer", "civic_service", "elected", "carer"])
def test_r9_excluded_by_name_even_trained(status):
    found = judge(status=status)
    assert (found.verdict, taken(found)[:2]) == (Verdict.STOP, ["not_employed", "excluded"])


def test_the_self_employed_are_no_employees_and_civic_service_has_its_own_word():
    assert taken(judge(status="self_employed")) == ["not_employed"]
    assert taken(judge(status="civic_service"))[-1] == "civic_service"


@pytest.mark.parametrize(
    ("change", "last"),
    [
        ({"habilitated": False}, "not_habilitated"),
        ({"has_mandate": False}, "no_mandate"),
        ({"taken_back": True}, "mandate_taken_back"),
        ({"days": "1"}, "mandate_over"),
        ({"starts_on": date(2026, 11, 23)}, "mandate_over"),
        ({"covered": False}, "other_topic"),
    ],
)
def test_r9_every_condition_is_needed(change, last):
    found = judge(**change)
    assert (found.verdict, taken(found)[-1]) == (Verdict.STOP, last)


def test_what_lacks_is_all_named_at_once():
    assert taken(judge(trained=False, habilitated=False))[1:] == ["not_trained", "not_habilitated"]


def test_the_gate_rests_on_nothing_from_memory():
    assert judge().to_verify == ()
