"""Amounts, days, shares and cut texts as a funder reads them."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.funder_forms import awards, facts, lined, marks, prefill, wording


@pytest.mark.parametrize("module", [wording, lined, facts, marks, prefill, awards])
def test_examples_in_docstrings_are_true(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("cents", "whole", "written"),
    [
        (0, False, "0,00 €"),
        (5, False, "0,05 €"),
        (123_456_78, False, "123 456,78 €"),
        (-1, False, "−0,01 €"),
        (149, True, "1 €"),
        (150, True, "2 €"),
        (18_000_000, True, "180 000 €"),
    ],
)
def test_euros_writes_cents_exactly(cents, whole, written):
    assert wording.euros(cents, whole=whole).replace("\u00a0", " ") == written


def test_day_gives_back_what_is_no_day():
    assert wording.day("bientôt") == "bientôt"
    assert wording.day("2027-08-01") == "1er août 2027"


def test_percent_gives_back_what_is_no_share():
    assert wording.percent("") == ""
    assert wording.percent("1/0") == "1/0"
    assert wording.percent("-1/8").replace("\u00a0", " ") == "−12,5 %"


@given(st.text(alphabet="ab ,é\n", max_size=60), st.integers(1, 40))
def test_cut_never_exceeds_the_limit_and_loses_no_word(text, limit):
    kept, lost = wording.cut(text, limit)
    assert len(kept) <= limit
    if lost:
        assert text.strip().startswith(kept.removesuffix("…"))
        assert text.strip().endswith(lost)
        missing = text.strip()[len(kept.removesuffix("…")) : len(text.strip()) - len(lost)]
        assert not set(missing) - set(" ,\n")
    else:
        assert kept == text.strip()


def test_cut_refuses_no_room():
    with pytest.raises(ValueError, match="limit"):
        wording.cut("texte", 0)
