"""What the export is made of: every table has a place, every file a digest, the keys a passphrase."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from filiere.kernel.models import AuditEntry
from filiere.operations.errors import (
    ExportAltered,
    ExportBusy,
    ExportFolderOpen,
    ExportFolderTaken,
    ExportIncomplete,
    ExportTooOften,
    KeyFromEnvironment,
    KeysNotOpened,
    PassphraseTooShort,
    TableWithoutPlace,
)
from filiere.operations.succession import exporting, files, keys, reading
from filiere.operations.succession import tables as places

PASSPHRASE = "orange bicyclette lundi"
ROOT = Path(__file__).resolve().parents[2]


def silent(name, done, total):
    """Show no progress."""


@pytest.fixture
def cursor(db):
    with connections["default"].cursor() as cursor:
        yield cursor


# --- tables ---------------------------------------------------------------------------------------


def test_tables_gives_every_table_of_the_database_a_place(cursor):
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND NOT relispartition"
    )
    stored = {name for (name,) in cursor.fetchall()}
    leaving = [table.name for table in places.tables(cursor)]
    assert len(leaving) == len(set(leaving))
    assert stored - set(leaving) == {name for name in stored if places.is_excluded(name)}
    assert set(places.EXCLUDED) <= stored  # no reason for a table that is gone


def test_tables_refuses_a_table_without_a_place(cursor, monkeypatch):
    monkeypatch.delitem(places.EXCLUDED, "django_session", raising=True)
    known = places.models()
    monkeypatch.setattr(
        places, "models", lambda: {k: v for k, v in known.items() if k != "django_session"}
    )
    with pytest.raises(TableWithoutPlace, match="django_session"):
        places.tables(cursor)


def test_tables_come_after_those_they_point_to(cursor):
    order = [table.name for table in places.tables(cursor)]
    for before, after in (
        ("accounts_organisation", "directory_place"),
        ("vouchers_lot", "vouchers_voucher"),
        ("ledger_seal", "ledger_postinggroup"),
    ):
        assert order.index(before) < order.index(after)


def test_replaced_columns_exist(cursor):
    stored = {(one.name, column.name) for one in places.tables(cursor) for column in one.columns}
    assert set(places.REPLACED) <= stored


def test_the_reference_names_every_table_that_stays_and_every_column_replaced():
    text = (ROOT / "docs/reference/operator-export.md").read_text(encoding="utf-8")
    said = set(re.findall(r"`([a-z_.]+)`", text))
    assert set(places.EXCLUDED) - said == set()
    assert {f"{table}.{column}" for table, column in places.REPLACED} - said == set()


# --- keys -----------------------------------------------------------------------------------------


def test_every_secret_of_the_settings_leaves_or_is_kept_back():
    text = (ROOT / "config/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"secret\.(?:read|kept)\(\"(\w+)\"", text))
    assert read == set(keys.SECRETS) | (set(keys.KEPT_BACK) - {"FILIERE_DATABASE_KEY"})


def test_unseal_gives_the_keys_back_to_the_passphrase_only():
    sealed = keys.seal(passphrase=PASSPHRASE, manifest_sha256="ab" * 32)
    held, digest = keys.unseal(sealed, passphrase=PASSPHRASE)
    assert digest == "ab" * 32
    assert held["FILIERE_VOUCHER_PEPPER"] == settings.VOUCHER_PEPPER
    assert held["FILIERE_VOUCHER_ISSUE_KEY"] == settings.VOUCHER_ISSUE_KEY
    assert settings.IDENTITY_KEY not in json.dumps(sealed)
    with pytest.raises(KeysNotOpened):
        keys.unseal(sealed, passphrase=PASSPHRASE + " ")
    for altered in (
        sealed | {"sealed": sealed["sealed"][:-4] + "AAA="},
        sealed | {"kdf": sealed["kdf"] | {"n": 2**30}},
        {},
        [],
    ):
        with pytest.raises(KeysNotOpened):
            keys.unseal(altered, passphrase=PASSPHRASE)


def test_require_passphrase_refuses_a_short_one():
    with pytest.raises(PassphraseTooShort, match="12"):
        keys.require_passphrase("onze lettre")
    keys.require_passphrase("douze signes")


def test_require_installable_refuses_keys_the_environment_overrules(monkeypatch):
    held = dict.fromkeys(keys.SECRETS, "x" * 64)
    for name in keys.SECRETS:
        monkeypatch.delenv(name, raising=False)
    keys.require_installable(held)
    monkeypatch.setenv("FILIERE_IDENTITY_KEY", "x" * 64)
    keys.require_installable(held)
    monkeypatch.setenv("FILIERE_VOUCHER_PEPPER", "another")
    with pytest.raises(KeyFromEnvironment, match="FILIERE_VOUCHER_PEPPER"):
        keys.require_installable(held)


def test_install_writes_private_files_and_forgets_a_former_key(tmp_path, settings):
    settings.STATE = tmp_path / "state"
    held = dict.fromkeys(keys.SECRETS, "x" * 64)
    keys.install(held)
    written = sorted((tmp_path / "state" / "secrets").iterdir())
    assert [path.name for path in written] == sorted(name.lower() for name in keys.SECRETS)
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}
    keys.install(held | {"FILIERE_VOUCHER_FORMER_ISSUE_KEY": ""})
    assert len(list((tmp_path / "state" / "secrets").iterdir())) == len(written) - 1


def test_write_for_environment_gives_one_variable_a_line(tmp_path):
    keys.write_for_environment(tmp_path / "keys", dict.fromkeys(keys.NEEDED, "value"))
    assert (tmp_path / "keys").read_text(encoding="ascii").splitlines() == sorted(
        f"{name}=value" for name in keys.NEEDED
    )


# --- files ----------------------------------------------------------------------------------------


def test_write_is_read_back_whatever_the_size_of_its_pieces(tmp_path):
    content = os.urandom(3_000_000)
    pieces = [content[n : n + 70_001] for n in range(0, len(content), 70_001)]
    written = files.write(tmp_path / "a" / "b.csv.gz", pieces)
    assert b"".join(files.unpacked(tmp_path / "a" / "b.csv.gz")) == content
    assert gzip.decompress((tmp_path / "a" / "b.csv.gz").read_bytes()) == content
    assert files.digest_of(tmp_path / "a" / "b.csv.gz") == written
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


def test_write_leaves_the_former_file_when_its_content_fails(tmp_path):
    files.write(tmp_path / "x", [b"before"], compressed=False)

    def broken():
        yield b"half"
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        files.write(tmp_path / "x", broken(), compressed=False)
    assert (tmp_path / "x").read_bytes() == b"before"


def test_unpacked_refuses_a_file_cut_short(tmp_path):
    files.write(tmp_path / "x.gz", [b"some text" * 1000])
    whole = (tmp_path / "x.gz").read_bytes()
    (tmp_path / "x.gz").write_bytes(whole[:-9])
    with pytest.raises(ExportAltered, match=r"x\.gz"):
        list(files.unpacked(tmp_path / "x.gz"))


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "tables/../../x", "link"])
def test_opened_never_leaves_the_folder(tmp_path, name):
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises((ExportAltered, ExportIncomplete)):
        files.opened(tmp_path, name)


def test_private_folder_refuses_one_that_others_may_enter(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    with pytest.raises(ExportFolderOpen), files.private_folder(tmp_path / "open"):
        pass


def test_private_folder_is_for_one_process(tmp_path):
    once, again = files.private_folder(tmp_path / "x"), files.private_folder(tmp_path / "x")
    with once, pytest.raises(ExportBusy), again:
        pass


# --- refusals of an export and of a folder --------------------------------------------------------


def export(folder, at, passphrase=PASSPHRASE):
    return exporting.export_operator(
        folder=folder, passphrase=passphrase, at=at, actor="test", progress=silent
    )


def test_export_operator_refuses_a_folder_with_other_files(tmp_path, at):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ExportFolderTaken):
        export(tmp_path, at)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.django_db
def test_export_operator_refuses_the_seventh_run_of_a_day(tmp_path, at):
    tmp_path.chmod(0o700)
    for number in range(exporting.TIMES):
        AuditEntry.objects.create(
            at=at - number * exporting.WITHIN / 10, actor="x", action=exporting.BEGAN, subject="o"
        )
    with pytest.raises(ExportTooOften, match=r"\b6\b"):
        export(tmp_path, at)
    with pytest.raises(PassphraseTooShort):
        export(tmp_path, at, passphrase="court")


@pytest.fixture
def written(tmp_path):
    """A folder like those exported, small: one table, one proof, one document, keys."""
    content = {
        "tables/kernel/kernel_auditentry.csv.gz": b"id,at\n1,2026\n",
        files.BALANCES: b"code,unit\n",
        "documents/factures/F-1.pdf": b"%PDF-1.7",
    }
    said = {}
    for name, text in content.items():
        one = files.write(tmp_path / name, [text], compressed=name.endswith(".gz"))
        said[name] = {"bytes": one.bytes, "sha256": one.sha256}
    table, balances, document = content
    manifest = {
        "tables": {"kernel_auditentry": said[table] | {"path": table}},
        "files": {balances: said[balances]},
        "documents": {document: said[document]},
    }
    digest = files.write_json(tmp_path / files.MANIFEST, manifest).sha256
    files.write_json(
        tmp_path / files.KEYS, keys.seal(passphrase=PASSPHRASE, manifest_sha256=digest)
    )
    return tmp_path


def test_require_whole_accepts_what_was_written(written):
    manifest, held, digest = reading.require_whole(written, passphrase=PASSPHRASE, say=silent)
    assert len(digest) == 64
    assert held["FILIERE_IDENTITY_KEY"] == settings.IDENTITY_KEY
    assert "kernel_auditentry" in manifest["tables"]


@pytest.mark.parametrize(
    "name",
    [
        "tables/kernel/kernel_auditentry.csv.gz", files.BALANCES, "documents/factures/F-1.pdf",
        files.MANIFEST,
    ],
)  # fmt: skip
def test_require_whole_names_the_file_of_which_one_byte_changed(written, name):
    raw = bytearray((written / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (written / name).write_bytes(raw)
    with pytest.raises(ExportAltered, match=re.escape(name)):
        reading.require_whole(written, passphrase=PASSPHRASE, say=silent)


@pytest.mark.parametrize("name", [files.KEYS, files.MANIFEST, "documents/factures/F-1.pdf"])
def test_require_whole_names_the_file_that_is_missing(written, name):
    (written / name).unlink()
    with pytest.raises(ExportIncomplete, match=re.escape(name)):
        reading.require_whole(written, passphrase=PASSPHRASE, say=silent)


def test_require_whole_refuses_a_manifest_made_to_fit_altered_files(written):
    path = written / "documents/factures/F-1.pdf"
    path.write_bytes(b"%PDF-1.6")
    manifest = json.loads((written / files.MANIFEST).read_text())
    manifest["documents"]["documents/factures/F-1.pdf"]["sha256"] = files.digest_of(path).sha256
    files.write_json(written / files.MANIFEST, manifest)
    with pytest.raises(ExportAltered, match=r"manifest\.json"):
        reading.require_whole(written, passphrase=PASSPHRASE, say=silent)
