"""Every form, filled from a project as it is stored, and from what was frozen when it was sent."""

import pytest

from filiere.projects import services
from filiere.projects.forms import catalogue, question_bank
from filiere.projects.models import Submission
from filiere.projects.queries import project_facts
from filiere.rules.funder_forms.facts import list_columns, scalar_paths
from filiere.rules.funder_forms.filling import fill
from filiere.rules.funder_forms.marks import mark_values
from filiere.rules.funder_forms.shape import Wanting
from tests.conftest import AT
from tests.projects.factories import ACT, asked, line, project, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored():
    """A project with two lines and a funder that was not asked yet."""
    made = project()
    line(made, 1_500_000, label="Médiateurs")
    line(made, 500_000, label="Ordinateurs", nature="60")
    source(made, 500_000, kind="commune")
    return made


def answer(made, key, text, number=0):
    services.save_answer(
        project_id=made.pk, question=key, length="short", text=text, number=number, **ACT
    )


def test_project_facts_have_the_shape_that_forms_read(stored):
    facts = project_facts(stored.pk, AT)
    groups = {path.split(".")[0] for path in scalar_paths()}
    assert facts.keys() == groups | list_columns().keys() | {"answers"}
    for path in scalar_paths():
        group, name = path.split(".")
        assert name in facts[group], path
    for name in ("lines", "sources"):
        assert facts[name][0].keys() == list_columns()[name]


def test_fill_lacks_nothing_that_a_stored_project_cannot_say(stored):
    """Once the bank is answered, what is left is in the file, or asked by this form alone."""
    for key, question in question_bank().items():
        answer(stored, key, f"Réponse à {key}."[: question.limits["short"]])
    made = asked(stored, 600_000, kind="departement")
    facts = project_facts(stored.pk, AT, source_id=made.pk)
    for spec in catalogue().values():
        filled = fill(spec, facts)
        assert {one.wanting for one in filled.missing} <= {Wanting.FACTS, Wanting.FORM}
        assert {one.path for one in filled.missing if one.wanting == Wanting.FACTS} <= {
            "organisation.siret", "project.publics", "project.territories", "request.scheme",
            "calendar", "partners", "indicators",
        }, spec.key  # fmt: skip
        assert filled.values["asked"] == 600_000


def test_fill_reads_what_was_frozen_as_it_was(stored):
    answer(stored, "publics", "Adultes.")
    sent = Submission.objects.get(source=asked(stored, 600_000))
    answer(stored, "publics", "Autre.", number=1)
    spec = catalogue()["departement"]
    assert fill(spec, sent.content).values["publics"] == "Adultes."
    now = project_facts(stored.pk, AT)
    assert fill(spec, now).values["publics"] == "Autre."
    assert mark_values(now, question_bank())["question.publics"] == "Autre."
