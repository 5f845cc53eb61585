"""Every form shipped, filled from the same facts: its golden file says what it gives.

Adding a funder is one YAML file in ``filiere/projects/forms/specs`` and one golden file here:
``python -m tests.projects.forms.test_catalogue`` writes them; read the difference before keeping it.
"""

import json
from pathlib import Path

import pytest

from filiere.projects.forms import catalogue, question_bank
from filiere.rules.funder_forms.filling import fill
from tests.projects.forms.net94 import net94

GOLDEN = Path(__file__).with_name("golden")
ASKED_FOR = {
    "feder_fse", "departement", "epci", "foundation", "state_call", "common_grant", "fdva", "sponsor",
}  # fmt: skip


def as_golden(key):
    filled = fill(catalogue()[key], net94())
    return {
        "percent": filled.percent,
        "filled": f"{filled.filled} / {filled.required}",
        "values": dict(filled.values),
        "missing": [[one.field, one.wanting, one.path] for one in filled.missing],
        "cuts": [[one.field, one.limit] for one in filled.cuts],
        "problems": [[one.field, one.code, one.limit] for one in filled.problems],
    }


def test_catalogue_has_the_eight_kinds_of_funders():
    assert set(catalogue()) >= ASKED_FOR
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(catalogue())


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_catalogue_fills_each_form_as_its_golden_file(key):
    expected = json.loads((GOLDEN / f"{key}.json").read_text(encoding="utf-8"))
    assert as_golden(key) == expected


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_catalogue_has_short_labels_in_two_languages(key):
    for field in catalogue()[key].fields:
        for words in (field.label, *(column.label for column in field.columns)):
            assert 0 < len(words.fr) <= 80, field.key
            assert 0 < len(words.en) <= 80, field.key


def test_question_bank_asks_about_eighty_questions_in_eleven_themes():
    questions = question_bank().values()
    assert len(questions) == 84
    assert len({question.theme for question in questions}) == 11
    assert all(question.label.fr != question.label.en for question in questions)


def test_question_bank_reads_french_with_french_marks():
    for question in question_bank().values():
        french = question.label.fr + question.help.fr
        assert "'" not in french
        assert "\u00a0:" in french or " :" not in french, question.key


if __name__ == "__main__":
    for name in catalogue():
        text = json.dumps(as_golden(name), ensure_ascii=False, indent=1)
        (GOLDEN / f"{name}.json").write_text(text + "\n", encoding="utf-8")
