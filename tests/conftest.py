"""Guards every test lives under, and a database with the same two logins as production."""

import datetime
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models import DateField, DateTimeField, QuerySet
from django.test import TransactionTestCase
from django.utils import translation

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
AT = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.UTC)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Slow tests begin: left to the end, one process would run them while the other waits."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def at() -> datetime.datetime:
    """The moment most tests happen at: a Tuesday morning of November 2026."""
    return AT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; tests that need it say so when it is absent."""
    if not SHARED.exists():
        pytest.skip("the folder ../shared with real data is not on this machine")
    return SHARED


# --- the database -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Create the test database as its owner; tests then run with the application's login."""
    from filiere.operations.database import scratch

    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock():
        context = scratch(f"test_{worker}")
        _wait_for_no_lock_for_ever(context.__enter__())
    yield
    with django_db_blocker.unblock():
        context.__exit__(None, None, None)


def _wait_for_no_lock_for_ever(name: str) -> None:
    """A connection left open by a test makes the next one fail, not hang."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER DATABASE \"{name}\" SET lock_timeout = '60s'")
    for connection in connections.all():
        connection.close()


def _flush_as_owner(self: TransactionTestCase) -> None:
    """The application may not truncate, and append-only tables refuse even their owner."""
    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and model._meta.app_label not in {"contenttypes", "procrastinate"}
        and model._meta.label != "ledger.AccountUnit"  # a migration fills it
    ]
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        cursor.execute("TRUNCATE {} RESTART IDENTITY CASCADE".format(", ".join(tables)))
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


TransactionTestCase._fixture_teardown = _flush_as_owner  # type: ignore[method-assign]


# --- guards -----------------------------------------------------------------------------------


class UnknownVariable(str):
    """Any ``{{ name }}`` a template does not know fails the test that rendered it."""

    __slots__ = ()

    def __contains__(self, key: object) -> bool:
        return key == "%s" or super().__contains__(key)  # type: ignore[operator]

    def __mod__(self, missing: object) -> str:
        raise AssertionError(f"unknown template variable: {missing}")


@pytest.fixture(autouse=True, scope="session")
def _strict_templates() -> None:
    for engine in settings.TEMPLATES:
        engine["OPTIONS"]["string_if_invalid"] = UnknownVariable("%s")
        engine["OPTIONS"]["debug"] = True


@pytest.fixture(autouse=True, scope="session")
def _light_settings() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # else WhiteNoise warns
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


@pytest.fixture(autouse=True)
def _unordered_is_shuffled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queryset that does not say its order comes out in any order."""
    fetch_all = QuerySet._fetch_all

    def shuffled(self: QuerySet[Any]) -> None:
        fresh = self._result_cache is None  # type: ignore[has-type]
        fetch_all(self)
        if fresh and not self.ordered:
            random.shuffle(self._result_cache)

    monkeypatch.setattr(QuerySet, "_fetch_all", shuffled)


@pytest.fixture(autouse=True)
def _strict_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment stored in a date column loses its time zone silently: refuse it."""
    get_prep_value = DateField.get_prep_value

    def strict(self: DateField, value: Any) -> Any:
        if not isinstance(self, DateTimeField):
            assert not isinstance(value, datetime.datetime), f"{self}: a moment in a date column"
        return get_prep_value(self, value)

    monkeypatch.setattr(DateField, "get_prep_value", strict)


@pytest.fixture(autouse=True)
def _no_language_is_left_behind() -> Iterator[None]:
    """A page asked in English must not make the next test speak English."""
    yield
    translation.deactivate()
