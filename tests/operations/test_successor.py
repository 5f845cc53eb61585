"""The operator vanished; another goes on. Commands and acts run in processes of their own."""

import datetime as dt
import json
import subprocess

import pytest
from django.db import connections

from filiere.operations import database, demo
from filiere.operations.loop import run as loop
from tests.operations.successor import (
    PASSPHRASE,
    Install,
    empty_install,
    former_world,
    hold_in_hand,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
STOPPED_AT = loop.OPENS_AT + dt.timedelta(days=14)
HEAD = "SELECT encode(hash, 'hex') FROM ledger_seal ORDER BY number DESC LIMIT 1"
GROUPS = "SELECT count(*) FROM ledger_postinggroup"
SEALED = "SELECT coalesce(sum(rows), 0) FROM ledger_seal"
SAME = (
    HEAD,
    "SELECT count(*), sum(amount) FROM ledger_transfer",
    "SELECT count(*), sum(remaining_cents) FROM vouchers_voucher",
    "SELECT count(*), max(id) FROM directory_place",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("successor")


@pytest.fixture(scope="module")
def former(django_db_setup, django_db_blocker, folder):
    """The former operator, stopped in the middle of a programme, and what people hold in hand."""
    with django_db_blocker.unblock(), database.scratch("former") as name:
        run = former_world()
        install = Install(name=name, folder=folder / "former", has_own_keys=False)
        install.held = hold_in_hand(run, at=STOPPED_AT)
        yield install


@pytest.fixture(scope="module")
def exported(former, folder):
    """Its export, and what the command said."""
    done = former.export(folder / "export")
    assert done.returncode == 0, done.stderr
    return folder / "export", done


@pytest.fixture(scope="module")
def successor(exported, folder):
    """A new installation, of other keys, that took the export over."""
    with empty_install(folder / "successor") as install:
        done = install.take_over(exported[0])
        assert done.returncode == 0, done.stderr
        install.report = done
        # Read before its people go on, whatever the order of the tests.
        install.found = {query: asked(install, query) for query in (*SAME, GROUPS, SEALED)}
        yield install


@pytest.fixture(scope="module")
def went_on(former, successor):
    """What the successor's people did with it."""
    done = subprocess.run(
        successor.start("tests.operations.successor_goes_on").args,
        cwd=".", env=successor.environment, input=json.dumps(former.held) + "\n",
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def owed(books):
    return sum(cents for _count, cents in books["payment_orders"].values())


def asked(install, query):
    """Ask a database one question as its owner."""
    here = database.use(install.name)
    try:
        with connections["owner"].cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        database.use(here)


def test_export_operator_is_closed_to_other_users(exported):
    folder, _done = exported
    modes = {path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")]}
    assert modes == {0}


def test_export_operator_holds_no_password_token_or_name_in_clear(exported, former):
    import gzip

    folder, _done = exported
    whole = b"".join(gzip.decompress(path.read_bytes()) for path in folder.rglob("*.csv.gz"))
    assert b"Odile Marchand" not in whole  # sealed
    assert b"md5$" not in whole  # hashes of passwords
    assert former.held["code"].encode() not in whole
    assert not list(folder.rglob("accounts_apitoken*"))
    assert b"odette@former.example" in whole
    assert PASSPHRASE.encode() not in (folder / "keys.json").read_bytes()


def test_export_operator_says_what_every_column_means(exported):
    import csv
    import gzip
    import io

    folder, _done = exported
    text = gzip.decompress((folder / "dictionary.csv.gz").read_bytes()).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    every = {
        (name, column.split()[0])
        for name, table in manifest_of(folder)["tables"].items()
        for column in table["columns"]
    }
    assert {(row["table"], row["column"]) for row in rows} == every
    assert [row for row in rows if not row["sense"]] == []
    (state,) = [r for r in rows if (r["table"], r["column"]) == ("vouchers_voucher", "state")]
    assert "handed_out=remis" in state["values"]


def test_export_operator_is_audited_on_both_sides(exported, former, successor):
    digest = exported[1].stdout.split()[-1]
    began, done = asked(
        former,
        "SELECT action, detail FROM kernel_auditentry WHERE subject = 'operator' ORDER BY id",
    )
    assert began[0] == "operations.operator_export_began"
    assert done[0] == "operations.operator_exported"
    assert digest in str(done[1])
    (*_kept, last) = asked(
        successor,
        "SELECT action, detail FROM kernel_auditentry WHERE subject = 'operator' ORDER BY id",
    )
    assert last[0] == "operations.operator_imported"
    assert digest in str(last[1])


def test_import_operator_proves_the_same_books(exported, former, successor):
    books, found = manifest_of(exported[0])["books"], successor.found
    # Another test's open transaction may hold back the seals of the whole server.
    assert found[HEAD] == ([(books["root"]["hash"],)] if books["root"] else [])
    assert found[SEALED][0][0] + books["unsealed"] == found[GROUPS][0][0] > 0
    assert owed(books) > 0
    for query in SAME:
        assert asked(former, query) == found[query]
    assert "invariants" in successor.report.stdout


def test_import_operator_leaves_the_application_its_rights_and_no_more(successor):
    rights = asked(
        successor,
        "SELECT has_table_privilege('filiere_app', 'ledger_transfer', 'INSERT'),"
        " has_table_privilege('filiere_app', 'ledger_transfer', 'SELECT'),"
        " has_table_privilege('filiere_app', 'persons_person', 'UPDATE')",
    )
    assert rights == [(False, True, True)]


def test_import_operator_puts_every_constraint_and_trigger_back(former, successor):
    constraints = (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
    )
    triggers = (
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger"
        " WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    for query in (constraints, triggers):
        assert asked(former, query) == asked(successor, query)


def test_import_operator_gives_new_rows_higher_numbers(former, successor):
    query = "SELECT sequencename, last_value FROM pg_sequences WHERE sequencename = '{}_id_seq'"
    for table in ("agenda_registration", "billing_charge"):
        ((_name, before),) = asked(former, query.format(table))
        asked_next = f"SELECT nextval('{table}_id_seq')"
        assert asked(successor, asked_next)[0][0] > before


def test_attack_75_outstanding_vouchers_still_redeem_with_the_same_code(went_on):
    assert went_on["code_is_the_same"] is True
    assert went_on["taken_cents"] > 0
    assert went_on["letter"] == "%PDF-"


def test_attack_75_printed_squares_and_devices_are_still_believed(went_on):
    assert went_on["square_is_the_same"] is True
    assert went_on["square_reads"] is True
    assert went_on["claim"]


def test_attack_75_a_batch_frozen_before_is_approved_and_paid(went_on, exported):
    assert went_on["batch"] == "paid"
    assert went_on["paid_cents"] == owed(manifest_of(exported[0])["books"])


def test_import_operator_keeps_names_and_no_password(went_on, former):
    assert went_on["name"] == "Odile Marchand"
    assert went_on["signed_in"] is False
    assert went_on["told"] == [[former.held["user"]]]
    assert went_on["tokens"] == 0
    assert went_on["key_mode"] == "0o600"


def test_import_operator_ends_the_role_of_the_former_operator(went_on):
    assert went_on["operators"] == ["ada@successor.example", "blaise@successor.example"]


def test_check_and_loop_pass_on_the_new_installation(went_on, successor):
    check = successor.run("config.command_line", "check")
    assert check.returncode == 0, check.stdout
    done = successor.run(
        "config.command_line", "loop", "--json", "--places", demo.PLACES, "--territory", 23,
        "--persons", 30, "--seed", 7, "--workers", 1, "--folder", successor.folder / "bank",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True


def test_import_operator_refuses_an_installation_that_is_not_empty(exported, successor):
    before = asked(successor, "SELECT count(*) FROM kernel_auditentry")
    done = successor.take_over(exported[0])
    assert done.returncode == 1
    assert "accounts_organisation" in done.stderr
    assert "Traceback" not in done.stderr
    assert asked(successor, "SELECT count(*) FROM kernel_auditentry") == before
