"""One statement, prepared on the server: a call made all day is parsed and planned once."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from psycopg import errors, pq
from psycopg.adapt import PyFormat, Transformer

# Names of the statements each open connection keeps, by text and types of the parameters.
_kept: WeakKeyDictionary[Any, dict[tuple[str, tuple[int, ...]], bytes]] = WeakKeyDictionary()


def fetch_prepared(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
    """Run a statement that gives one row, and give that row.

    One round trip, in the transaction that is open, or in its own when none is. The server keeps
    the statement prepared for as long as the connection lives, once for each list of the types of
    its parameters: give whole numbers as ``psycopg.types.numeric.Int8``, whose type does not follow
    their size.

    Args:
        sql: one statement, with ``%s`` in place of each parameter, and no other ``%``.

    Raises:
        django.db.Error: what the database refused, as from any Django cursor.
        LookupError: it gave no row.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        # A cursor begins the transaction that is due, and counts statements where they are counted.
        if connection.queries_logged or not connection.connection.autocommit:
            row = _by_cursor(sql, parameters)
        else:
            row = _at_once(connection.connection, sql, parameters)
    if row is None:
        raise LookupError(sql)
    return row


def _by_cursor(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    told: Any = psycopg.Cursor(connection.connection)  # as Django's own, for whoever counts
    with told, connection.make_debug_cursor(told).debug_sql(sql, parameters):
        row: tuple[Any, ...] | None = told.execute(sql, parameters, prepare=True).fetchone()
    return row


def _at_once(
    opened: "psycopg.Connection[Any]", sql: str, parameters: Sequence[Any]
) -> tuple[Any, ...] | None:
    """Send and wait in the C library: a third of the client's work for a statement this short."""
    reader = Transformer(opened)
    values: list[Any] = list(reader.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters)))
    types, formats = reader.types or (), reader.formats or ()
    kept = _kept.setdefault(opened, {})
    name = kept.get((sql, types))
    if name is None:
        name = f"filiere_{len(kept)}".encode()
        numbered = sql % tuple(f"${rank}" for rank in range(1, len(values) + 1))
        _checked(opened, opened.pgconn.prepare(name, numbered.encode(), types))
        kept[sql, types] = name
    result = _checked(opened, opened.pgconn.exec_prepared(name, values, formats))
    reader.set_pgresult(result)
    return reader.load_row(0, tuple) if result.ntuples else None


def _checked(opened: "psycopg.Connection[Any]", result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        return result
    refusal = errors.error_from_result(result, encoding=opened.info.encoding)
    if opened.closed and not isinstance(refusal, psycopg.OperationalError):
        raise psycopg.OperationalError(*refusal.args)  # gone without a word: no code says so
    raise refusal
