import pytest
from django.core.management import CommandError, call_command

from filiere.directory.models import ImportRun, Place
from filiere.territories.models import Territory
from tests.directory.conftest import as_csv

HEADER = "code,nom,dep,population\n"


@pytest.fixture
def file(tmp_path):
    def file(content, name="lieux.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return file


def test_import_places_command_reports_then_undoes(territories, file, capsys):
    call_command("import_places", file(as_csv({}, {"id": "2"})))
    run = ImportRun.objects.get()
    assert run.created == 2
    assert f"{run.pk}" in capsys.readouterr().out

    call_command("import_places", undo=run.pk)
    assert not Place.objects.exists()


def test_import_places_command_fails_when_a_line_is_refused_but_keeps_the_rest(
    territories, file, capsys
):
    with pytest.raises(CommandError):
        call_command("import_places", file(as_csv({}, {"id": "2", "nom": ""})))
    assert Place.objects.count() == 1
    assert "missing" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["absent.csv"], ["--undo", "9"]])
def test_import_places_command_says_what_is_wrong(db, arguments):
    with pytest.raises(CommandError):
        call_command("import_places", *arguments)


def test_import_places_command_words_a_refusal_of_the_whole_file(territories, file):
    with pytest.raises(CommandError, match="lieux"):
        call_command("import_places", file("nom\né".encode("latin-1")))


def test_import_territories_command_reads_a_file(territories, file, capsys):
    path = file((HEADER + "23500,Neuville,23,50\n").encode(), "communes.csv")
    call_command("import_territories", path)
    assert Territory.objects.get(code="23500").population == 50

    path = file((HEADER + "x,Neuville,23,50\n").encode(), "communes.csv")
    with pytest.raises(CommandError):
        call_command("import_territories", path)
    assert "code_malformed" in capsys.readouterr().out


def test_export_places_command_writes_the_national_file(territories, file, tmp_path, capsys):
    call_command("import_places", file(as_csv({})))
    out = tmp_path / "out.csv"

    call_command("export_places", str(out))
    assert len(out.read_text().splitlines()) == 1
    call_command("export_places", str(out), imported=True, territory="departement:23")
    assert len(out.read_text().splitlines()) == 2
    with pytest.raises(CommandError):
        call_command("export_places", "-", territory="departement:99")
