"""What an import refuses, though the passphrase is right: each time the installation stays empty."""

import csv
import gzip
import io
import json

import pytest
from django.db import connections

from filiere.accounts.models import Membership, Organisation, OrganisationKind, Role, User
from filiere.cli import passphrase
from filiere.kernel import checks
from filiere.ledger import services as ledger
from filiere.operations import database
from filiere.operations.errors import (
    BooksDiffer,
    ExportNotLoadable,
    ExportOfAnotherVersion,
    ImportNotTrue,
    InstallInUse,
    InstallNotEmpty,
    KeyFromEnvironment,
)
from filiere.operations.succession import files, keys
from filiere.operations.succession.exporting import export_operator
from filiere.operations.succession.importing import import_operator

PASSPHRASE = "orange bicyclette lundi"

pytestmark = pytest.mark.timeout(300)


def silent(name, done, total):
    """Show no progress."""


@pytest.fixture(scope="module")
def exported(django_db_setup, django_db_blocker, tmp_path_factory):
    """A very small operator: one organisation, one person of its, one euro in its books."""
    from tests.conftest import AT

    folder = tmp_path_factory.mktemp("former") / "export"
    with django_db_blocker.unblock(), database.scratch("former"):
        post(AT)
        place = Organisation.objects.create(
            name="L’ancien", folded="l'ancien", kind=OrganisationKind.OPERATOR
        )
        user = User.objects.create_user("odette@former.example", "un mot de passe")
        Membership.objects.create(user=user, organisation=place, role=Role.OPERATOR)
        export_operator(folder=folder, passphrase=PASSPHRASE, at=AT, actor="test", progress=silent)
    return folder


@pytest.fixture(scope="module")
def installation(exported, django_db_blocker):
    """An empty installation, joined by this process."""
    with django_db_blocker.unblock(), database.scratch("successor") as name:
        yield name


@pytest.fixture
def bring(installation, django_db_blocker, tmp_path, settings, at):
    """Import a folder here; afterwards the installation must be as empty as before."""
    settings.STATE = tmp_path / "state"
    settings.MEDIA_ROOT = tmp_path / "state" / "files"

    def run(folder):
        return import_operator(
            folder=folder, passphrase=PASSPHRASE, operators=["ada@successor.example"],
            organisation="Le Successeur", at=at, actor="test", progress=silent,
        )  # fmt: skip

    with django_db_blocker.unblock():
        yield run
        assert rows("accounts_organisation") == rows("kernel_auditentry") == 0
        assert rows("ledger_accountunit") == 3
    assert not (tmp_path / "state" / "secrets").exists()


def rows(table):
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


@pytest.fixture
def altered(exported, tmp_path):
    """Copy the export, change it as somebody who has the passphrase could, and seal it again."""

    def build(*, table="", change=None, manifest=None, name=""):
        folder = tmp_path / "altered"
        for source in files.below(exported):
            files.write(folder / source, files.pieces(exported / source), compressed=False)
        said = json.loads((folder / files.MANIFEST).read_text(encoding="utf-8"))
        path = said["tables"][table]["path"] if table else name
        if change:
            text = change(gzip.decompress((folder / path).read_bytes()).decode())
            one = files.write(folder / path, [text.encode()])
            entry = said["tables"][table] if table else said["files"][name]
            entry |= {"bytes": one.bytes, "sha256": one.sha256}
        if manifest:
            manifest(said)
        digest = files.write_json(folder / files.MANIFEST, said).sha256
        files.write_json(
            folder / files.KEYS, keys.seal(passphrase=PASSPHRASE, manifest_sha256=digest)
        )
        return folder

    return build


def cell(column, value):
    """A change of one column of every row."""

    def change(text):
        lines = list(csv.DictReader(io.StringIO(text)))
        out = io.StringIO()
        writer = csv.DictWriter(out, lines[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(line | {column: value} for line in lines)
        return out.getvalue()

    return change


def test_import_operator_refuses_a_row_that_points_to_nothing(bring, altered):
    folder = altered(table="accounts_membership", change=cell("user_id", "999"))
    with pytest.raises(ExportNotLoadable, match="accounts_membership"):
        bring(folder)


def test_import_operator_refuses_a_value_no_constraint_allows(bring, altered):
    folder = altered(table="accounts_membership", change=cell("role", "king"))
    with pytest.raises(ExportNotLoadable, match="membership_role_known"):
        bring(folder)


def test_import_operator_refuses_another_amount_in_the_journal(bring, altered):
    folder = altered(table="ledger_transfer", change=cell("amount", "2"))
    with pytest.raises(BooksDiffer, match="journal"):
        bring(folder)


def test_import_operator_names_the_account_whose_balance_differs(bring, altered):
    folder = altered(
        name=files.BALANCES,
        change=lambda text: text.replace("essai:1,EUR,essai,100", "essai:1,EUR,essai,99"),
    )
    with pytest.raises(BooksDiffer, match="essai:1"):
        bring(folder)


def test_import_operator_refuses_missing_rows(bring, altered):
    folder = altered(manifest=lambda said: said["tables"]["accounts_user"].update(rows=2))
    with pytest.raises(BooksDiffer, match="accounts_user: 1 / 2"):
        bring(folder)


def test_import_operator_refuses_what_an_invariant_says_is_false(bring, exported, monkeypatch):
    false = checks.Invariant("test.never", "Never.", "SELECT 1, 'found'")
    monkeypatch.setitem(checks.registry, false.name, false)
    with pytest.raises(ImportNotTrue, match=r"test\.never"):
        bring(exported)


def test_import_operator_refuses_another_version(bring, altered):
    folder = altered(manifest=lambda said: said["migrations"].append("billing.9999_later"))
    with pytest.raises(ExportOfAnotherVersion, match=r"billing\.9999_later"):
        bring(folder)
    folder = altered(
        manifest=lambda said: said["tables"]["accounts_user"]["columns"].append("more text")
    )
    with pytest.raises(ExportOfAnotherVersion, match="accounts_user"):
        bring(folder)


def test_import_operator_refuses_while_a_program_uses_the_database(bring, exported):
    other = connections["default"].copy()
    other.ensure_connection()
    try:
        with pytest.raises(InstallInUse):
            bring(exported)
    finally:
        other.close()


def test_import_operator_refuses_keys_that_the_environment_overrules(bring, exported, monkeypatch):
    monkeypatch.setenv("FILIERE_IDENTITY_KEY", "another")
    with pytest.raises(KeyFromEnvironment, match="FILIERE_IDENTITY_KEY"):
        bring(exported)


def test_import_operator_refuses_a_database_with_one_row(bring, exported):
    with connections["owner"].cursor() as cursor:
        cursor.execute("INSERT INTO accounts_organisation (name, folded, kind, is_invented)"
                       " VALUES ('x', 'x', 'unknown', false)")  # fmt: skip
        try:
            with pytest.raises(InstallNotEmpty, match="accounts_organisation"):
                bring(exported)
        finally:
            cursor.execute("DELETE FROM accounts_organisation")


def post(at):
    """One euro from one account to another, and its seal."""
    ledger.post(
        key="essai", kind="essai", occurred_at=at, at=at, actor="test",
        entries=[ledger.Entry("essai:2", "essai:1", 100)],
    )  # fmt: skip


# --- the passphrase on the command line -----------------------------------------------------------


def test_read_takes_the_first_line_of_a_private_file(tmp_path):
    file = tmp_path / "passphrase"
    file.write_text("une phrase\nune autre\n", encoding="utf-8")
    file.chmod(0o600)
    assert passphrase.read(file, twice=True) == "une phrase"


def test_read_refuses_a_file_that_others_may_read(tmp_path):
    file = tmp_path / "passphrase"
    file.write_text("une phrase\n", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(SystemExit, match="600"):
        passphrase.read(file, twice=True)


def test_read_refuses_when_nobody_can_type(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("piped\n"))
    with pytest.raises(SystemExit, match="--passphrase-file"):
        passphrase.read(None, twice=True)
