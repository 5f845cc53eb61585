"""The catalogue of schemes: searched, written by hand, corrected, imported, matched with a project."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.projects import services
from filiere.projects.models import Scheme, SchemeImport
from tests.agenda.factories import OrganisationFactory
from tests.conftest import AT
from tests.projects.factories import ACT, TODAY, project, source
from tests.web.project_scene import carrier
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db
TITLES = "nom,lien,financeurs,beneficiaires,types_aide,aap_ami,recurrence,date_cloture\n"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


def steward():
    return signed_in(Role.STEWARD, OrganisationFactory())


def scheme(name="Aide", **terms):
    given = {"funder_name": "Département", "name": name, "kind": "departement", "source": "test"}
    return services.add_scheme(**given | ACT | terms)


def text(page):
    return page.content.decode()


def typed(**fields):
    return {
        "funder_name": "Fondation du fil", "name": "Petits projets", "source": "Sa page",
        "kind": "foundation", "recurrence": "once", "flat_rate": "none", "regime": "unknown",
    } | fields  # fmt: skip


def test_schemes_searches_words_without_accents_and_those_still_open(
    django_assert_max_num_queries,
):
    _organisation, client = carrier()
    scheme("Équipement numérique")
    scheme("Ateliers", closes_on=TODAY.replace(year=2020), kind="state")
    for number in range(25):
        scheme(f"Autre {number}")
    where = reverse("schemes")
    with django_assert_max_num_queries(12):
        page = client.get(where)
    assert heading(page) == "27 schemes"
    assert "Page 1 of 2" in text(page)
    assert heading(client.get(where + "?q=equipement+departement")) == "1 scheme"
    assert heading(client.get(where + "?q=ateliers")) == "1 scheme"
    assert heading(client.get(where + "?q=ateliers&ouverts=1")) == "0 schemes"
    assert "No scheme has these words" in text(client.get(where + "?q=martien"))
    assert heading(client.get(where + "?origine=state&page=9999")) == "1 scheme"


def test_schemes_when_the_catalogue_is_empty_says_so():
    _organisation, client = carrier()
    page = text(client.get(reverse("schemes")))
    assert "The catalogue is empty" in page
    assert reverse("scheme_new") in page
    assert reverse("schemes_import") not in page


def test_scheme_shows_its_terms_its_source_and_the_projects_it_may_join():
    organisation, client = carrier()
    made = project(carrier_id=organisation.pk, title="Atelier mobile")
    one = scheme(
        "Aide", rate_max_ppm=800_000, floor_cents=100_000, ceiling_cents=1_500_000,
        closes_on=TODAY, regime="de_minimis", form_key="departement",
    )  # fmt: skip
    page = text(client.get(reverse("scheme", args=[one.pk])))
    for words in ("at most 80\u00a0%", "€15,000", "De minimis aid", "Source: test", "Open until"):
        assert words in page
    add = reverse("project_source_new", args=[made.pk]) + f"?dispositif={one.pk}"
    assert add in page
    source(made, 100_000, scheme_id=one.pk)
    page = text(client.get(reverse("scheme", args=[one.pk])))
    assert add not in page
    assert "already in its plan" in page
    assert client.get(reverse("scheme", args=[one.pk + 1])).status_code == 404


def test_scheme_new_writes_a_scheme_once():
    _organisation, client = carrier()
    where = reverse("scheme_new")
    done = client.post(where, typed(rate_max_ppm="80,5", ceiling_cents="1 234,56 €"))
    one = Scheme.objects.get()
    assert done.headers["Location"] == reverse("scheme", args=[one.pk])
    assert (one.rate_max_ppm, one.ceiling_cents, one.source) == (805_000, 123_456, "Sa page")
    again = client.post(where, typed(name="petits  PROJETS"))
    assert again.status_code == 422
    assert "already in the catalogue" in text(again)
    assert Scheme.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_max_ppm": "120"},
        {"rate_max_ppm": "²"},
        {"rate_max_ppm": "-3"},
        {"rate_max_ppm": "1e1"},
        {"ceiling_cents": "12 k€"},
        {"floor_cents": "900", "ceiling_cents": "100"},
        {"opens_on": "2026-05-01", "closes_on": "2026-04-01"},
        {"link": "javascript:alert(1)"},
        {"territory": "Nulle part"},
        {"kind": "own"},
        {"name": ""},
    ],
)
def test_scheme_new_refuses_what_means_nothing_and_keeps_the_rest(wrong):
    _organisation, client = carrier()
    page = client.post(reverse("scheme_new"), typed(**wrong))
    assert page.status_code == 422
    assert 'value="Sa page"' in text(page)
    assert not Scheme.objects.exists()


def test_scheme_edit_corrects_terms_and_keeps_the_words_of_the_list():
    one = scheme("Aide", beneficiaries=["Associations", "Pays d'Auge"], rate_max_ppm=500_000)
    client = steward()
    where = reverse("scheme_edit", args=[one.pk])
    page = text(client.get(where))
    assert "Pays d&#x27;Auge" in page
    assert 'value="50"' in page
    given = typed(beneficiaries=["Associations", "Pays d'Auge"], rate_max_ppm="60")
    assert client.post(where, given).status_code == 302
    one.refresh_from_db()
    assert (one.rate_max_ppm, one.beneficiaries) == (600_000, ["Associations", "Pays d'Auge"])
    assert one.external_key == "departement|aide"


def test_schemes_import_reports_each_line_and_twice_is_once():
    client = steward()
    lines = (
        "Aide A,https://exemple.fr/a,Conseil départemental,Associations,Subvention,Oui,Ponctuelle,"
        "31/12/2026\n,,,,,,,\nAide B,pas une adresse,État,,,,Parfois,hier\n"
    )
    where = reverse("schemes_import")
    for added, same in ((2, 0), (0, 2)):
        file = SimpleUploadedFile("liste.csv", (TITLES + lines).encode())
        page = client.post(where, {"file": file, "source": "Liste d’essai"}, follow=True)
        assert heading(page) == "1 line of 3 was refused"
        assert f"Added: {added}. Changed: 0. Already the same: {same}." in text(page)
    assert "its last day, which cannot be read" in text(page)
    assert "pas une adresse" in text(page)
    assert Scheme.objects.get(name="Aide A").source == "Liste d’essai"
    assert "liste.csv" in text(client.get(where))


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", "nom;é\n".encode("latin-1"), b"\0\0"])
def test_schemes_import_refuses_what_is_no_list(content):
    client = steward()
    file = SimpleUploadedFile("liste.csv", content)
    page = client.post(reverse("schemes_import"), {"file": file, "source": "x"})
    assert page.status_code == 422
    assert not SchemeImport.objects.exists()


def test_schemes_are_kept_by_stewards_and_written_by_carriers():
    one = scheme()
    _organisation, client = carrier()
    mediator = signed_in(Role.MEDIATOR, OrganisationFactory())
    assert client.get(reverse("scheme_edit", args=[one.pk])).status_code == 403
    assert client.get(reverse("schemes_import")).status_code == 403
    assert mediator.get(reverse("scheme_new")).status_code == 403
    assert mediator.get(reverse("schemes")).status_code == 200


def test_project_schemes_gives_reasons_for_and_against(django_assert_max_num_queries):
    organisation, client = carrier()
    made = project(carrier_id=organisation.pk)
    good = scheme("Pour vous", beneficiaries=["Associations"], aid_types=["Subvention"])
    scheme("Trop tard", closes_on=TODAY.replace(year=2020))
    scheme("Pas pour vous", beneficiaries=["Communes"])
    where = reverse("project_schemes", args=[made.pk])
    with django_assert_max_num_queries(14):
        page = client.get(where)
    assert heading(page) == "1 scheme would suit this project"
    assert "Open to organisations like yours." in text(page)
    assert "Trop tard" not in text(page)
    assert f"?dispositif={good.pk}" in text(page)
    every = text(client.get(where + "?tous=1"))
    assert "Not open to organisations like yours." in every
    assert "Closed." in every
    source(made, 100_000, scheme_id=good.pk)
    assert "already in the plan" in text(client.get(where))
    _other, stranger = carrier()
    assert stranger.get(where).status_code == 404
