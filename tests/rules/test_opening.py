from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from filiere.rules.opening import PARIS, UNKNOWN, Openness, is_open

HOURS = "Mo-Fr 09:00-12:00,14:00-18:00; PH off"


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("moment", "openness", "change"),
    [
        pytest.param(at(23, 10), Openness.OPEN, at(23, 12), id="Monday morning"),
        pytest.param(at(23, 12), Openness.CLOSED, at(23, 14), id="closing time is closed"),
        pytest.param(at(27, 19), Openness.CLOSED, at(30, 9), id="Friday evening"),
        pytest.param(at(11, 10), Openness.CLOSED, at(12, 9), id="public holiday"),
    ],
)
def test_is_open(moment, openness, change):
    state = is_open(HOURS, moment)

    assert state.openness is openness
    assert state.next_change_at == change


@pytest.mark.parametrize("expression", ["", "  ", "le matin", "Mo 25:00-26:61", "24/7 unknown"])
def test_is_open_never_guesses(expression):
    assert is_open(expression, at(23, 10)) == UNKNOWN


def test_is_open_uses_the_legal_time_of_the_place():
    moment = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

    assert is_open(HOURS, moment).openness is Openness.CLOSED
    reunion = is_open(HOURS, moment, ZoneInfo("Indian/Reunion"))
    assert reunion.openness is Openness.OPEN


def test_is_open_has_no_change_for_a_place_always_open():
    state = is_open("24/7", at(23, 10))

    assert (state.openness, state.next_change_at) == (Openness.OPEN, None)


def test_is_open_refuses_a_moment_without_zone():
    with pytest.raises(ValueError, match="not aware"):
        is_open(HOURS, datetime(2026, 11, 23, 10))
