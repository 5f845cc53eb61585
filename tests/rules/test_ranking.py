from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.geo import TravelMode
from filiere.rules.opening import PARIS, Openness
from filiere.rules.ranking import Candidate, Cause, Channel, Price, PriceKnown, Wishes, rank

WISHES = Wishes(from_day=date(2026, 11, 23), until_day=date(2026, 11, 29), mode=TravelMode.CAR)
FREE = Price(PriceKnown.FREE, 0)


def slot(day, hour=10):
    return datetime(2026, 11, 1, hour, 0, tzinfo=PARIS) + timedelta(days=day - 1)


def order(*candidates, wishes=WISHES):
    return [one.candidate_key for one in rank(candidates, wishes=wishes)]


def causes(*candidates, wishes=WISHES):
    return [one.cause for one in rank(candidates, wishes=wishes)]


def test_rank_tells_the_story_of_the_week():
    ranked = rank(
        [
            Candidate("bonnat", 17.0, slot(27), Price(PriceKnown.PAID, 500)),
            Candidate("sainte-feyre", 6.0, slot(26), FREE),
            Candidate("saint-vaury", 11.0, slot(24, 14), FREE),
            Candidate("gueret", 0.9, slot(24), FREE),
        ],
        wishes=WISHES,
    )

    assert [(one.position, one.candidate_key, one.cause) for one in ranked] == [
        (1, "gueret", Cause.FIRST_NEARER),
        (2, "saint-vaury", Cause.FURTHER),
        (3, "sainte-feyre", Cause.LATER_BUT_NEARER),
        (4, "bonnat", Cause.LATER),
    ]
    assert ranked[2].parameters == {
        "other": "saint-vaury",
        "days": 2,
        "minutes": 8,
        "km": 5.0,
        "cents": 0,
        "slot_day": "2026-11-26",
    }


BASE = Candidate("a", 5.0, slot(24), FREE, accessible=True, open_state=Openness.OPEN)


@pytest.mark.parametrize(
    ("second", "wishes", "expected"),
    [
        pytest.param(
            {"serves_need": False}, {}, (Cause.FIRST_ANSWERS_NEED, Cause.NEED_NOT_STATED), id="need"
        ),
        pytest.param(
            {"accessible": None},
            {"needs_access": True},
            (Cause.FIRST_ACCESSIBLE, Cause.ACCESS_NOT_STATED),
            id="access not stated",
        ),
        pytest.param(
            {"accessible": False},
            {"needs_access": True},
            (Cause.FIRST_ACCESSIBLE, Cause.NOT_ACCESSIBLE),
            id="not accessible",
        ),
        pytest.param(
            {"channel": Channel.REMOTE},
            {"channels": frozenset({Channel.ON_SITE})},
            (Cause.FIRST_SUITABLE_CHANNEL, Cause.UNSUITABLE_CHANNEL),
            id="channel",
        ),
        pytest.param({"free_slot_at": slot(25)}, {}, (Cause.FIRST_SOONER, Cause.LATER), id="later"),
        pytest.param(
            {"free_slot_at": slot(33)}, {}, (Cause.FIRST_IN_WINDOW, Cause.AFTER_WINDOW), id="after"
        ),
        pytest.param(
            {"free_slot_at": slot(33), "distance_km": 0.1},
            {},
            (Cause.FIRST_IN_WINDOW, Cause.AFTER_WINDOW_BUT_NEARER),
            id="after but nearer",
        ),
        pytest.param(
            {"free_slot_at": None}, {}, (Cause.FIRST_SLOT_PUBLISHED, Cause.NO_SLOT), id="no slot"
        ),
        pytest.param(
            {"free_slot_at": None, "distance_km": 0.1},
            {},
            (Cause.FIRST_SLOT_PUBLISHED, Cause.NO_SLOT_BUT_NEARER),
            id="no slot but nearer",
        ),
        pytest.param({"distance_km": 30.0}, {}, (Cause.FIRST_NEARER, Cause.FURTHER), id="further"),
        pytest.param(
            {"distance_km": 30.0, "price": Price(PriceKnown.PAID, 500)},
            {},
            (Cause.FIRST_NEARER, Cause.FURTHER_AND_DEARER),
            id="further and dearer",
        ),
        pytest.param(
            {"distance_km": None}, {}, (Cause.FIRST_TRIP_KNOWN, Cause.TRIP_UNKNOWN), id="no point"
        ),
        pytest.param(
            {"price": Price(PriceKnown.PAID, 500)},
            {},
            (Cause.FIRST_CHEAPER, Cause.DEARER),
            id="paid",
        ),
        pytest.param(
            {"price": Price(PriceKnown.CONDITIONAL)},
            {},
            (Cause.FIRST_CHEAPER, Cause.PRICE_CONDITIONAL),
            id="conditional",
        ),
        pytest.param(
            {"price": Price()}, {}, (Cause.FIRST_PRICE_KNOWN, Cause.PRICE_NOT_STATED), id="no price"
        ),
        pytest.param(
            {"open_state": Openness.CLOSED}, {}, (Cause.FIRST_OPEN, Cause.CLOSED_NOW), id="closed"
        ),
        pytest.param(
            {"open_state": Openness.UNKNOWN},
            {},
            (Cause.FIRST_OPEN, Cause.HOURS_NOT_STATED),
            id="no hours",
        ),
        pytest.param({}, {}, (Cause.FIRST_NAME, Cause.SAME), id="same in everything"),
    ],
)
def test_rank_names_what_decided(second, wishes, expected):
    found = causes(replace(BASE, key="b", **second), BASE, wishes=replace(WISHES, **wishes))

    assert tuple(found) == expected


def test_rank_says_what_a_lower_place_still_has_for_itself():
    dear = replace(BASE, price=Price(PriceKnown.PAID, 900))
    assert causes(dear, replace(BASE, key="b", distance_km=30.0))[1] is Cause.FURTHER_BUT_CHEAPER
    assert causes(dear, replace(BASE, key="b", free_slot_at=slot(26)))[1] is Cause.LATER_BUT_CHEAPER


def test_rank_of_one_and_of_none():
    assert causes(BASE) == [Cause.ONLY_ONE]
    assert rank([], wishes=WISHES) == []


def test_rank_puts_an_unstated_amount_between_paid_and_unknown():
    paid, some, unknown = Price(PriceKnown.PAID, 10**6), Price(PriceKnown.PAID), Price()
    prices = {"x": unknown, "y": some, "z": paid}

    assert order(*(replace(BASE, key=key, price=price) for key, price in prices.items())) == [
        "z", "y", "x",
    ]  # fmt: skip


def test_rank_lets_the_price_decide_between_two_trips_nearly_equal():
    near = replace(BASE, key="near", distance_km=5.0, price=Price(PriceKnown.PAID, 500))
    a_little_further = replace(BASE, key="free", distance_km=5.5)

    assert order(near, a_little_further) == ["free", "near"]


def test_rank_reads_the_day_of_a_slot_in_legal_time():
    just_past_midnight_in_paris = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    late = replace(BASE, key="b", free_slot_at=just_past_midnight_in_paris)

    assert causes(BASE, late)[1] is Cause.AFTER_WINDOW


CANDIDATES = st.builds(
    Candidate,
    key=st.uuids().map(str),
    distance_km=st.none() | st.floats(0, 80),
    free_slot_at=st.none() | st.integers(20, 40).map(slot),
    price=st.builds(Price, st.sampled_from(PriceKnown), st.none() | st.integers(0, 5000)),
    serves_need=st.booleans(),
    accessible=st.none() | st.booleans(),
    open_state=st.sampled_from(Openness),
    channel=st.sampled_from(Channel),
)
LISTS = st.lists(CANDIDATES, max_size=8, unique_by=lambda one: one.key)


@given(data=st.data(), candidates=LISTS)
def test_rank_is_total_and_blind_to_the_order_given(data, candidates):
    shuffled = data.draw(st.permutations(candidates))
    ranked = rank(candidates, wishes=WISHES)

    assert ranked == rank(shuffled, wishes=WISHES)
    assert [one.position for one in ranked] == list(range(1, len(candidates) + 1))
    assert {one.candidate_key for one in ranked} == {one.key for one in candidates}


@given(
    candidates=LISTS.filter(bool),
    better=st.sampled_from(["slot", "nearer", "free", "serves", "open"]),
)
def test_rank_never_falls_when_a_place_does_better(candidates, better):
    chosen = candidates[0]
    improved = {
        "slot": replace(chosen, free_slot_at=slot(23)),
        "nearer": replace(chosen, distance_km=(chosen.distance_km or 0) / 2),
        "free": replace(chosen, price=FREE),
        "serves": replace(chosen, serves_need=True),
        "open": replace(chosen, open_state=Openness.OPEN),
    }[better]

    before = order(*candidates).index(chosen.key)
    assert order(improved, *candidates[1:]).index(chosen.key) <= before


@given(candidates=LISTS)
def test_rank_gives_first_causes_only_to_the_first(candidates):
    found = causes(*candidates)

    assert all(cause.startswith(("first_", "only_")) for cause in found[:1])
    assert not any(cause.startswith(("first_", "only_")) for cause in found[1:])


def test_rank_refuses_wrong_arguments():
    with pytest.raises(ValueError, match="share a key"):
        rank([BASE, BASE], wishes=WISHES)
    with pytest.raises(ValueError, match="window is empty"):
        rank([], wishes=replace(WISHES, until_day=date(2026, 11, 1)))
