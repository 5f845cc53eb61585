import pytest
from django.db import DataError, OperationalError, connection, transaction
from psycopg.types.numeric import Int8

from filiere.kernel.prepared import fetch_prepared

pytestmark = pytest.mark.django_db


def test_fetch_prepared_gives_the_row_and_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert fetch_prepared("SELECT %s + %s, %s::text", [Int8(2), Int8(3), "é"]) == (5, "é")


def test_fetch_prepared_keeps_one_statement_whatever_the_size_of_numbers():
    with connection.cursor() as cursor:
        for value in (1, 70_000, 5_000_000_000):
            fetch_prepared("SELECT %s + 0", [Int8(value)])
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1 + 0'"
        )
        assert cursor.fetchone() == (1,)


def test_fetch_prepared_refuses_as_django_does():
    with pytest.raises(DataError), transaction.atomic():
        fetch_prepared("SELECT 1 / %s", [Int8(0)])


def test_fetch_prepared_of_no_row_is_an_error():
    with pytest.raises(LookupError):
        fetch_prepared("SELECT 1 WHERE %s = 0", [Int8(1)])


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
class TestOutsideATransaction:
    """Where the counter calls it: straight through the C library."""

    def test_gives_the_row_as_a_cursor_does(self):
        asked = "SELECT %s, %s::text[], now()::date, NULL, %s::bigint"
        straight = fetch_prepared(asked, [Int8(7), ["é", None], None])
        with transaction.atomic():
            assert fetch_prepared(asked, [Int8(7), ["é", None], None]) == straight
        assert straight[:2] == (7, ["é", None])

    def test_keeps_one_statement_and_says_when_no_row_comes(self):
        for value in (1, 70_000, 5_000_000_000):
            assert fetch_prepared("SELECT %s + 1", [Int8(value)]) == (value + 1,)
        with pytest.raises(LookupError):
            fetch_prepared("SELECT 1 WHERE %s = 0", [Int8(1)])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1 + 1'"
            )
            assert cursor.fetchone() == (1,)

    def test_refuses_as_django_does_and_goes_on(self):
        with pytest.raises(DataError):
            fetch_prepared("SELECT 1 / %s", [Int8(0)])
        assert fetch_prepared("SELECT 1 / %s", [Int8(1)]) == (1,)

    def test_says_that_the_server_left_and_opens_another_connection(self):
        (ours,) = fetch_prepared("SELECT pg_backend_pid()", [])
        try:
            with pytest.raises(OperationalError):
                fetch_prepared("SELECT pg_terminate_backend(%s::int), pg_sleep(5)", [Int8(ours)])
            with pytest.raises(OperationalError):
                fetch_prepared("SELECT 1", [])
        finally:
            connection.close()
        assert fetch_prepared("SELECT pg_backend_pid()", []) != (ours,)
