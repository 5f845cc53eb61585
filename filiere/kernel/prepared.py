"""One statement, prepared on the server: a call made all day is parsed and planned once."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import psycopg
from django.db import connection


def fetch_prepared(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
    """Run a statement that gives one row, and give that row.

    One round trip, in the transaction that is open, or in its own when none is. The server keeps
    the statement prepared for as long as the connection lives, once for each list of the types of
    its parameters: give whole numbers as ``psycopg.types.numeric.Int8``, whose type does not follow
    their size.

    Args:
        sql: one statement, with ``%s`` in place of each parameter.

    Raises:
        django.db.Error: what the database refused, as from any Django cursor.
        LookupError: it gave no row.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        # As Django does, for whoever counts statements.
        told: Any = cursor
        wrapper = connection.make_debug_cursor(told) if connection.queries_logged else None
        with wrapper.debug_sql(sql, parameters) if wrapper else nullcontext():
            row: tuple[Any, ...] | None = told.execute(sql, parameters, prepare=True).fetchone()
    if row is None:
        raise LookupError(sql)
    return row
