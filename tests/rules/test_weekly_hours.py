import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.opening import is_readable
from filiere.rules.weekly_hours import from_expression, read_day, to_expression


@pytest.mark.parametrize(
    ("text", "spells"),
    [
        ("9h-12h", ("09:00-12:00",)),
        ("9 h 30 à 12 h, 14h à 17h30", ("09:30-12:00", "14:00-17:30")),
        ("9:00-12:00 et 14:00-17:00", ("09:00-12:00", "14:00-17:00")),
        ("09.15–11.45", ("09:15-11:45",)),
        ("0-24", ("00:00-24:00",)),
        ("", ()),
    ],
)
def test_read_day_understands_what_people_type(text, spells):
    assert read_day(text) == spells


@pytest.mark.parametrize(
    "text", ["le matin", "12h-9h", "9h-12h, 11h-14h", "9h", "9:75-12:00", "9h-25h", "9h-12h x"]
)
def test_read_day_refuses_what_is_no_hour(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is the form's
        read_day(text)


@pytest.mark.parametrize(
    ("week", "holidays", "expression"),
    [
        (["9h-12h"] * 7, False, "Mo-Su 09:00-12:00"),
        (["9h-12h", "", "9h-12h", "", "", "", ""], True, "Mo 09:00-12:00; We 09:00-12:00; PH off"),
        ([""] * 7, True, ""),
    ],
)
def test_to_expression_puts_alike_days_together(week, holidays, expression):
    assert to_expression(week, closed_on_holidays=holidays) == expression


@pytest.mark.parametrize(
    "expression", ["24/7", "Mo-Fr 09:00-12:00 week 1-53/2", "Sa-Mo 09:00-10:00"]
)
def test_from_expression_gives_up_on_what_seven_lines_cannot_say(expression):
    assert from_expression(expression) is None


SPELLS = st.lists(st.integers(0, 48), unique=True, max_size=4).map(
    lambda marks: ", ".join(
        f"{a // 2:02}:{a % 2 * 30:02}-{b // 2:02}:{b % 2 * 30:02}"
        for a, b in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False)
    )
)


@given(st.lists(SPELLS, min_size=7, max_size=7), st.booleans())
def test_a_week_written_is_readable_and_reads_back_the_same(week, holidays):
    expression = to_expression(week, closed_on_holidays=holidays)

    if expression:
        assert is_readable(expression)
        assert from_expression(expression) == (tuple(week), holidays)
    else:
        assert not any(week)
