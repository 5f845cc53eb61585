from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.reminders import (
    Asked,
    DebtorKind,
    Step,
    asked,
    bucket,
    days_of,
    next_step,
    spread,
)

ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("kind", "late", "made", "since", "step"),
    [
        ("company", 7, [], None, None),
        ("company", 8, [], None, Step.FIRST),
        ("company", 400, [], None, Step.FIRST),
        ("company", 400, ["first"], 13, None),
        ("company", 400, ["first"], 14, Step.SECOND),
        ("company", 37, ["first", "second"], 14, None),
        ("company", 38, ["first", "second"], 14, Step.FORMAL),
        ("company", 400, ["first", "second", "formal"], 300, None),
        ("public", 30, ["first"], 22, Step.SECOND),
        ("person", 14, [], None, None),
        ("person", 15, [], None, Step.FIRST),
        ("person", 45, ["first"], 30, Step.SECOND),
        ("person", 900, ["first", "second"], 800, None),
    ],
)
def test_next_step_comes_one_at_a_time_and_never_firmly_to_a_person(kind, late, made, since, step):
    found = next_step(
        DebtorKind(kind),
        days_late=late,
        made=[Step(one) for one in made],
        days_since_last=since,
        on=ON,
    )
    assert found == step


def test_asked_adds_the_fixed_sum_and_penalties_to_a_company_only():
    late = {"open_cents": 120_000, "late_rate_bp": 1_000, "days_late": 365, "on": ON}
    assert asked(DebtorKind.COMPANY, **late) == Asked(4_000, 12_000)
    assert asked(DebtorKind.PUBLIC, **late) == Asked(4_000, 0)
    assert asked(DebtorKind.PERSON, **late) == Asked(0, 0)
    assert asked(DebtorKind.COMPANY, **late | {"days_late": 0}) == Asked(0, 0)


def test_days_of_a_person_have_no_formal_notice():
    assert [len(days_of(kind, on=ON)) for kind in DebtorKind] == [3, 3, 2]


def test_bucket_follows_the_days():
    assert [bucket(days) for days in (0, 1, 30, 31, 60, 61, 90, 91)] == [-1, 0, 0, 1, 1, 2, 2, 3]


@given(st.lists(st.integers(0, 10_000), max_size=8), st.integers(0, 60_000))
def test_spread_is_exact_and_never_above_a_debt(amounts, given_cents):
    parts = spread(amounts, given_cents)
    assert sum(parts) == min(given_cents, sum(amounts))
    assert all(0 <= part <= amount for part, amount in zip(parts, amounts, strict=True))
    # What is paid first is paid whole before the next gets anything.
    assert all(
        later == 0
        for place, part in enumerate(parts)
        if part < amounts[place]
        for later in parts[place + 1 :]
    )
