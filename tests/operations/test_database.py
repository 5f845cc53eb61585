"""Scratch databases: dropped at the end, after a kill, and never under someone's feet."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from filiere.operations import database
from filiere.operations.errors import SchemaNotReady

PROJECT = Path(__file__).resolve().parents[2]
MAKER = """
import sys
import django
django.setup()
from filiere.operations import database
database.prepare = lambda: None
with database.scratch("abandoned") as name:
    print(name, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def _open(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def names():
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def maker():
    process = subprocess.Popen(
        [sys.executable, "-c", MAKER],
        cwd=PROJECT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate(timeout=30)


@pytest.mark.usefixtures("_open")
def test_drop_abandoned_waits_until_the_maker_was_killed(maker):
    name = maker.stdout.readline().strip()
    assert name.startswith("abandoned_")

    assert name not in database.drop_abandoned()
    assert name in names()

    os.kill(maker.pid, signal.SIGKILL)
    maker.wait(timeout=30)
    for _ in range(100):  # the server notices within a moment that nobody is there
        if name in database.drop_abandoned():
            break
    assert name not in names()


@pytest.mark.usefixtures("_open")
def test_drop_abandoned_leaves_a_database_whose_maker_lives_though_nobody_is_connected():
    with connections["owner"].cursor() as cursor:
        cursor.execute('CREATE DATABASE "abandoned_not"')
        try:
            maker = '{"host": "%s", "pid": %s}'
            here = maker % (os.uname().nodename, os.getpid())
            for said in (here, maker % ("another-machine", 1)):
                cursor.execute(
                    'COMMENT ON DATABASE "abandoned_not" IS %s', [database.SCRATCH + said]
                )
                assert "abandoned_not" not in database.drop_abandoned()
        finally:
            cursor.execute('DROP DATABASE "abandoned_not"')


@pytest.mark.django_db(databases=["default", "owner"])
def test_require_prepared_accepts_this_database():
    database.require_prepared()


@pytest.fixture
def _empty(_open):
    """A database without any table."""
    with connections["owner"].cursor() as cursor:
        cursor.execute('CREATE DATABASE "unmigrated_test"')
    former = database.use("unmigrated_test")
    yield
    database.use(former)
    with connections["owner"].cursor() as cursor:
        cursor.execute('DROP DATABASE "unmigrated_test" WITH (FORCE)')


@pytest.mark.usefixtures("_empty")
@pytest.mark.parametrize(
    "command",
    [
        ["verify"],
        ["import_places", "absent.csv"],
        ["import_territories"],
        ["export_places", "-"],
        ["api_token", "nobody@example.org", "--name", "x"],
    ],
    ids=lambda command: command[0],
)
def test_command_says_that_the_tables_are_missing(command, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command(*command)

    assert ended.value.code == 2
    said = capsys.readouterr()
    assert "unmigrated_test" in said.err
    assert "filiere migrate" in said.err
    assert said.out == ""


@pytest.mark.usefixtures("_empty")
def test_require_prepared_names_the_database():
    with pytest.raises(SchemaNotReady, match="unmigrated_test"):
        database.require_prepared()
