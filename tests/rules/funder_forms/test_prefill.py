"""The prefill link of a procedure, built from a small schema of our own."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from filiere.projects.forms import catalogue
from filiere.rules.funder_forms.filling import fill
from filiere.rules.funder_forms.prefill import (
    LONGEST_LINK,
    Left,
    ProcedureUnreadable,
    prefill_link,
    read_procedure,
    suggested_pairs,
    values_of,
)
from tests.projects.forms.net94 import net94

START = "https://demarche.example/commencer/inclusion"


def one(identifier, kind, *, required=False, **more):
    return {
        "id": identifier, "__typename": f"{kind}ChampDescriptor", "label": f"Champ {identifier}",
        "required": required, **more,
    }  # fmt: skip


SCHEMA = {
    "number": 1,
    "title": "Inclusion numérique",
    "revision": {
        "champDescriptors": [
            one("head", "HeaderSection"),
            one("name", "Text", required=True),
            one("siret", "Siret", required=True),
            one("need", "Textarea"),
            one("asked", "DecimalNumber", required=True),
            one("start", "Date"),
            one("first", "YesNo"),
            one("kind", "DropDownList", options=["Association", "Commune"]),
            one("publics", "MultipleDropDownList", options=["Jeunes", "Adultes"]),
            one("bank", "Iban"),
            one("statutes", "PieceJustificative", required=True),
            one("lines", "Repetition", champDescriptors=[one("what", "Text"), one("cents", "IntegerNumber")]),
        ]
    },
}  # fmt: skip


def linked(**values):
    return prefill_link(START, read_procedure(SCHEMA), values)


def query_of(link):
    return parse_qsl(urlsplit(link.url).query)


def test_prefill_link_writes_each_kind_of_field():
    link = linked(
        name="Passerelles & Cie", asked="20000.00", start="2027-01-01", first=True, kind="Commune",
        publics=["Jeunes", "Adultes"], lines=[{"what": "Salle", "cents": 3}, {"what": "Café"}],
    )  # fmt: skip
    assert query_of(link) == [
        ("champ_name", "Passerelles & Cie"), ("champ_asked", "20000.00"),
        ("champ_start", "2027-01-01"), ("champ_first", "true"), ("champ_kind", "Commune"),
        ("champ_publics[]", "Jeunes"), ("champ_publics[]", "Adultes"),
        ("champ_lines[][champ_what]", "Salle"), ("champ_lines[][champ_cents]", "3"),
        ("champ_lines[][champ_what]", "Café"),
    ]  # fmt: skip
    assert link.left == ()
    assert link.waiting == ("Champ siret", "Champ statutes")


@pytest.mark.parametrize(
    ("identifier", "value", "why"),
    [
        ("nothing", "x", "unknown"),
        ("bank", "FR7612345", "not_in_a_link"),
        ("statutes", "x", "not_in_a_link"),
        ("head", "x", "not_in_a_link"),
        ("kind", "Région", "not_an_option"),
        ("publics", ["Jeunes", "Tous"], "not_an_option"),
        ("first", "oui", "not_an_option"),
        ("asked", "1 234,56 €", "not_a_number"),
        ("asked", True, "not_a_number"),
        ("start", "bientôt", "not_a_day"),
        ("lines", [{"other": "x"}], "unknown"),
        ("lines", [{"what": "a", "cents": "b"}], "not_a_number"),
    ],
)
def test_prefill_link_leaves_out_what_it_must_not_carry_and_says_so(identifier, value, why):
    link = linked(**{identifier: value})
    label = "" if why == "unknown" and identifier == "nothing" else f"Champ {identifier}"
    assert link.left == (Left(identifier, label, why),)
    assert link.url == START


def test_prefill_link_stays_short_enough():
    link = linked(name="Passerelles", need="é" * LONGEST_LINK)
    assert len(link.url) <= LONGEST_LINK
    assert link.carried == ("name",)
    assert link.left == (Left("need", "Champ need", "too_long"),)


@pytest.mark.parametrize(
    "start", ["http://demarche.example/x", "https:///x", "https://d.example/?a=1", "javascript:1"]
)
def test_prefill_link_refuses_an_unsafe_address(start):
    with pytest.raises(ProcedureUnreadable):
        prefill_link(start, (), {})


@pytest.mark.parametrize("schema", [{}, {"revision": {}}, {"champDescriptors": [{"label": "x"}]}])
def test_read_procedure_refuses_what_is_no_schema(schema):
    with pytest.raises(ProcedureUnreadable):
        read_procedure(schema)


def test_values_of_gives_a_filled_form_to_a_procedure():
    filled = fill(catalogue()["departement"], net94(), {"true_statement": True})
    pairs = {"name": "name", "asked": "asked", "start": "starts_on", "first": "true_statement",
             "lines": "expenses", "bank": "signed_at"}  # fmt: skip
    assert values_of(filled, pairs) == {
        "name": "Passerelles 94", "asked": "20000.00", "start": "2027-01-01", "first": True,
    }  # fmt: skip
    with pytest.raises(LookupError):
        values_of(filled, {"name": "names"})


def test_suggested_pairs_go_by_kind_then_by_likeness_of_labels():
    labels = {
        "a": ("Siret", "Établissement"), "b": ("Text", "Intitulé du projet"),
        "c": ("DecimalNumber", "Montant de l’aide demandée"), "d": ("Text", "Couleur préférée"),
        "e": ("Text", "Intitulé de votre projet"), "f": ("Date", "Date de début"),
        "g": ("PieceJustificative", "Résumé du projet"),
    }  # fmt: skip
    schema = {"champDescriptors": [one(key, kind, required=True) | {"label": label}
                                   for key, (kind, label) in labels.items()]}  # fmt: skip
    pairs = suggested_pairs(read_procedure(schema), catalogue()["departement"])
    assert pairs["a"] == "siret"
    assert pairs["b"] == "title"
    assert pairs["c"] == "asked"
    assert not pairs.keys() & {"d", "g"}
    assert len(set(pairs.values())) == len(pairs)
