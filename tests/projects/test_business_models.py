"""The model of a project: kept whole, never over somebody else's, and who pays it."""

from datetime import timedelta

import pytest

from filiere.projects import queries, services
from filiere.projects.errors import ModelNotPossible, ProjectChanged, ProjectEnded
from filiere.projects.models import BusinessModel
from filiere.rules.business_model import Year
from tests.conftest import AT
from tests.projects.factories import ACT, asked, granted, project, source

pytestmark = pytest.mark.django_db
FIRST = Year(900, 3_000, 450, 6_000_000, 3_500_000)


def save(of, **more):
    given = {"boxes": {"people": "400 personnes"}, "years": [FIRST], "edition": 0} | ACT | more
    return services.save_model(project_id=of.pk, **given)


def test_save_model_keeps_all_and_twice_is_once():
    of = project()
    assert queries.model_of(of.pk).edition == 0
    assert save(of, boxes={"people": " 400 personnes\r\n ", "help": ""}).edition == 1
    assert save(of, boxes={"people": "400 personnes"}).edition == 1
    found = queries.model_of(of.pk)
    assert (found.boxes, found.years, found.edition) == (
        {"people": "400 personnes"}, (FIRST,), 1,
    )  # fmt: skip
    assert save(of, years=[FIRST, FIRST], edition=1, at=AT + timedelta(days=1)).edition == 2
    assert len(queries.model_of(of.pk).years) == 2


def test_save_model_never_writes_over_somebody_else():
    of = project()
    save(of)
    with pytest.raises(ProjectChanged):
        save(of, boxes={"people": "Autre texte"})
    with pytest.raises(ProjectChanged):
        save(of, boxes={"people": "Autre texte"}, edition=2)
    assert queries.model_of(of.pk).boxes == {"people": "400 personnes"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"boxes": {"autre": "x"}},
        {"boxes": {"people": "x" * 2_001}},
        {"boxes": {"people": "a\0b"}},
        {"years": [FIRST] * 4},
        {"years": [Year(1_000_001, 1, 1, 1)]},
        {"years": [Year(1, 1, 1, 10**12)]},
    ],
)
def test_save_model_refuses_what_cannot_be(wrong):
    of = project()
    with pytest.raises(ModelNotPossible):
        save(of, **wrong)
    assert not BusinessModel.objects.exists()


def test_save_model_refuses_an_ended_project():
    of = project()
    services.move_project(project_id=of.pk, state="abandoned", **ACT)
    with pytest.raises(ProjectEnded):
        save(of)


def test_payers_of_counts_what_is_granted_or_still_awaited():
    of = project()
    granted(of, 100, funder_name="Ville")
    granted(of, 50, funder_name="Ville")
    asked(of, 300, funder_name="Région")
    source(of, 40, funder_name="Fondation")
    gone = asked(of, 999, funder_name="Perdu")
    services.refuse_source(source_id=gone.pk, answered_on=AT.date(), **ACT)
    assert queries.payers_of(of.pk) == {"Ville": 150, "Région": 300, "Fondation": 40}
    assert queries.payers_of(project().pk) == {}
