import gzip
import io
import json

import pytest

from filiere.accounts.models import Organisation, OrganisationKind
from filiere.directory import queries, services
from filiere.directory.errors import ImportAlreadyUndone, PlaceColumnsMissing, TerritoriesMissing
from filiere.directory.models import Fee, ImportLine, ImportRun, Offer, Place, Severity
from filiere.kernel.models import AuditEntry
from filiere.kernel.tables import TableNotText, TableNotUtf8
from filiere.territories.services import load_reference
from tests.directory.conftest import GOOD, as_csv

SIRET = "35600000000048"


def counts(run):
    return run.read, run.created, run.updated, run.unchanged, run.refused


def remarks(run):
    return [
        (line.line, line.column, line.severity, line.reason)
        for line in run.lines.order_by("line", "pk")
    ]


def test_import_places_keeps_what_the_line_says_and_nothing_more(load):
    run = load({})

    place = Place.objects.get()
    assert counts(run) == (1, 1, 0, 0, 0)
    assert (place.name, place.commune.code, place.postcode, place.phone) == (
        "Espace numérique de Guéret", "23096", "23000", "+33555000000",
    )  # fmt: skip
    assert (place.source, place.source_id, str(place.source_date)) == (
        "Hub de test", "1", "2026-03-02",
    )  # fmt: skip
    assert (place.typologies, place.closed_on, place.qualified_on, place.is_invented) == (
        [], None, None, False,
    )  # fmt: skip
    assert set(place.offers.values_list("service", "fee")) == {
        ("procedures", "free"), ("safety", "free"),
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="directory.imported").count() == 1


def test_import_places_twice_changes_nothing(load):
    load({}, {"id": "2", "pivot": SIRET})
    before = (
        list(Place.objects.order_by("pk").values()),
        list(Offer.objects.order_by("pk").values()),
    )

    again = load({}, {"id": "2", "pivot": SIRET})

    assert counts(again) == (2, 0, 0, 2, 0)
    after = list(Place.objects.order_by("pk").values()), list(Offer.objects.order_by("pk").values())
    assert after == before
    assert Organisation.objects.count() == 2


def test_import_places_updates_a_changed_line_and_stops_a_lost_service(load, at):
    load({})
    place = Place.objects.get()
    services.qualify_place(place=place, on=at.date(), at=at, actor="user:1")

    run = load({"nom": "Nouveau nom", "services": "Aide aux démarches administratives"})

    place.refresh_from_db()
    assert counts(run) == (1, 0, 1, 0, 0)
    assert (place.name, place.qualified_on) == ("Nouveau nom", at.date())
    assert dict(place.offers.values_list("service", "closed_on")) == {
        "procedures": None, "safety": at.date(),
    }  # fmt: skip
    load({})
    assert set(place.offers.values_list("closed_on", flat=True)) == {None}


def test_import_places_never_moves_a_place_to_another_organisation(load):
    load({})
    run = load({"pivot": SIRET})

    assert Place.objects.get().organisation.siret is None
    assert remarks(run) == [(2, "pivot", "warning", "organisation_kept")]


def test_import_places_gives_one_organisation_to_one_siret(load):
    load(
        {"pivot": SIRET, "structure_parente": "La Poste"},
        {"id": "2", "pivot": SIRET},
        {"id": "3", "pivot": "W232001234", "nom": "Les amis"},
        {"id": "4"},
        {"id": "5"},
    )
    found = Organisation.objects.order_by("pk").values_list("name", "siret", "rna", "kind")
    assert list(found) == [
        ("La Poste", SIRET, None, OrganisationKind.UNKNOWN),
        ("Les amis", None, "W232001234", OrganisationKind.ASSOCIATION),
        (GOOD["nom"], None, None, OrganisationKind.UNKNOWN),
        (GOOD["nom"], None, None, OrganisationKind.UNKNOWN),
    ]


def test_import_places_takes_the_known_organisation_of_a_siret(load):
    known = Organisation.objects.create(name="Mairie", folded="mairie", siret=SIRET)
    run = load({"pivot": SIRET})
    assert (Place.objects.get().organisation, run.created_organisations) == (known, [])


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        ({"id": ""}, ("id", "refused", "missing")),
        ({"nom": ""}, ("nom", "refused", "missing")),
        ({"id": "x" * 121}, ("id", "refused", "too_long")),
        (
            {"code_insee": "", "commune": "Nulle-Part"},
            ("commune", "refused", "commune_unknown"),
        ),
        ({"nom": "n" * 201}, ("nom", "dropped", "too_long")),
        ({"horaires": "Mo 09:00-10:00; " * 40}, ("horaires", "dropped", "too_long")),
        ({"services": ""}, ("services", "warning", "no_service")),
        ({"services": "Cuisine"}, ("services", "warning", "no_service")),
        ({"pivot": "356000000"}, ("pivot", "warning", "pivot_siren")),
        ({"pivot": "356000001"}, ("pivot", "dropped", "pivot_not_siret")),
        ({"pivot": "35600000000049"}, ("pivot", "dropped", "pivot_not_siret")),
        ({"frais_a_charge": "Gratuit|Payant"}, ("frais_a_charge", "warning", "several_fees")),
        ({"latitude": "0", "longitude": "0"}, ("latitude", "dropped", "coordinates_implausible")),
        ({"telephone": "06 12 34 56 78"}, ("telephone", "warning", "personal_mobile")),
        ({"code_insee": "23008"}, ("commune", "warning", "code_disagrees")),
        ({"Humeur": "bonne"}, ("Humeur", "warning", "column_ignored")),
    ],
)
def test_import_places_reports(load, row, remark):
    if remark[2] == "code_disagrees":
        row = row | {"commune": "Guéret"}
    run = load(row)

    assert remark in {found[1:] for found in remarks(run)}
    refused = remark[1] == "refused"
    assert (run.refused, Place.objects.count()) == (int(refused), int(not refused))


def test_import_places_masks_personal_data_in_its_report(load):
    run = load({"courriels": "jeanne.martin@exemple.fr", "telephone": "06 12 34 56 78"})

    values = set(run.lines.filter(reason__startswith="personal").values_list("value", flat=True))
    assert values == {"j…@exemple.fr", "06 1…"}


def test_import_places_keeps_the_good_lines_beside_the_bad(load):
    run = load({}, {"id": "2", "nom": ""}, {"id": "1", "nom": "Deuxième"}, {"id": "3"})

    assert counts(run) == (4, 2, 0, 0, 2)
    assert remarks(run) == [
        (3, "nom", "refused", "missing"), (4, "id", "refused", "id_twice"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fees", "fee"),
    [
        ("", Fee.UNKNOWN),
        ("Gratuit", Fee.FREE),
        ("Payant", Fee.PAID),
        ("Gratuit|Payant", "conditional"),
    ],
)
def test_import_places_never_says_free_when_the_file_does_not(load, fees, fee):
    load({"frais_a_charge": fees})
    assert set(Offer.objects.values_list("fee", flat=True)) == {fee}


@pytest.mark.parametrize(
    ("row", "source"),
    [
        ({}, "Hub de test"),
        ({"source": "", "jeu": "gironde-2021"}, "gironde-2021"),
        ({"source": ""}, "lieux"),
    ],
)
def test_import_places_says_where_a_place_comes_from(load, row, source):
    load(row)
    assert Place.objects.get().source == source


def test_import_places_reads_json_with_a_nested_address_and_drops_names(load):
    row = GOOD | {
        "adresse": {"numero_voie": 1, "nom_voie": "place Bonnyaud", "commune": "Guéret",
                    "code_postal": "23000", "code_insee": "23096"},
        "courriels": ["contact@exemple.fr"],
        "mediateurs": [{"prenom": "Odile", "nom": "Petit"}],
    }  # fmt: skip
    for key in ("commune", "code_postal", "code_insee"):
        del row[key]

    run = load(json.dumps([row]).encode())

    place = Place.objects.get()
    assert (place.address, place.commune.code, place.emails) == (
        "1 place Bonnyaud", "23096", ["contact@exemple.fr"],
    )  # fmt: skip
    assert remarks(run) == [(1, "mediateurs", "dropped", "personal_names")]
    assert not ImportLine.objects.filter(value__contains="Odile").exists()


@pytest.mark.parametrize(
    "content",
    [as_csv({}, delimiter=";"), gzip.compress(as_csv({})), as_csv({}, encoding="utf-8-sig")],
)
def test_import_places_reads_the_ways_a_csv_is_written(load, content):
    assert load(content).created == 1


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (as_csv({}, encoding="latin-1"), TableNotUtf8),
        (b"PK\x03\x04", TableNotText),
        (b"nom,commune\na,b\n", PlaceColumnsMissing),
        (b"id,nom\n1,b\n", PlaceColumnsMissing),
    ],
)
def test_import_places_refuses_a_file_and_writes_nothing(load, content, error):
    with pytest.raises(error):
        load(content)
    assert not ImportRun.objects.exists()


def test_import_places_needs_communes(db, at):
    with pytest.raises(TerritoriesMissing):
        services.import_places(stream=io.BytesIO(as_csv({})), at=at, actor="user:1")


def test_import_places_needs_exactly_one_input(db, at):
    with pytest.raises(ValueError, match="either path or stream"):
        services.import_places(at=at, actor="user:1")


def test_import_places_shows_its_progress_and_takes_few_queries(
    load, django_assert_max_num_queries
):
    steps = []
    rows = [{"id": str(n)} for n in range(250)]
    with django_assert_max_num_queries(40):
        load(*rows, chunk=100, progress=lambda *step: steps.append(step))
    assert steps == [(100, 250), (200, 250), (250, 250)]


def test_undo_import_removes_what_nobody_uses(load, at):
    run = load({}, {"id": "2", "pivot": SIRET})

    undone = services.undo_import(run=run, at=at, actor="user:1")

    assert undone == services.Undone(2, 0, 2)
    assert not Place.objects.exists()
    assert not Organisation.objects.exists()
    with pytest.raises(ImportAlreadyUndone, match="24/11/2026"):
        services.undo_import(run=run, at=at, actor="user:1")


def test_undo_import_keeps_a_place_someone_works_at_and_its_organisation(load, at):
    run = load({}, {"id": "2"})
    used = Place.objects.get(source_id="1")
    used.workers.create(public_name="Odile")

    undone = services.undo_import(run=run, at=at, actor="user:1")

    assert undone == services.Undone(1, 1, 1)
    assert list(Place.objects.all()) == [used]
    assert used.offers.count() == 2


def test_undo_import_leaves_what_was_there_before(load, at):
    load({})
    later = load({"nom": "Autre nom"}, {"id": "2"})

    services.undo_import(run=later, at=at, actor="user:1")

    assert list(Place.objects.values_list("source_id", "name")) == [("1", "Autre nom")]


@pytest.mark.slow
def test_import_places_reads_the_real_national_file(territories, shared, at):
    load_reference()
    path = shared / "data/lieux-mediation.csv.gz"

    first = services.import_places(path=path, at=at, actor="user:1")
    again = services.import_places(path=path, at=at, actor="user:1")

    assert first.read == 6_439
    assert first.created >= 6_000
    assert first.created + first.refused == first.read
    refused = first.lines.filter(severity=Severity.REFUSED)
    assert refused.values("line").distinct().count() == first.refused
    assert counts(again) == (6_439, 0, 0, first.created, first.refused)
    found = queries.search_places(text="france services aubusson")
    assert found.places[0].name == "France services Aubusson"


def test_import_places_keeps_the_number_of_a_legal_unit(load):
    siren = "356000000"

    load({"pivot": siren}, {"id": "2", "pivot": siren}, {"id": "3", "pivot": SIRET})
    again = load({"pivot": siren, "nom": "Autre nom"})

    unit = Organisation.objects.get(siren=siren)
    assert set(unit.places.values_list("source_id", flat=True)) == {"1", "2"}
    assert Organisation.objects.get(siret=SIRET).siren is None
    assert remarks(again) == [(2, "pivot", "warning", "pivot_siren")]
    assert next(queries.export_rows(include_imported=True))["pivot"] == siren


PRODUCERS = [
    (
        (
            "gid;c_nom;c_adresse;c_postcode;c_city;c_telephone\n"
            "7;La fabrique;70 avenue de la Libération;23000;Guéret;05 55 00 00 00\n"
        ),
        ("7", "La fabrique", "70 avenue de la Libération", "+33555000000"),
    ),
    (
        (
            "ID_LieuMed;NOM_STRUCTURE;N°;ADRESSE;CP;COMMUNE;NUM_TEL\n"
            "LMN008;AMIA;20;rue Armand Quenard;23000;Guéret;\n"
        ),
        ("LMN008", "AMIA", "20 rue Armand Quenard", ""),
    ),
]


@pytest.mark.parametrize(("text", "expected"), PRODUCERS, ids=["hub", "departement"])
def test_import_places_reads_the_columns_of_other_producers(load, text, expected):
    load(text.encode())

    place = Place.objects.get()
    assert (place.source_id, place.name, place.address, place.phone) == expected


def test_import_places_without_identifiers_says_what_they_are(load):
    with pytest.raises(PlaceColumnsMissing, match=r"lieux\.csv"):
        load("nom;ville;cp\nAMIA;Guéret;23000\n".encode())
