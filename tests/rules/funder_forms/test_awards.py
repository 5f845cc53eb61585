"""Awards as a 360Giving file: eight fields a grant, exact to the cent."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from filiere.rules.funder_forms.awards import REQUIRED, SCHEMA, Award, awards_json, faults_of


def award(**changed):
    return Award(**{
        "id": "filiere-2027-1", "title": "Réseau de sept villes", "description": "Former 900 personnes.",
        "amount_cents": 1_200_050, "awarded_on": date(2027, 3, 1), "recipient_id": "FR-821611431",
        "recipient_name": "Passerelles 94", "funder_id": "FR-219400819", "funder_name": "Vitry",
        **changed,
    })  # fmt: skip


def test_awards_json_has_the_eight_required_fields():
    written = json.loads(awards_json([award(), award(id="filiere-2027-2")]), parse_float=Decimal)
    assert [set(grant) for grant in written["grants"]] == [set(REQUIRED)] * 2
    assert written["grants"][0]["amountAwarded"] == Decimal("12000.50")
    assert written["grants"][0]["currency"] == "EUR"
    assert written["grants"][0]["recipientOrganization"] == [
        {"id": "FR-821611431", "name": "Passerelles 94"}
    ]
    assert not list(Draft202012Validator(SCHEMA).iter_errors(written))


@pytest.mark.parametrize("name", REQUIRED)
def test_schema_refuses_a_grant_without_a_required_field(name):
    grants = json.loads(awards_json([award()]))
    del grants["grants"][0][name]
    assert [e.validator for e in Draft202012Validator(SCHEMA).iter_errors(grants)] == ["required"]


@given(st.integers(0, 10**14))
def test_awards_json_loses_no_cent(cents):
    written = json.loads(awards_json([award(amount_cents=cents)]), parse_float=Decimal)
    assert written["grants"][0]["amountAwarded"] * 100 == cents


@given(st.text(max_size=40).filter(str.strip))
def test_awards_json_writes_any_title_as_text(title):
    assert json.loads(awards_json([award(title=title)]))["grants"][0]["title"] == title


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"id": " "}, "id"), ({"recipient_id": ""}, "recipient_id"), ({"title": " "}, "title"),
        ({"funder_name": ""}, "funder_name"), ({"amount_cents": -1}, "amount_cents"),
    ],
)  # fmt: skip
def test_awards_json_refuses_what_cannot_be_published(changed, fault):
    wrong = award(**changed)
    assert faults_of([wrong]) == [(wrong.id, fault)]
    with pytest.raises(ValueError, match="cannot be published"):
        awards_json([wrong])


def test_faults_of_finds_a_grant_told_twice():
    assert faults_of([award(), award()]) == [("filiere-2027-1", "twice")]
