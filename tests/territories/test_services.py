import gzip

import pytest

from filiere.kernel.models import AuditEntry
from filiere.kernel.tables import TableBroken, TableNotUtf8
from filiere.territories import services
from filiere.territories.errors import ReferenceNotLoaded, TerritoryColumnsMissing
from filiere.territories.models import FormerCommune, IndicatorValue, Territory

HEADER = "code,nom,type,commune_parente,dep,epci,codes_postaux,population,lat,lon,filo_niveau_vie_median_2021,ifn_global_region,ept\n"


def load(tmp_path, at, text, name="communes.csv"):
    path = tmp_path / name
    content = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return services.import_territories(path=path, at=at, actor="user:1")


@pytest.mark.slow
@pytest.mark.django_db
def test_load_reference_loads_france_and_a_second_time_changes_nothing():
    steps = []
    first = services.load_reference(progress=lambda *step: steps.append(step))
    second = services.load_reference()

    assert (first.territories_created, first.indicators) == (36_405, 31_313)
    assert second == services.Counts(0, 0, 0, 0)
    assert steps == [(1, 3), (2, 3), (3, 3)]
    gueret = Territory.objects.get(kind="commune", code="23096")
    assert (gueret.name, gueret.departement.name, gueret.region.name) == (
        "Guéret", "Creuse", "Nouvelle-Aquitaine",
    )  # fmt: skip
    assert Territory.objects.get(code="75113").commune.code == "75056"
    assert (
        Territory.objects.filter(kind="commune", epci=None, departement__code__lt="97").count() < 10
    )
    assert not IndicatorValue.objects.filter(value=0).exists()
    assert FormerCommune.objects.filter(name="Rosendaël").exists() is False


def test_import_territories_creates_updates_and_keeps_blank_unknown(territories, tmp_path, at):
    report = load(
        tmp_path, at,
        HEADER
        + "23096,Guéret,COM,,23,,23000,13000,46.17,1.87,,0,x\n"
        + "23500,Neuville,COM,,23,200034825,23000|23001,50,,,21000,95.5,\n",
        name="communes.csv.gz",
    )  # fmt: skip

    assert (report.read, report.refused, report.created, report.updated) == (2, 0, 1, 1)
    gueret = Territory.objects.get(code="23096")
    assert (gueret.population, gueret.epci.code) == (13_000, "200034825")
    assert int(gueret.indicators.get(vintage=2021).value) == 20_380
    new = Territory.objects.get(code="23500")
    assert (new.postcodes, new.latitude, new.folded) == (["23000", "23001"], None, "neuville")
    assert {(i.key, float(i.value)) for i in new.indicators.all()} == {
        ("living_standard_median", 21_000), ("ifn_global_region", 95.5),
    }  # fmt: skip
    assert [(r.column, r.reason) for r in report.remarks] == [("ept", "column_ignored")]
    assert AuditEntry.objects.filter(action="territories.imported").count() == 1


def test_import_territories_twice_changes_nothing(territories, tmp_path, at):
    text = HEADER + "23500,Neuville,COM,,23,,23000,50,46.1,1.9,21000,95.5,\n"
    load(tmp_path, at, text)
    again = load(tmp_path, at, text)
    assert (again.created, again.updated, again.indicators) == (0, 0, 0)


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("2309,Guéret,COM,,23,,,,,,,,", "code", "code_malformed"),
        ("23096,,COM,,23,,,,,,,,", "nom", "missing"),
        ("23096,Guéret,COM,,77,,,,,,,,", "dep", "departement_unknown"),
        ("23096,Guéret", "", "cell_count"),
    ],
)
def test_import_territories_refuses_a_line_with_its_reason(
    territories, tmp_path, at, line, column, reason
):
    report = load(tmp_path, at, HEADER + line + "\n")
    remark = report.remarks[-1]
    assert report.refused == 1
    assert (remark.line, remark.column, remark.severity, remark.reason) == (
        2, column, "refused", reason,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ("23000,many,,,,", "population", "number_malformed"),
        ("23000,-3,,,,", "population", "number_malformed"),
        ("23000,,0,0,,", "lat", "coordinates_implausible"),
        ("23000,,north,1,,", "lat", "coordinates_implausible"),
        ("23000;2300,,,,,", "codes_postaux", "postcode_malformed"),
        ("23000,,,,NaN,", "filo_niveau_vie_median_2021", "number_malformed"),
    ],
)
def test_import_territories_drops_a_wrong_value_and_tells(
    territories, tmp_path, at, cells, column, reason
):
    report = load(tmp_path, at, HEADER + f"23500,Neuville,COM,,23,,{cells},\n")
    remark = report.remarks[-1]
    assert (report.created, remark.column, remark.severity, remark.reason) == (
        1, column, "dropped", reason,
    )  # fmt: skip


def test_import_territories_refuses_the_second_line_of_one_code(territories, tmp_path, at):
    line = "23500,Neuville,COM,,23,,,,,,,,\n"
    report = load(tmp_path, at, HEADER + line + line)
    assert (report.created, report.refused, report.remarks[-1].reason) == (1, 1, "code_twice")


def test_import_territories_refuses_a_file_without_its_columns(territories, tmp_path, at):
    with pytest.raises(TerritoryColumnsMissing) as refusal:
        load(tmp_path, at, "code,name\n1,2\n")
    assert refusal.value.parameters["columns"] == "nom, dep"


def test_import_territories_needs_the_departements(db, tmp_path, at):
    with pytest.raises(ReferenceNotLoaded):
        load(tmp_path, at, HEADER + "23096,Guéret,COM,,23,,,,,,,,\n")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ((HEADER + "23500,Évry,COM,,23,,,,,,,,\n").encode("latin-1"), TableNotUtf8),
        (HEADER + '23500,"Neuville,COM,,23,,,,,,,,\n', TableBroken),
    ],
)
def test_import_territories_refuses_a_broken_file_and_writes_nothing(
    territories, tmp_path, at, content, error
):
    before = Territory.objects.count()
    with pytest.raises(error):
        load(tmp_path, at, content)
    assert Territory.objects.count() == before


@pytest.mark.slow
def test_import_territories_reads_the_real_file(territories, shared, at):
    services.load_reference()
    report = services.import_territories(
        path=shared / "data/communes.csv.gz", at=at, actor="user:1"
    )
    assert (report.read, report.refused, report.created) == (35_014, 0, 0)
    assert report.indicators > 600_000
