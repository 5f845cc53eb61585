"""Projects, forms, schemes and awards by the API: one's own, and nobody else's."""

import pytest

from filiere.projects import services
from tests.agenda.factories import OrganisationFactory
from tests.api.conftest import signed_in
from tests.projects import factories
from tests.projects.factories import ACT
from tests.web.project_scene import costed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def scene():
    organisation = OrganisationFactory(kind="association")
    return costed(organisation), signed_in("carrier", organisation)


def scheme(**terms):
    given = {"funder_name": "Département", "name": "Aide", "kind": "departement", "source": "test"}
    return services.add_scheme(**given | ACT | terms)


def test_projects_lists_only_ones_own(scene):
    made, caller = scene
    factories.project()
    status, answer = caller.get("projects")
    assert status == 200
    assert [one["id"] for one in answer["items"]] == [made.pk]
    assert answer["items"][0]["carrier_id"] == made.carrier_id
    assert signed_in("carrier", OrganisationFactory()).get("projects")[1]["total"] == 0


def test_project_gives_costs_and_who_pays_each(scene):
    made, caller = scene
    status, answer = caller.get(f"projects/{made.pk}")
    assert status == 200
    assert answer["right"] == "owner"
    assert [(one["amount_cents"], one["given_cents"]) for one in answer["lines"]] == [
        (1_000_000, 0), (4_000_000, 2_500_000),
    ]  # fmt: skip
    assert [(one["funder_name"], one["asked_cents"], one["granted_cents"], one["paid_cents"])
            for one in answer["sources"]] == [("Région", 2_500_000, None, 0)]  # fmt: skip


def test_project_forms_tells_what_is_missing(scene):
    made, caller = scene
    status, answer = caller.get(f"projects/{made.pk}/forms")
    assert status == 200
    assert answer[0]["form"] in {"departement", "common_grant"}
    assert not answer[0]["is_ready"]
    assert "true_statement" in answer[0]["missing"]
    assert answer[0]["sent_at"] is None


def test_project_awards_is_a_file_of_euros(scene):
    made, caller = scene
    asked = factories.granted(made, 600_050)
    status, answer = caller.get(f"projects/{made.pk}/awards")
    assert status == 200
    assert [(one["id"], one["amountAwarded"]) for one in answer["grants"]] == [
        (f"filiere-{asked.pk}", 6000.5)
    ]


def test_schemes_searches_and_one_gives_its_source(scene):
    made, caller = scene
    one = scheme(beneficiaries=["Associations"], rate_max_ppm=800_000)
    scheme(name="Close", closes_on=factories.TODAY.replace(year=2020))
    assert caller.get("schemes")[1]["total"] == 2
    assert [found["id"] for found in caller.get("schemes", open=True)[1]["items"]] == [one.pk]
    assert caller.get("schemes", q="martien")[1]["items"] == []
    status, answer = caller.get(f"schemes/{one.pk}")
    assert (status, answer["rate_max_ppm"], answer["source"]) == (200, 800_000, "test")
    first = caller.get(f"projects/{made.pk}/schemes")[1]["items"][0]
    assert (first["scheme"]["id"], first["reasons"], first["obstacles"]) == (
        one.pk, ["for_your_kind"], [],
    )  # fmt: skip
    assert caller.get("schemes/999999")[0] == 404


@pytest.mark.parametrize("what", ["", "/forms", "/schemes", "/awards"])
def test_a_project_of_others_is_not_there(scene, what, anyone):
    made, _caller = scene
    stranger = signed_in("carrier", OrganisationFactory())
    assert stranger.get(f"projects/{made.pk}{what}")[0] == 404
    assert anyone.get(f"projects/{made.pk}{what}")[0] == 401
