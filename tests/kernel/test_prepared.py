import pytest
from django.db import DataError, connection, transaction
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
