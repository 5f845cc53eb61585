"""Days as people read them: the first of a month has its own word in French, and only it."""

import datetime

import pytest
from django.utils import translation

from filiere.kernel.errors import FiliereError
from filiere.kernel.wording import Day, day_words


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("fr", datetime.date(2026, 12, 1), "1er décembre 2026"),
        ("fr", datetime.date(2026, 12, 11), "11 décembre 2026"),
        ("fr", datetime.date(2026, 12, 21), "21 décembre 2026"),
        ("en", datetime.date(2026, 12, 1), "Dec. 1, 2026"),
    ],
)
def test_day_is_written_as_people_read_it(language, day, words):
    with translation.override(language):
        assert str(Day(day)) == words


def test_day_words_keeps_the_weekday_and_the_hour():
    at = datetime.datetime(2026, 12, 1, 11, 1)
    with translation.override("fr"):
        assert day_words(at, "l j F") == "mardi 1er décembre"
        assert day_words(at, "DATETIME_FORMAT").startswith("1er décembre 2026")
        assert day_words(at, "DATETIME_FORMAT").endswith("11:01")


def test_refusal_writes_its_days_and_moments_in_the_language_of_the_reader():
    moment = datetime.datetime(2026, 12, 1, 9, 0, tzinfo=datetime.UTC)
    refusal = FiliereError(on=moment.date(), at=moment)
    refusal.message = "Closed since %(on)s and %(at)s."

    with translation.override("fr"):
        assert refusal.sentence.startswith("Closed since 1er décembre 2026 and 1er décembre 2026")
