"""Who may act in a person's place, and what the end of a funding brings (R9)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules import parameters
from filiere.rules.staff import (
    EMPLOYED,
    Cliff,
    Lack,
    Mandate,
    Post,
    StaffStatus,
    alert_days,
    cliffs,
    lacks_to_act,
)

DAY = date(2026, 11, 22)
HOUSING = Mandate(date(2026, 11, 1), 31, frozenset({"housing", "money"}))


def act(**overrides):
    ordinary = {
        "status": StaffStatus.EMPLOYEE, "is_trained": True, "is_habilitated": True,
        "mandate": HOUSING, "topic": "housing", "on": DAY,
    }  # fmt: skip
    return lacks_to_act(**ordinary | overrides)


@pytest.mark.parametrize("status", ["volunteer", "civic_service", "elected", "carer"])
def test_r9_volunteers_civic_service_elected_and_carers_never_act(status):
    assert act(status=StaffStatus(status)) == (Lack.NOT_EMPLOYED,)


@pytest.mark.parametrize("status", ["employee", "public_agent", "subsidised"])
def test_r9_employees_act_once_trained_habilitated_and_mandated(status):
    assert act(status=StaffStatus(status)) == ()
    assert StaffStatus(status) in EMPLOYED


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        ({"is_trained": False}, "not_trained"),
        ({"is_habilitated": False}, "not_habilitated"),
        ({"mandate": None}, "no_mandate"),
        ({"on": date(2026, 10, 31)}, "mandate_ended"),
        ({"on": date(2026, 12, 2)}, "mandate_ended"),
        ({"topic": "justice"}, "other_topic"),
    ],
)
def test_r9_every_condition_is_needed(change, lack):
    assert act(**change) == (Lack(lack),)


def test_lacks_to_act_names_everything_that_lacks():
    lacks = act(status=StaffStatus.VOLUNTEER, is_trained=False, is_habilitated=False, mandate=None)
    assert [str(lack) for lack in lacks] == [
        "not_employed", "not_trained", "not_habilitated", "no_mandate",
    ]  # fmt: skip


def test_a_mandate_lasts_its_days_first_one_counted_and_ends_when_taken_back():
    one_day = Mandate(DAY, 1, frozenset({"housing"}))
    assert (one_day.holds(DAY), one_day.holds(DAY + timedelta(days=1))) == (True, False)
    assert HOUSING.last_on == date(2026, 12, 1)
    taken_back = Mandate(date(2026, 11, 1), 365, frozenset({"housing"}), ended_on=DAY)
    assert (taken_back.holds(DAY - timedelta(days=1)), taken_back.holds(DAY)) == (True, False)


def test_r9_four_durations_and_ten_topics():
    assert parameters.words("mandate.days", DAY) == ("1", "31", "182", "365")
    assert len(parameters.words("mandate.topics", DAY)) == 10
    with pytest.raises(ValueError, match="no mandate lasts 30 days"):
        Mandate(DAY, 30, frozenset())
    with pytest.raises(ValueError, match=r"no such topic: \['gardens'\]"):
        Mandate(DAY, 1, frozenset({"gardens"}))


def test_cliffs_say_the_day_after_and_what_more_has_to_be_paid():
    posts = [
        Post("Ana", 250_000, 150_000, date(2027, 6, 30)),
        Post("Bob", 240_000, 100_000, date(2027, 6, 30), contract_ends_on=date(2027, 6, 30)),
        Post("Cléo", 200_000, 80_000, date(2027, 1, 31), contract_ends_on=date(2028, 1, 31)),
        Post("Done", 200_000, 80_000, date(2026, 11, 21)),
        Post("Plain", 200_000, 0, date(2027, 1, 31)),
    ]
    assert cliffs(posts, DAY) == (
        Cliff(date(2027, 2, 1), ("Cléo",), (), 80_000),
        Cliff(date(2027, 7, 1), ("Ana", "Bob"), ("Bob",), 230_000),
    )


def test_a_post_is_not_funded_above_its_cost():
    with pytest.raises(ValueError, match="funding 2 is not within 1"):
        Post("Ana", 1, 2, DAY)


def test_alerts_come_six_three_and_one_month_ahead():
    end = date(2027, 6, 30)
    assert [(end - day).days for day in alert_days(end, DAY)] == [180, 90, 30]


@given(
    st.lists(
        st.builds(
            lambda funded, days, stays: Post(
                "P", 10**6, funded, DAY + timedelta(days=days),
                None if stays else DAY + timedelta(days=days),
            ),
            st.integers(0, 10**6), st.integers(-100, 900), st.booleans(),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_cliffs_only_rise_and_end_at_all_the_funding_that_stays(posts):
    found = cliffs(posts, DAY)
    more = [one.more_a_month_cents for one in found]
    assert more == sorted(more)
    alive = [post for post in posts if post.funded_until >= DAY and post.stays]
    assert (more[-1] if more else 0) == sum(post.funded_cents for post in alive)
