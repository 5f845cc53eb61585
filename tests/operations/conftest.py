"""A small economy, walked once through the loop in a database of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from filiere.directory import services as directory
from filiere.operations import database, demo
from filiere.operations.loop import run as loop
from filiere.operations.loop import world
from filiere.operations.loop.state import Run
from filiere.territories import services as territories

PERSONS, SEED = 60, 7


def silent(name: str, done: int, total: int) -> None:
    """Show no progress."""


@pytest.fixture(scope="module")
def walked(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    """Sixty persons in the Creuse: paid, followed up, all twelve links walked."""
    with django_db_blocker.unblock(), database.scratch("world"):
        territories.load_reference(progress=lambda done, total: None)
        directory.import_places(
            path=demo.PLACES,
            source_name="test",
            at=loop.OPENS_AT - world.dt.timedelta(days=30),
            actor="test",
        )
        built = world.build(
            territory=world.choose_territory("23"),
            persons=PERSONS,
            opens_at=loop.OPENS_AT,
            seed=SEED,
            progress=silent,
        )
        run = Run(world=built, persons=PERSONS, seed=SEED, say=silent)
        loop.open_doors(run)
        loop.close_books(run, folder=Path(tmp_path_factory.mktemp("bank")))
        yield run


@pytest.fixture
def tampered(
    walked: Run, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Run SQL as the owner, guards put to sleep; everything is undone after the test."""
    owner = connections["owner"]

    def execute(sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with owner.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchall() if cursor.description else []

    with django_db_blocker.unblock(), transaction.atomic(using="owner"):
        monkeypatch.setattr("filiere.kernel.checks.connection", owner)
        yield execute
        transaction.set_rollback(True, using="owner")
