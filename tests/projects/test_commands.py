"""Schemes imported and awards exported from a terminal."""

import json

import pytest
from django.core.management import CommandError, call_command

from filiere.projects.models import Scheme, SchemeImport
from tests.agenda.factories import OrganisationFactory
from tests.projects.factories import granted, project

pytestmark = pytest.mark.django_db
TITLES = "nom,lien,financeurs,beneficiaires,types_aide,aap_ami,recurrence,date_cloture\n"
GOOD = "Aide A,https://exemple.fr/a,Conseil départemental,Associations,Subvention,,Permanente,\n"


@pytest.fixture
def file(tmp_path):
    def file(content):
        path = tmp_path / "aides.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return file


def test_import_schemes_command_imports_once_and_says_who_publishes(file, capsys):
    for _time in range(2):
        call_command("import_schemes", file(TITLES + GOOD), source="Liste d’essai")
    assert Scheme.objects.get().source == "Liste d’essai"
    assert "0 dispositifs ajoutés, 0 modifiés, 1 déjà identiques" in capsys.readouterr().out


def test_import_schemes_command_writes_nothing_on_a_trial(file, capsys):
    call_command("import_schemes", file(TITLES + GOOD), dry_run=True)
    assert "1 dispositifs ajoutés" in capsys.readouterr().out
    assert not Scheme.objects.exists()
    assert not SchemeImport.objects.exists()


def test_import_schemes_command_fails_when_a_line_is_refused_but_keeps_the_rest(file, capsys):
    with pytest.raises(CommandError):
        call_command("import_schemes", file(TITLES + GOOD + ",,,,,,,\n"))
    assert Scheme.objects.count() == 1
    assert "no_name" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"a,b\n", "nom;é".encode("latin-1")])
def test_import_schemes_command_words_a_refusal_of_the_whole_file(file, content):
    with pytest.raises(CommandError, match="nom"):
        call_command("import_schemes", file(content))
    with pytest.raises(CommandError, match="absent"):
        call_command("import_schemes", "absent.csv")


def test_export_awards_command_writes_those_of_a_project_or_of_a_funder(tmp_path):
    funder = OrganisationFactory(siren="219400819")
    first = granted(project(), 600_000, funder_id=funder.pk)
    second = granted(project(), 250_050, funder_name="Fondation du fil", kind="foundation")
    granted(project(is_invented=True), 100_000)

    def written(**options):
        path = tmp_path / "a.json"
        call_command("export_awards", str(path), **options)
        found = json.loads(path.read_text("utf-8"))["grants"]
        return [(one["id"], one["amountAwarded"]) for one in found]

    assert written(project=first.project_id) == [(f"filiere-{first.pk}", 6000.0)]
    assert written(funder="219400819") == [(f"filiere-{first.pk}", 6000.0)]
    assert written(funder="fondation du FIL") == [(f"filiere-{second.pk}", 2500.5)]
    assert len(written()) == 2
    assert written(funder="Personne") == []


@pytest.mark.parametrize("options", [{"project": 999_999}, {"funder": "123456789"}])
def test_export_awards_command_says_what_is_unknown_and_writes_nothing(tmp_path, options):
    path = tmp_path / "a.json"
    with pytest.raises(CommandError):
        call_command("export_awards", str(path), **options)
    assert not path.exists()
