"""A connection kept from the request before: alive, it costs nothing; dead, it is not used."""

import pytest
from django.db import connection, connections

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def server_process() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def last_asked(process: int) -> object:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT query_start FROM pg_stat_activity WHERE pid = %s", [process])
        return cursor.fetchone()[0]


def test_is_usable_asks_a_quiet_server_nothing():
    process = server_process()
    before = last_asked(process)
    assert connection.is_usable()
    assert last_asked(process) == before


def test_is_usable_sees_that_the_server_ended_the_connection():
    ended = server_process()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    assert not connection.is_usable()
    connection.close()
    assert server_process() != ended


def test_is_usable_is_false_of_a_closed_connection():
    server_process()
    connection.connection.close()
    assert not connection.is_usable()
    connection.close()
