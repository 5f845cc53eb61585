"""Each cause of a rank has its own sentence, in both languages."""

import datetime

import pytest
from django.utils import translation

from filiere.orientation.explanations import COUNTED, FREE_TOO, SENTENCES, why
from filiere.rules.ranking import Cause

SLOT = datetime.datetime(2026, 11, 24, 8, 30, tzinfo=datetime.UTC)
FIGURES = {
    "other": "b:2", "days": 2, "minutes": 12, "km": 3.0, "cents": 500, "slot_day": "2026-11-24",
}  # fmt: skip


def sentence(cause, **overrides):
    defaults = {"figures": FIGURES, "other": "Le Phare", "starts_at": SLOT}
    return why(cause, **defaults | overrides)


def test_every_cause_has_a_sentence():
    assert set(SENTENCES) | set(COUNTED) == set(Cause)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_why_never_says_the_same_for_two_causes(language):
    with translation.override(language):
        said = [sentence(cause) for cause in Cause]
        said += [sentence(cause, is_free=True) for cause in FREE_TOO]

    assert len(set(said)) == len(said)


@pytest.mark.parametrize("cause", Cause)
def test_why_leaves_no_blank(cause):
    with translation.override("en"):
        said = sentence(cause)

    assert "%(" not in said
    assert said.endswith(".")


def test_why_counts_in_the_singular():
    with translation.override("en"):
        said = sentence(Cause.LATER, figures=FIGURES | {"days": 1})

    assert said == "A free place too, but 1 day later than Le Phare."


def test_why_does_not_promise_a_time_where_none_is_published():
    with translation.override("en"):
        nearest = sentence(Cause.FIRST_NEARER, starts_at=None)
        further = sentence(Cause.FURTHER, starts_at=None)

    assert nearest == "The nearest; none of them publishes a free time: call before you go."
    assert further == ("About 12 minutes further than Le Phare; neither publishes a free time.")
