"""The calendar of electronic invoices, by size and by treatment."""

from datetime import date

import pytest

from filiere.rules.e_invoicing import Size, Stance, duties
from filiere.rules.parameters import Confidence
from filiere.rules.vat import Treatment

IN, COMING, OUT = Stance.IN_FORCE, Stance.COMING, Stance.OUTSIDE


@pytest.mark.parametrize(
    ("treatment", "size", "on", "stances"),
    [
        (Treatment.STANDARD, Size.LARGE, date(2026, 8, 31), (COMING, COMING, COMING)),
        (Treatment.STANDARD, Size.LARGE, date(2026, 9, 1), (IN, IN, IN)),
        (Treatment.STANDARD, Size.MIDDLE, date(2026, 9, 1), (IN, IN, IN)),
        (Treatment.STANDARD, Size.SMALL, date(2026, 9, 1), (IN, COMING, COMING)),
        (Treatment.FRANCHISE, Size.MICRO, date(2027, 9, 1), (IN, IN, IN)),
        (Treatment.ASSOCIATION, Size.MICRO, date(2027, 9, 1), (IN, OUT, OUT)),
        (Treatment.TRAINING, Size.SMALL, date(2027, 9, 1), (IN, OUT, OUT)),
        (Treatment.NOT_SUBJECT, Size.LARGE, date(2027, 9, 1), (OUT, OUT, OUT)),
    ],
)
def test_duties_follow_the_calendar(treatment, size, on, stances):
    assert tuple(one.stance for one in duties(treatment, size, on=on)) == stances


def test_duties_say_that_what_is_outside_is_to_verify():
    receive, issue, _report = duties(Treatment.TRAINING, Size.SMALL, on=date(2026, 11, 22))
    assert (receive.confidence, issue.confidence) == (Confidence.VERIFIED, Confidence.MEMORY)
