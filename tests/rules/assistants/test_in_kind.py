"""R11: gifts in kind as a decision aid."""

from datetime import date

import pytest

from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Verdict

ON = date(2026, 11, 22)
HOURS = {
    "kind": "volunteering", "opened_on": date(2026, 1, 1), "essential": True, "measurable": True,
    "hours": 100, "given_on": ON, "valuation": "minimum_wage",
}  # fmt: skip


def judge(verified=frozenset(), **changes):
    return all_assistants()["in_kind"].judge(HOURS | changes, ON, verified)


@pytest.mark.parametrize(
    ("given_on", "cents"),
    [(date(2026, 5, 31), 120_200), (date(2026, 6, 1), 123_100)],
)
def test_r11_a_hundred_volunteer_hours_at_the_minimum_wage_of_the_day(given_on, cents):
    assert judge(given_on=given_on).figures["value_cents"] == cents


def test_r11_replacement_cost_and_rental_value():
    assert judge(valuation="replacement", hour_cost=2_000).figures["value_cents"] == 200_000
    room = judge(kind="premises", value=45_000)
    assert room.figures["value_cents"] == 45_000
    assert [step.key for step in room.path] == ["both", "at_price", "rental_value", "accounts"]


def test_r11_accounts_are_said_and_the_pair_is_to_verify():
    found = judge()
    assert found.path[-1].words.words("en") == (
        "Accounts 864 as debit and 875 as credit, for the same amount."
    )
    assert (found.verdict, found.to_verify) == (Verdict.CAUTION, ("in_kind.accounts",))
    assert judge(frozenset(found.to_verify)).verdict == Verdict.CLEAR


def test_r11_what_cannot_be_measured_is_told_in_the_notes():
    found = judge(measurable=False)
    assert found.verdict == Verdict.CAUTION
    assert found.headline.words("en").startswith("Tell of it in the notes")


def test_a_minimum_wage_that_was_not_found_is_unknown_and_next_year_is_unconfirmed():
    assert judge(given_on=date(2025, 6, 1)).verdict == Verdict.UNKNOWN
    assert judge(opened_on=date(2019, 1, 1)).verdict == Verdict.UNKNOWN
    assert "minimum_wage.hour_cents@2027" in judge(given_on=date(2027, 1, 1)).to_verify
