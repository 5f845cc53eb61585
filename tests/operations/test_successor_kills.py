"""Killed without warning while it writes or loads: nothing is half-way, and it goes on."""

import json
import re
import signal
import time

import pytest
from django.db import connections

from filiere.accounts.models import Organisation, User
from filiere.operations import database
from tests.operations.successor import Install, empty_install

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROWS = 400_000


@pytest.fixture(scope="module")
def install(django_db_setup, django_db_blocker, tmp_path_factory):
    """An operator with enough rows that a command can be killed in the middle of them."""
    with django_db_blocker.unblock(), database.scratch("former") as name:
        Organisation.objects.create(name="Le lieu", folded="le lieu")
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_auditentry (at, actor, action, subject, detail)"
                " SELECT now(), 'test', 'test.done', 'row:' || n, '{}'"
                f" FROM generate_series(1, {ROWS}) AS n"
            )
        yield Install(
            name=name, folder=tmp_path_factory.mktemp("former") / "home", has_own_keys=False
        )


def kill_when(process, ready):
    """Kill -9 as soon as something is true; fail if the process ended before."""
    until = time.monotonic() + 120
    while not ready():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


def test_export_operator_killed_then_run_again_is_whole_and_of_one_moment(install, tmp_path):
    folder = tmp_path / "export"
    draft = folder / "tables" / "kernel" / "kernel_auditentry.csv.gz.part"
    process = install.start(*install.exporting(folder))
    kill_when(process, lambda: draft.exists() and draft.stat().st_size > 0)
    assert not (folder / "keys.json").exists()
    refused = install.take_over(folder)
    assert refused.returncode == 1
    assert "keys.json" in refused.stderr

    User.objects.create_user("nouvelle@former.example", display_name="Nouvelle")
    before = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    assert before["accounts_organisation"]["rows"] == 1
    assert before["accounts_user"]["rows"] == 0
    done = install.export(folder)

    assert done.returncode == 0, done.stderr
    after = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tables"]
    assert after["accounts_organisation"]["sha256"] == before["accounts_organisation"]["sha256"]
    assert re.search(r"\d+ tables", done.stderr)
    assert after["accounts_user"]["rows"] == 1  # written anew: it changed meanwhile
    assert after["kernel_auditentry"]["rows"] > ROWS
    assert not (folder / "progress.json").exists()
    taken = install.export(folder)
    assert taken.returncode == 1
    assert str(folder) in taken.stderr


def test_import_operator_killed_leaves_the_installation_empty_and_loads_again(install, tmp_path):
    folder = tmp_path / "export"
    assert install.export(folder).returncode == 0
    with empty_install(tmp_path / "successor") as successor:
        process = successor.start(*successor.taking_over(folder))
        kill_when(process, lambda: asked(successor, LOADING) == [(True,)])
        until = time.monotonic() + 60
        while asked(successor, LOADING) == [(True,)]:  # the server notices that nobody is there
            assert time.monotonic() < until
            time.sleep(0.05)
        assert asked(successor, "SELECT count(*) FROM kernel_auditentry") == [(0,)]
        assert asked(successor, "SELECT count(*) FROM accounts_organisation") == [(0,)]
        assert asked(successor, ASLEEP) == [(0,)]

        done = successor.take_over(folder)

        assert done.returncode == 0, done.stderr
        ((rows,),) = asked(successor, "SELECT count(*) FROM kernel_auditentry")
        assert rows > ROWS


LOADING = """
    SELECT EXISTS (SELECT FROM pg_stat_progress_copy
                    WHERE datname = current_database() AND tuples_processed > 0)
"""
ASLEEP = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'"


def asked(install, query):
    """Ask a database one question as its owner."""
    here = database.use(install.name)
    try:
        with connections["owner"].cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        database.use(here)
