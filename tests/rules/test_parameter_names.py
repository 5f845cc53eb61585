"""Every parameter has a name in French and in English, and reads by its unit."""

from fractions import Fraction

import pytest

from filiere.rules import parameter_names as names
from filiere.rules import parameters


@pytest.mark.parametrize("key", parameters.all_parameters())
def test_name_of_is_known_in_both_languages(key):
    for language in ("fr", "en"):
        assert names.name_of(key, language) != key
        group = names.group_of(key)
        assert names.group_words(group, language) != group


def test_name_of_names_nothing_that_does_not_exist():
    known = parameters.load_yaml("parameter_names.yaml")
    assert set(known["names"]) == set(parameters.all_parameters())
    for words in (*known["names"].values(), *known["groups"].values()):
        assert set(words) == {"fr", "en"}
    sources = {one.source for one in parameters.all_parameters().values()}
    legal = {one.legal_ref for one in parameters.all_parameters().values()}
    ours = {"our own words", "Regulation (EU)", "then"}
    assert set(known["sources"]) - ours <= sources | legal


@pytest.mark.parametrize("one", parameters.all_parameters().values(), ids=lambda one: one.key)
def test_source_words_leaves_no_english_in_french(one):
    for text in (one.source, one.legal_ref):
        said = f" {names.source_words(text)} "
        for word in (" our ", " of ", " the ", "Regulation", " memory", " then ", " from "):
            assert word not in said


@pytest.mark.parametrize(
    ("key", "unit", "value", "french", "english"),
    [
        ("a.x_cents", "euro cents", 8_001_100, "80\u202f011\u00a0€", "€80,011"),
        ("a.b", "share of the gift", Fraction(33, 50), "66\u00a0%", "66%"),
        ("a.b", "1 = it is so", 1, "oui", "yes"),
        ("a.b", "0 = before, 1 = after", 0, "non", "no"),
        ("a.b", "days", 180, "180", "180"),
        ("a.b", "average level", Fraction(1, 8), "0,125", "0.125"),
        ("a.b", "average level", Fraction(9, 10), "0,9", "0.9"),
        ("a.b", "codes", ("57", "67"), "57, 67", "57, 67"),
        ("a.b", "days", None, "", ""),
    ],
)
def test_value_words_reads_by_its_unit(key, unit, value, french, english):
    assert names.value_words(key, unit, value) == french
    assert names.value_words(key, unit, value, "en") == english
