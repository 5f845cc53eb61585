"""A form written wrong is refused when it is read, with its file, its line and the key."""

import pytest

from filiere.rules.funder_forms.reading import read_form, read_questions
from filiere.rules.funder_forms.shape import FormFault
from tests.rules.funder_forms.scene import BANK, COLUMNS, FORM, ROWS, bank, form


@pytest.mark.parametrize(
    ("node", "why"),
    [
        ("{field: organisation.names}", "nearest: organisation.name"),
        ("{field: answers.needs.short}", "nearest: need"),
        ("{field: answers.need.tiny}", "no length is called 'tiny'"),
        ("{answer: needs}", "nearest: need"),
        ("{fields: organisation.name}", "nearest: field"),
        ("{eval: __import__}", "no word of a mapping is called 'eval'"),
        ("organisation.name", "expected one word of"),
        ("{const: 1.5}", "expected a text, a whole number"),
        ("{const: 2026-01-01}", "expected a text, a whole number"),
        ("{format: {of: {field: organisation.name}, as: roman}}", "no format is called 'roman'"),
        ("{truncate: {of: {answer: need}, limit: 0}}", "expected a number of characters"),
        ("{truncate: {of: {answer: need}}}", "expected ['limit', 'of']"),
        ("{join: {of: {answer: need}}}", "expected a list of words"),
        ("{join: {of: [{ask: {}}]}}", "stands for a whole field"),
        ("{sum: {over: lines, of: year}}", "no amount is called 'year'"),
        ("{sum: {over: line, of: amount_cents}}", "nearest: lines"),
        ("{sum: {over: lines, of: amount_cents, where: {natur: '60'}}}", "nearest: nature"),
        ("{sum: {over: lines, of: amount_cents, where: {nature: {like: '6'}}}}", "not: a list"),
        ("{switch: {by: {field: request.year}, cases: {}}}", "expected a table of cases"),
        ("{ask: {default: oui}}", "takes nothing"),
        ("{first: [{answer: need}]}", "expected two words or more"),
        ("{first: [{answer: need}, {field: organisation.mail}]}", "nearest: organisation.email"),
        ("{const: a, field: b}", "expected one word of"),
    ],
)
def test_read_form_refuses_a_mapping_that_names_nothing(node, why):
    with pytest.raises(FormFault) as refused:
        form(node)
    assert why in refused.value.why
    assert refused.value.key.startswith("mapping.value")
    assert (refused.value.origin, refused.value.line) == ("small.yaml", 19)
    assert str(refused.value).startswith("small.yaml:19: mapping.value")


@pytest.mark.parametrize(
    ("before", "after", "line", "why"),
    [
        ("{fr: Valeur, en: Value}", "{fr: Valeur}", 17, "expected fr and en"),
        ("SCHEMA", "{type: strings}", 12, "is not valid"),
        ("SCHEMA", "{$ref: 'https://x.example/s'}", 7, "$ref"),
        ("additionalProperties: false", "additionalProperties: true", 7, "additionalProperties"),
        ("required: [value]", "required: [other]", 10, "not a property: other"),
        ("- {key: value,", "- {key: other,", 17, "'other' is not in the schema"),
        ("key: small", "key: small\nkey: again", 3, "the key comes twice"),
        ("note: {fr: Essai, en: Trial}", "", 2, "expected exactly"),
        ("  value: NODE", "  value: {ask: {}}\n  more: {ask: {}}", 20, "is not in the schema"),
        ("  value: NODE", "  other: {ask: {}}", 12, "has no mapping"),
    ],
)
def test_read_form_says_the_line_of_what_disagrees(before, after, line, why):
    text = FORM.replace(before, after).replace("SCHEMA", "{type: string}")
    text = text.replace("COLUMNS", "").replace("NODE", "{ask: {}}")
    with pytest.raises(FormFault) as refused:
        read_form(text, origin="small.yaml", questions=bank())
    assert why in refused.value.why
    assert refused.value.line == line


def test_read_form_refuses_an_alias():
    text = FORM.replace("{fr: Ville, en: Town}", "&a {fr: Ville, en: Town}")
    text = text.replace("{fr: Demande, en: Request}", "*a").replace("COLUMNS", "")
    with pytest.raises(FormFault, match="alias"):
        read_form(text, origin="small.yaml", questions=bank())


def test_read_form_refuses_what_is_not_yaml():
    with pytest.raises(FormFault, match=r"small.yaml:2"):
        read_form("key: a\n  b: c: d", origin="small.yaml", questions=bank())


def test_read_form_refuses_rows_without_the_columns_shown():
    with pytest.raises(FormFault, match=r"expected the columns \['a', 'b'\]"):
        form("{rows: {over: lines, each: {a: {field: label}}}}", ROWS, COLUMNS)
    with pytest.raises(FormFault, match="no column of lines is called 'labels'; nearest: label"):
        form("{rows: {over: lines, each: {a: {field: labels}, b: {const: 1}}}}", ROWS, COLUMNS)
    with pytest.raises(FormFault, match="a table has columns"):
        form("{rows: {over: lines, each: {a: {field: label}, b: {const: 1}}}}", ROWS)


def test_read_questions_refuses_lengths_that_do_not_grow():
    with pytest.raises(FormFault, match=r"bank.yaml:7: questions.need.need.limits: each length"):
        read_questions(BANK.replace("medium: 60", "medium: 20"), origin="bank.yaml")
    with pytest.raises(FormFault, match="expected some of short, medium, long"):
        read_questions(BANK.replace("medium: 60", "middle: 60"), origin="bank.yaml")
