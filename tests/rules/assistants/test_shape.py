"""What every assistant keeps: no green light on a doubt, no exception on a missing answer."""

import doctest
import importlib
import inspect
import pkgutil
import re
import string
import sys
import time
from datetime import date
from fractions import Fraction

import pytest

import filiere.rules.assistants as package
from filiere.rules import parameters
from filiere.rules.assistants.case import Assistant, Case, checked
from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Kind, Option, Question, Text, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.assistants.wording import euros, filled, written

ON = date(2026, 11, 22)
EVERY = sorted(all_assistants())
CHOICE = Question("form", Kind.CHOICE, Text("", ""), Text("", ""), (Option("a", Text("", "")),))


def question(kind):
    return Question("asked", kind, Text("", ""), Text("", ""))


@pytest.mark.parametrize("name", [one.name for one in pkgutil.iter_modules(package.__path__)])
def test_examples_of_the_documentation_are_true(name):
    module = importlib.import_module(f"{package.__name__}.{name}")
    assert doctest.testmod(module).failed == 0


def using(key):
    def walk(case: Case):
        case.use_ratio(key)
        return case.advice(Verdict.CLEAR, "applies", margin_cents=0)

    return Assistant(sheet("franchise"), walk)


def test_advice_is_never_clear_on_a_figure_from_memory():
    assert using("association.fund_raising_events").judge({}, ON).verdict == Verdict.CAUTION


def test_a_headline_that_rests_on_a_doubt_says_so_first():
    key = "association.franchise_cents"
    found = using(key).judge({}, ON)
    assert found.headline.fr.startswith("À vérifier d’abord. Sous le seuil")
    signed = using(key).judge({}, ON, frozenset({f"{key}@2026"}))
    assert signed.headline.fr.startswith("Sous le seuil")


def test_advice_is_clear_once_somebody_signed_the_figure_from_memory():
    key = "association.fund_raising_events"
    found = using(key).judge({}, ON, frozenset({key}))
    assert (found.verdict, found.to_verify, found.used[0].is_signed) == (Verdict.CLEAR, (), True)


def test_advice_is_never_clear_on_a_year_that_nobody_confirmed():
    key = "association.franchise_cents"
    found = using(key).judge({}, ON)
    assert (found.verdict, found.to_verify) == (Verdict.CAUTION, (f"{key}@2026",))
    assert (found.used[0].value, found.used[0].since) == (8_001_100, date(2025, 1, 1))


def test_a_signature_of_one_year_does_not_confirm_the_next():
    key = "association.franchise_cents"
    signed = frozenset({f"{key}@2026", key})
    assert using(key).judge({}, ON, signed).verdict == Verdict.CLEAR
    assert using(key).judge({}, date(2027, 1, 1), signed).verdict == Verdict.CAUTION


def test_advice_is_never_clear_on_a_single_value_from_memory():
    key = "association.franchise_cents"
    assert using(key).judge({}, date(2017, 6, 1)).to_verify == (key,)
    assert using(key).judge({}, date(2018, 6, 1)).verdict == Verdict.CLEAR


def test_a_day_without_figure_is_unknown_not_an_exception():
    found = using("de_minimis.ceiling_cents").judge({}, date(2031, 1, 1))
    assert (found.verdict, found.headline.en[:24]) == (Verdict.UNKNOWN, "No figure is known for t")


@pytest.mark.parametrize("key", EVERY)
def test_no_answer_is_unknown_with_the_questions_left(key):
    found = all_assistants()[key].judge({}, ON)
    assert found.verdict == Verdict.UNKNOWN
    assert found.still
    assert found.still[0].key in {one.key for one in all_assistants()[key].sheet.questions}


@pytest.mark.parametrize("key", EVERY)
def test_every_word_is_in_two_languages_with_its_source(key):
    words = all_assistants()[key].sheet
    for text in (words.title, words.intro, *(one.label for one in words.questions)):
        assert text.fr
        assert text.en
    for name, sentence in words.sentences.items():
        assert sentence.source
        asked = {
            language: {field for _, field, _, _ in string.Formatter().parse(text) if field}
            for language, text in (("fr", sentence.fr), ("en", sentence.en))
        }
        assert asked["fr"] == asked["en"], name
        assert "'" not in sentence.fr, name
    for one in words.questions:
        assert bool(one.options) == (one.kind == Kind.CHOICE)
        if one.only_if:
            assert words.question(one.only_if[0])


@pytest.mark.parametrize("key", EVERY)
def test_every_sentence_of_a_sheet_is_said_by_its_code(key):
    module = sys.modules[all_assistants()[key].walk.__module__]
    code = inspect.getsource(module)
    named_by_a_table = getattr(module, "SPOKEN", frozenset())
    ends = [
        (left, right)
        for left, right in re.findall(r'f"(\w*)\{[^"]*\}(\w*)"', code)
        if left or right
    ]
    for name in set(all_assistants()[key].sheet.sentences) - {
        "missing",
        "impossible",
        "reserve",
        "no_value",
    }:
        built = any(name.startswith(left) and name.endswith(right) for left, right in ends)
        assert f'"{name}"' in code or built or name in named_by_a_table, name


@pytest.mark.parametrize("key", EVERY)
def test_an_assistant_answers_within_five_milliseconds(key):
    one = all_assistants()[key]
    one.judge({}, ON)
    took = []
    for _ in range(20):
        started = time.perf_counter()
        one.judge({}, ON)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.005


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (question(Kind.AMOUNT), -1),
        (question(Kind.AMOUNT), True),
        (question(Kind.AMOUNT), "1 234,56 €"),
        (question(Kind.COUNT), -1),
        (question(Kind.YES_NO), 1),
        (question(Kind.DATE), "2026-11-22"),
        (CHOICE, "b"),
    ],
)
def test_checked_refuses_an_answer_of_another_kind(asked, found):
    with pytest.raises(ValueError, match="is not a good"):
        checked(asked, found)


def test_checked_gives_back_a_good_answer():
    assert checked(CHOICE, "a") == "a"
    assert checked(question(Kind.AMOUNT), 0) == 0
    assert checked(question(Kind.YES_NO), found=False) is False


def test_is_asked_only_when_another_answer_makes_it_useful():
    closed_on = sheet("franchise").question("closed_on")
    assert closed_on.is_asked({"tax": "corporate"})
    assert not closed_on.is_asked({"tax": "vat"})
    assert not closed_on.is_asked({})


def test_values_are_written_as_each_language_does():
    assert filled(
        "{a_cents} {b_rate}", {"a_cents": 123_456, "b_rate": Fraction(11, 200)}, "fr"
    ) == ("1\u202f234,56\u00a0€ 5,5\u00a0%")
    assert euros(-100, "fr") == "\u22121\u00a0€"
    assert (written("year", 2026, "fr"), written("hours", 2026, "en")) == ("2026", "2,026")
    with pytest.raises(ValueError, match="not whole cents"):
        written("a_cents", Fraction(1, 2), "fr")
    with pytest.raises(KeyError):
        filled("{unknown}", {}, "fr")


def test_in_force_tells_the_confidence_of_the_value_itself():
    mark = parameters.in_force("association.franchise_cents", date(2017, 1, 1)).confidence
    assert mark == parameters.Confidence.MEMORY
    assert not parameters.in_force("association.franchise_cents", date(2025, 12, 31)).is_unconfirmed
