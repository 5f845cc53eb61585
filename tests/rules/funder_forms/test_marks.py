"""Marks of a funder's own document: names of a list, never a calculation."""

import pytest

from filiere.projects.forms import question_bank
from filiere.rules.funder_forms.marks import mark_values, marks_of
from tests.projects.forms.net94 import net94


def values():
    return mark_values(net94(), question_bank())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("organisation.name", "Passerelles 94"),
        ("project.starts_on", "1er janvier 2027"),
        ("project.publics", "demandeurs d’emploi, travailleurs sociaux"),
        ("project.total", "187 200,00 €"),
        ("request.amount", "20 000,00 €"),
        ("request.rate", ""),
        ("question.need.short", "Une personne sur six renonce à une démarche en ligne."),
        ("question.need.medium", ""),
        ("question.risks", ""),
        ("budget.total", "187 200,00 €"),
        ("budget.cash", "180 000,00 €"),
        ("budget.in_kind", "7 200,00 €"),
        ("budget.without_vat", "173 000,00 €"),
        ("budget.investment", "18 000,00 €"),
        ("budget.account_60", "26 000,00 €"),
        ("resources.asked", "44 000,00 €"),
        ("resources.granted", "21 000,00 €"),
        ("resources.paid", "9 000,00 €"),
    ],
)
def test_mark_values_writes_each_fact_as_a_funder_reads_it(name, text):
    assert values()[name].replace("\u00a0", " ") == text


def test_mark_values_writes_the_rate_as_a_percentage():
    facts = net94()
    facts["request"]["rate"] = "15/38"
    assert mark_values(facts, question_bank())["request.rate"] == "39,5\u00a0%"


def test_mark_values_reads_the_answer_when_the_organisation_does_not_say():
    facts = net94()
    facts["organisation"]["email"] = ""
    facts["answers"]["contact_email"] = {"short": "accueil@passerelles94.example"}
    found = mark_values(facts, question_bank())
    assert found["organisation.email"] == "accueil@passerelles94.example"


def test_mark_values_takes_the_longest_answer():
    assert values()["question.need"] == net94()["answers"]["need"]["long"].strip()


def test_mark_values_knows_an_amount_nobody_stated():
    facts = net94()
    facts["request"]["amount_cents"] = None
    assert mark_values(facts, question_bank())["request.amount"] == ""


def test_marks_of_lists_each_mark_once_with_names_that_look_like_it():
    found = marks_of(
        ["{{ question.need }} et {{question.need}}", "{{ budget.totl }}", "{{ 1 + 1 }}", "{ x }"],
        values(),
    )
    assert [(one.name, one.known) for one in found] == [
        ("question.need", True), ("budget.totl", False), ("1+1", False),
    ]  # fmt: skip
    assert found[1].near[0] == "budget.total"
    assert found[2].near == ()
