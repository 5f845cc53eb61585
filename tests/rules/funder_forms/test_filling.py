"""What a mapping gives from the facts, what it leaves empty and what the schema refuses."""

import pytest

from filiere.projects.forms import catalogue
from filiere.rules.funder_forms.filling import fill, reworded, where_from
from filiere.rules.funder_forms.shape import Cut, Missing, Problem, Wanting
from tests.projects.forms.net94 import net94, source
from tests.rules.funder_forms.scene import COLUMNS, ROWS, form

SHARE = "{share: {of: {field: request.amount_cents}, over: {sum: {over: lines, of: amount_cents}}}}"


def value_of(node, facts=None, **more):
    return fill(form(node, **more), facts or net94()).values.get("value")


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ("{const: oui}", "oui"),
        ("{field: organisation.town}", "Le Kremlin-Bicêtre"),
        ("{field: answers.need.short}", "Une personne sur six renonce à une démarche en ligne."),
        ("{switch: {by: {field: organisation.legal_form}, cases: {association: A}}}", "A"),
        ("{switch: {by: {field: request.year}, cases: {2026: a}, otherwise: b}}", "b"),
        ("{format: {of: {field: request.amount_cents}, as: euros}}", "20\u00a0000,00\u00a0€"),
        ("{format: {of: {field: request.amount_cents}, as: euros_whole}}", "20\u00a0000\u00a0€"),
        ("{format: {of: {field: project.starts_on}, as: date}}", "1er janvier 2027"),
        ("{format: {of: {field: project.publics}, as: list}}",
         "demandeurs d’emploi, travailleurs sociaux"),
        (f"{{format: {{of: {SHARE}, as: percent}}}}", "10,7\u00a0%"),
        ("{join: {of: [{field: organisation.postcode}, {field: organisation.town}]}}",
         "94270 Le Kremlin-Bicêtre"),
        ("{truncate: {of: {field: project.title}, limit: 16}}", "Réseau…"),
        ("{first: [{field: request.rate}, {field: organisation.town}]}", "Le Kremlin-Bicêtre"),
        ("{first: [{field: organisation.name}, {answer: need}]}", "Passerelles 94"),
    ],
)  # fmt: skip
def test_fill_evaluates_each_word(node, value):
    assert value_of(node) == value


@pytest.mark.parametrize(
    ("where", "cents"),
    [
        ("{}", 18_720_000),
        ("{kind: cash}", 18_000_000),
        ("{nature: ['60', '61']}", 3_800_000),
        ("{nature: {not: ['64', '86']}}", 6_200_000),
        ("{kind: cash, is_investment: true}", 1_800_000),
        ("{year: 2028}", 3_200_000),
        ("{nature: '99'}", 0),
    ],
)
def test_fill_adds_up_the_rows_a_filter_keeps(where, cents):
    node = f"{{sum: {{over: lines, of: amount_cents, where: {where}}}}}"
    assert value_of(node, schema="{type: integer}") == cents


def test_fill_does_not_take_unknown_amounts_for_zero():
    facts = net94()
    facts["sources"] = [source("Région", "region", "envisaged", None)]
    node = "{sum: {over: sources, of: asked_cents}}"
    assert value_of(node, facts, schema="{type: integer}") is None
    facts["sources"].append(source("Ville", "commune", "asked", 500))
    assert value_of(node, facts, schema="{type: integer}") == 500


def test_fill_makes_rows_from_a_list_and_row_by_row():
    over = (
        "{rows: {over: lines, where: {nature: '60'}, each: {a: {field: label}, b: {field: year}}}}"
    )
    assert value_of(over, schema=ROWS, columns=COLUMNS) == [
        {"a": "Ordinateurs", "b": 2027}, {"a": "Impressions", "b": 2028},
    ]  # fmt: skip
    amount = "b: {sum: {over: lines, of: amount_cents, where: {nature: '%s'}}}"
    fixed = (
        "{rows: {unless_zero: b, fixed: [{a: {const: Achats}, " + amount % 60 + "}, "
        "{a: {const: Impôts}, " + amount % 63 + "}]}}"
    )
    assert value_of(fixed, schema=ROWS, columns=COLUMNS) == [{"a": "Achats", "b": 2_600_000}]


@pytest.mark.parametrize(
    ("limit", "chosen", "is_cut"),
    [
        (25, "court", False),
        (40, "un peu plus long", False),
        (3, "co…", True),
        (None, "x" * 80, False),
    ],
)
def test_fill_takes_the_longest_answer_that_fits(limit, chosen, is_cut):
    facts = net94()
    facts["answers"]["need"] = {
        "short": "court",
        "medium": "un peu plus long " * 2,
        "long": "x" * 80,
    }
    schema = "{type: string}" if limit is None else f"{{type: string, maxLength: {limit}}}"
    filled = fill(form("{answer: need}", schema), facts)
    expected = chosen if limit != 40 else ("un peu plus long " * 2).strip()
    assert filled.values["value"] == expected
    assert bool(filled.cuts) is is_cut
    if is_cut:
        assert filled.cuts == (Cut("value", 3, "urt"),)


@pytest.mark.parametrize(
    ("node", "missing"),
    [
        ("{ask: {}}", Missing("value", Wanting.FORM, "")),
        ("{answer: need}", Missing("value", Wanting.BANK, "need")),
        ("{field: answers.need.long}", Missing("value", Wanting.BANK, "need")),
        ("{truncate: {of: {answer: need}, limit: 9}}", Missing("value", Wanting.BANK, "need")),
        ("{format: {of: {field: project.ends_on}, as: date}}",
         Missing("value", Wanting.FACTS, "project.ends_on")),
        ("{first: [{field: organisation.role}, {answer: need}]}",
         Missing("value", Wanting.BANK, "need")),
        ("{join: {of: [{field: organisation.role}]}}",
         Missing("value", Wanting.FACTS, "organisation.role")),
    ],
)  # fmt: skip
def test_fill_tells_where_what_is_missing_must_be_given(node, missing):
    facts = net94()
    facts["answers"].clear()
    facts["project"]["ends_on"] = facts["organisation"]["role"] = "  "
    filled = fill(form(node), facts)
    assert filled.missing == (missing,)
    assert (filled.percent, filled.is_ready) == (0, False)


def test_fill_keeps_an_answer_for_this_form_alone():
    filled = fill(form("{answer: need}"), net94(), {"value": "Dit autrement."})
    assert filled.values["value"] == "Dit autrement."
    assert filled.is_ready
    cut = form("{truncate: {of: {field: project.title}, limit: 9}}")
    assert len(fill(cut, net94()).cuts) == 1
    assert fill(cut, net94(), {"value": "Réseau"}).cuts == ()
    assert fill(cut, net94(), {"value": " "}).values["value"] == "Réseau…"


def test_fill_lets_nobody_write_another_amount():
    spec = catalogue()["departement"]
    filled = fill(spec, net94(), {"asked": 1, "nothing": "x", "signed_at": "Vitry"})
    assert filled.values["asked"] == 2_000_000
    assert filled.problems == (
        Problem("asked", "own_answer_not_used", ""),
        Problem("nothing", "own_answer_not_used", ""),
    )
    assert filled.values["signed_at"] == "Vitry"


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        (lambda f: f["organisation"].update(siret="821 611 431"), "siret", "pattern"),
        (lambda f: f["organisation"].update(name="x" * 151), "name", "maxLength"),
        (lambda f: f["request"].update(amount_cents=0), "asked", "minimum"),
        (lambda f: f["project"].update(starts_on="bientôt"), "starts_on", "pattern"),
    ],
)
def test_fill_tells_what_the_funder_would_refuse(change, field, code):
    facts = net94()
    change(facts)
    problems = fill(catalogue()["departement"], facts).problems
    assert [(one.field, one.code) for one in problems] == [(field, code)]


def test_fill_changes_nothing_of_the_facts():
    facts = net94()
    for spec in catalogue().values():
        assert fill(spec, facts) == fill(spec, facts)
    assert facts == net94()


def test_where_from_names_the_place_of_each_value():
    spec = catalogue()["departement"]
    assert where_from(spec, "need") == (Wanting.BANK, "need")
    assert where_from(spec, "email") == (Wanting.BANK, "contact_email")
    assert where_from(spec, "siret") == (Wanting.FACTS, "organisation.siret")
    assert where_from(spec, "partners") == (Wanting.FACTS, "partners")
    assert where_from(spec, "total") == (Wanting.FACTS, "lines.amount_cents")
    assert where_from(spec, "signed_at") == (Wanting.FORM, "")


def test_reworded_gives_what_differs_from_the_project():
    spec = catalogue()["departement"]
    own = {"publics": "Autrement dit.", "signed_at": "Vitry", "purpose": "", "asked": 1}
    assert reworded(spec, net94(), own) == (
        ("publics", "Demandeurs d’emploi et travailleurs sociaux.", "Autrement dit."),
    )


def test_choices_and_ticks_are_those_of_the_schema():
    spec = catalogue()["common_grant"]
    assert spec.choices("request_kind") == ("première demande", "renouvellement")
    assert spec.choices("title") == ()
    assert spec.is_tick("true_statement")
    assert not spec.is_tick("title")
