"""The catalogue of schemes: read from a list, said line by line, matched with reasons."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from filiere.accounts.models import OrganisationKind
from filiere.projects import queries, services
from filiere.projects.errors import SchemeListUnreadable, SourceNotPossible
from filiere.projects.models import Scheme
from filiere.projects.queries import Reason
from filiere.projects.services.schemes import kind_of
from filiere.territories.models import Kind
from tests.agenda.factories import CommuneFactory, OrganisationFactory
from tests.projects.factories import ACT, TODAY, project

pytestmark = pytest.mark.django_db
TITLES = "nom,lien,financeurs,beneficiaires,types_aide,aap_ami,recurrence,date_cloture"
GOOD = (
    "Lien rural,https://aides.example/lien-rural,Conseil départemental de la Creuse,"
    "Communes;Associations,Subvention,Oui,Ponctuelle,31/12/2026"
)


def read(*lines, name="aides.csv"):
    content = "\n".join((TITLES, *lines)).encode()
    return services.import_schemes(content=content, name=name, source="Liste d’essai", **ACT)


def counts(done):
    return (done.created, done.changed, done.same, done.refused)


def test_import_schemes_reads_each_column():
    creuse = CommuneFactory(kind=Kind.DEPARTEMENT, name="Creuse", folded="creuse", code="23")
    assert counts(read(GOOD)) == (1, 0, 0, 0)
    made = Scheme.objects.get()
    assert (made.kind, made.territory, made.is_call, made.recurrence) == (
        "departement", creuse, True, "once",
    )  # fmt: skip
    assert made.closes_on == datetime.date(2026, 12, 31)
    assert (made.beneficiaries, made.aid_types) == (["Communes", "Associations"], ["Subvention"])


def test_import_schemes_twice_is_once_and_keeps_the_terms_typed_here():
    read(GOOD)
    key = Scheme.objects.get().external_key
    services.save_scheme(external_key=key, rate_max_ppm=800_000, form_key="departement", **ACT)
    assert counts(read(GOOD)) == (0, 0, 1, 0)
    assert counts(read(GOOD.replace("Lien rural", "Lien rural 2027"))) == (0, 1, 0, 0)
    made = Scheme.objects.get()
    assert (made.name, made.rate_max_ppm, made.form_key) == (
        "Lien rural 2027", 800_000, "departement",
    )  # fmt: skip


def test_import_schemes_tells_each_line_it_could_not_read():
    done = read(
        GOOD,
        ",https://aides.example/sans-nom,Région,,,,,",
        GOOD,
        "Aide,javascript:alert(1),ADEME,,,,Parfois,31/02/2026",
    )
    assert counts(done) == (2, 0, 0, 2)
    assert [(line, code) for line, code, _read in done.remarks] == [
        (3, "no_name"), (4, "twice"), (5, "link_unreadable"), (5, "recurrence_unknown"),
        (5, "day_unreadable"),
    ]  # fmt: skip
    odd = Scheme.objects.get(name="Aide")
    assert (odd.link, odd.closes_on, odd.recurrence) == ("", None, "unknown")


@pytest.mark.parametrize(
    "content",
    [
        b"nom;lien\na;b", b"\xff\xfe\x00", b"", b"x" * 10_000_001,
        f"{TITLES}\nAide\0,,ADEME,,,,,".encode(), TITLES.encode() + b"\na" * 20_001,
    ],
    ids=["columns", "encoding", "empty", "size", "zero byte", "lines"],
)  # fmt: skip
def test_import_schemes_refuses_what_is_not_a_list(content):
    with pytest.raises(SchemeListUnreadable):
        services.import_schemes(content=content, name="a.csv", source="x", **ACT)


def test_import_schemes_reads_the_whole_shipped_list_twice(shared):
    content = (shared / "data/aides-territoires-echantillon.csv").read_bytes()
    first, again = (
        services.import_schemes(content=content, name="a.csv", source="aides", **ACT)
        for _n in range(2)
    )
    assert counts(first) == (274, 0, 0, 0)
    assert counts(again) == (0, 0, 274, 0)
    assert Scheme.objects.filter(closes_on__isnull=False).count() == 22
    assert Scheme.objects.filter(is_call=True).count() == 24


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Commission européenne", "eu"),
        ("Conseil régional d'Occitanie", "region"),
        ("Conseil départemental de la Drôme", "departement"),
        ("Bordeaux Métropole", "epci"),
        ("Ville de Rennes", "commune"),
        ("Fondation du Lien", "foundation"),
        ("Banque des Territoires", "state"),
        ("Parc naturel régional des Volcans", "state"),
    ],
)
def test_kind_of_reads_the_tier_in_the_name(name, kind):
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    "terms",
    [
        {"rate_max_ppm": 1_000_001},
        {"rate_min_ppm": 500_000, "rate_max_ppm": 400_000},
        {"floor_cents": 2, "ceiling_cents": 1},
        {"opens_on": TODAY, "closes_on": TODAY - datetime.timedelta(days=1)},
        {"eligible_natures": ["99"]},
        {"name": ""},
        {"colour": "red"},
    ],
)
def test_save_scheme_refuses_terms_nobody_could_meet(terms):
    with pytest.raises(SourceNotPossible):
        services.save_scheme(
            external_key="x", **{"name": "Aide", "funder_name": "Région"} | terms, **ACT
        )


def test_schemes_for_gives_reasons_for_and_against():
    creuse = CommuneFactory(kind=Kind.DEPARTEMENT, name="Creuse", folded="creuse", code="23")
    town = CommuneFactory(departement=creuse)
    mine = project(
        carrier_id=OrganisationFactory(kind=OrganisationKind.ASSOCIATION).pk,
        territory_ids=[town.pk],
        publics=["seniors"],
    )
    read(
        GOOD,
        "Conseil,https://aides.example/b,ANCT,Communes,Ingénierie technique,,Permanente,",
        "Ailleurs,https://aides.example/c,Conseil régional,Associations,Subvention,,,01/01/2026",
        "Toujours,https://aides.example/d,Banque,Associations,Prêt,,Permanente,",
    )
    other = CommuneFactory(kind=Kind.REGION)
    Scheme.objects.filter(name="Ailleurs").update(territory=other, publics=["femmes"])
    matches = queries.schemes_for(mine.pk, on=TODAY)
    assert [one.scheme.name for one in matches] == ["Lien rural", "Toujours", "Conseil", "Ailleurs"]
    assert matches[0].reasons == (
        Reason.FOR_YOUR_KIND, Reason.GIVES_MONEY, Reason.OPEN, Reason.COVERS_YOU,
    )  # fmt: skip
    assert [one.is_possible for one in matches] == [True, True, False, False]
    assert matches[1].reasons[-1] == Reason.ALWAYS_OPEN
    assert matches[2].obstacles == (Reason.NOT_YOUR_KIND, Reason.NO_MONEY)
    assert matches[3].obstacles == (Reason.CLOSED, Reason.ELSEWHERE, Reason.OTHER_PUBLICS)
    assert set(Reason) == set(queries.REASON_WORDS)


def test_a_scheme_is_known_once():
    read(GOOD)
    first = Scheme.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Scheme.objects.create(
            external_key=first.external_key, name="x", funder_name="y", source="z",
            read_at=ACT["at"],
        )  # fmt: skip
