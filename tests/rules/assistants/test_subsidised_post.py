"""R9, A16, C23: the end of a post's funding as a decision aid."""

from datetime import date

import pytest

from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Verdict

GOOD = {
    "status": "subsidised", "cost": 250_000, "funded": 150_000,
    "funded_until": date(2027, 6, 30), "stays": True,
}  # fmt: skip


def judge(on, **changes):
    return all_assistants()["subsidised_post"].judge(GOOD | changes, on)


def test_a16_the_cliff_is_the_day_after_with_its_sum():
    found = judge(date(2026, 11, 22))
    assert found.verdict == Verdict.CLEAR
    assert found.figures["cliff_on"] == date(2027, 7, 1)
    assert found.figures["more_a_month_cents"] == 150_000
    assert found.figures["first_on"] == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        (date(2026, 12, 31), "clear"), (date(2027, 1, 1), "caution"),
        (date(2027, 6, 30), "caution"), (date(2027, 7, 1), "stop"),
    ],
)  # fmt: skip
def test_a16_alert_from_six_months_ahead_and_stop_after_the_end(on, verdict):
    assert judge(on).verdict == verdict


def test_a_post_that_ends_with_its_aid_costs_no_more_but_its_hours_stop():
    found = judge(date(2026, 11, 22), stays=False)
    assert found.figures["more_a_month_cents"] == 0
    assert "ends" in [step.key for step in found.path]


def test_c23_civic_service_has_its_limits_one_of_them_from_memory():
    found = judge(date(2026, 11, 22), status="civic_service", replaces=False)
    assert found.verdict == Verdict.CAUTION
    assert found.to_verify == ("subsidised_post.civic_replaces_nobody",)


def test_c23_civic_service_does_not_stand_for_a_post():
    found = judge(date(2026, 11, 22), status="civic_service", replaces=True)
    assert (found.verdict, found.path[-1].passed) == (Verdict.STOP, False)


def test_aid_above_the_cost_is_asked_again_and_no_aid_is_over():
    found = judge(date(2026, 11, 22), funded=250_001)
    assert (found.verdict, found.still[0].key) == (Verdict.UNKNOWN, "funded")
    assert judge(date(2026, 11, 22), funded=0).verdict == Verdict.STOP


def test_a_day_too_far_ahead_is_a_slip():
    found = judge(date(2026, 11, 22), funded_until=date(9999, 12, 31))
    assert (found.verdict, found.still[0].key) == (Verdict.UNKNOWN, "funded_until")
