from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.geo import (
    TravelMode,
    bounding_box,
    distance_km,
    plausible,
    territory_of,
    travel_minutes,
)

ON = date(2026, 11, 22)
LATITUDES, LONGITUDES = st.floats(-60, 60), st.floats(-179, 179)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param((48.8566, 2.3522), (45.7640, 4.8357), 391.5, id="Paris to Lyon"),
        pytest.param((46.1703, 1.8719), (46.1703, 1.8719), 0.0, id="here"),
        pytest.param((0.0, 179.5), (0.0, -179.5), 111.2, id="across the date line"),
    ],
)
def test_distance_km(a, b, expected):
    assert distance_km(*a, *b) == pytest.approx(expected, abs=0.1)


@given(a=st.tuples(LATITUDES, LONGITUDES), b=st.tuples(LATITUDES, LONGITUDES))
def test_distance_km_is_the_same_both_ways(a, b):
    assert distance_km(*a, *b) == pytest.approx(distance_km(*b, *a))


@given(
    centre=st.tuples(LATITUDES, st.floats(-120, 120)),
    offset=st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
    radius=st.floats(0.1, 60),
)
def test_bounding_box_holds_every_point_within_the_radius(centre, offset, radius):
    point = (centre[0] + offset[0], centre[1] + offset[1])

    if distance_km(*centre, *point) <= radius:
        assert bounding_box(*centre, radius).contains(*point)


@pytest.mark.parametrize(
    ("point", "territory"),
    [
        ((46.17, 1.87), "metropole"),
        ((42.15, 9.08), "metropole"),
        ((16.25, -61.55), "guadeloupe"),
        ((14.60, -61.07), "martinique"),
        ((4.92, -52.31), "guyane"),
        ((-21.10, 55.45), "reunion"),
        ((-12.78, 45.23), "mayotte"),
        ((46.78, -56.18), "saint-pierre-et-miquelon"),
        ((-22.27, 166.45), "nouvelle-caledonie"),
        ((1.87, 46.17), None),
        ((0.0, 0.0), None),
    ],
)
def test_territory_of(point, territory):
    assert territory_of(*point) == territory
    assert plausible(*point) == (territory is not None)


@pytest.mark.parametrize(
    ("distance", "mode", "minutes"),
    [
        (0.0, TravelMode.FOOT, 0),
        (1.0, TravelMode.FOOT, 16),
        (11.0, TravelMode.BUS, 41),
        (17.0, TravelMode.CAR, 30),
    ],
)
def test_travel_minutes(distance, mode, minutes):
    assert travel_minutes(distance, mode=mode, on=ON) == minutes


@given(near=st.floats(0, 500), more=st.floats(0, 500), mode=st.sampled_from(TravelMode))
def test_travel_minutes_grow_with_distance(near, more, mode):
    assert travel_minutes(near, mode=mode, on=ON) <= travel_minutes(near + more, mode=mode, on=ON)


def test_negative_distances_are_refused():
    with pytest.raises(ValueError, match="distance is negative"):
        travel_minutes(-1, mode=TravelMode.CAR, on=ON)
    with pytest.raises(ValueError, match="radius_km is negative"):
        bounding_box(46, 2, -1)
