from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.geo import TravelMode, distance_km, travel_minutes
from filiere.rules.nearest import is_near, reach_km

ON = date(2026, 11, 22)
point = st.tuples(st.floats(-22, 51), st.floats(-62, 56))
close = st.tuples(st.floats(46, 47), st.floats(1, 3))


@given(st.integers(0, 240), st.sampled_from(list(TravelMode)))
def test_reach_km_is_the_longest_line_within_the_minutes(minutes, mode):
    km = reach_km(minutes, mode=mode, on=ON)

    if km:
        assert travel_minutes(km, mode=mode, on=ON) <= minutes
    assert travel_minutes(km + 0.02, mode=mode, on=ON) > minutes


@given(
    st.lists(close | point, max_size=8),
    st.lists(close | point, max_size=8),
    st.floats(0, 80),
)
def test_is_near_is_the_answer_of_measuring_every_pair(points, targets, radius):
    assert is_near(points, targets, radius_km=radius) == [
        any(distance_km(*one, *other) <= radius for other in targets) for one in points
    ]


def test_is_near_refuses_a_negative_radius():
    with pytest.raises(ValueError, match="negative"):
        is_near([], [], radius_km=-1)
