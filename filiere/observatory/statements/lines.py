"""Lines of many kinds in one order, paged and added up by the database. Euro cents.

Each kind is a queryset (``source``); the union of those of a statement is read in two queries,
whatever its length: one adds up everything, the other reads a page with the balance after each
line.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast

from filiere.observatory.statements.shape import (
    SIGNS,
    About,
    Line,
    LineKind,
    Party,
    Period,
    Statement,
    Total,
)

RANKS = {kind: rank for rank, kind in enumerate(LineKind)}
KINDS = tuple(LineKind)
COLUMNS = ("line_at", "line_rank", "line_ref", "line_charged", "line_paid")
TOTALS = """
    SELECT line_rank, count(*) FILTER (WHERE line_at >= %s),
           coalesce(sum(line_charged) FILTER (WHERE line_at >= %s), 0)::bigint,
           coalesce(sum(line_paid) FILTER (WHERE line_at >= %s), 0)::bigint,
           coalesce(sum(line_charged - line_paid) FILTER (WHERE line_at < %s), 0)::bigint
      FROM ({lines}) AS line WHERE line_at < %s GROUP BY line_rank ORDER BY line_rank
"""
PAGE = """
    SELECT line_at, line_rank, line_ref, line_charged, line_paid, balance
      FROM (SELECT *, (sum(line_charged - line_paid) OVER (
                           ORDER BY line_at, line_rank, line_ref))::bigint AS balance
              FROM ({lines}) AS line WHERE line_at < %s) AS counted
     WHERE line_at >= %s ORDER BY line_at, line_rank, line_ref OFFSET %s LIMIT %s
"""

Source: TypeAlias = QuerySet[Any, Any]
Explain: TypeAlias = Callable[[Sequence[str]], Mapping[str, About]]


def source(
    rows: QuerySet[Any],
    kind: LineKind,
    *,
    at: str,
    charged: Any = None,
    paid: Any = None,
    ref: Any = "pk",
) -> Source:
    """Make lines of the rows of a queryset.

    Args:
        at: the field of the moment each line is dated by.
        charged, paid: the amount, a field's name or an expression; None for nothing.
        ref: what finds the row again: a field's name or an expression of text.
    """
    found: Source = (
        rows.order_by()
        .annotate(
            line_at=F(at),
            line_rank=Value(RANKS[kind], IntegerField()),
            line_ref=Cast(ref, TextField()),
            line_charged=_cents(charged),
            line_paid=_cents(paid),
        )
        .values_list(*COLUMNS)
    )
    return found


def _cents(amount: Any) -> Any:
    if amount is None:
        return Value(0, BigIntegerField())
    return Cast(amount, BigIntegerField())


@dataclass(frozen=True, slots=True)
class _Row:
    at: datetime
    kind: LineKind
    ref: str
    charged_cents: int
    paid_cents: int
    balance_cents: int


def read(
    party: Party,
    sources: Sequence[Source],
    explain: Mapping[LineKind, Explain],
    period: Period,
    *,
    first: int,
    count: int | None,
) -> Statement:
    """Read one statement from its sources.

    Args:
        explain: for each kind of line, what gives the facts of some rows by their reference.
    """
    sql, params = _union(sources)
    sign = SIGNS.get(party, 1)
    totals, opening = _totals(sql, params, period)
    rows = _page(sql, params, period, first, count)
    facts = _explained(rows, explain)
    moved = sum(one.charged_cents - one.paid_cents for one in totals)
    return Statement(
        party=party,
        period=period,
        opening_cents=sign * opening,
        closing_cents=sign * (opening + moved),
        count=sum(one.count for one in totals),
        first=first,
        lines=tuple(
            Line(
                row.at,
                row.kind,
                row.charged_cents,
                row.paid_cents,
                sign * row.balance_cents,
                facts[explain[row.kind]][row.ref],
            )
            for row in rows
        ),
        totals=totals,
    )


def _explained(
    rows: Sequence[_Row], explain: Mapping[LineKind, Explain]
) -> dict[Explain, Mapping[str, About]]:
    """Ask each explanation once, for all the rows it explains."""
    wanted: dict[Explain, dict[str, None]] = {}
    for row in rows:
        wanted.setdefault(explain[row.kind], {})[row.ref] = None
    return {how: how(list(refs)) for how, refs in wanted.items()}


def _union(sources: Sequence[Source]) -> tuple[str, tuple[Any, ...]]:
    """Write the union as SQL; blank when no source can have a row."""
    every = sources[0].union(*sources[1:], all=True) if len(sources) > 1 else sources[0]
    try:
        sql, params = every.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return "", ()
    return str(sql), tuple(params)


def _totals(sql: str, params: Iterable[Any], period: Period) -> tuple[tuple[Total, ...], int]:
    """Add up the period by kind; give also the balance before it."""
    if not sql:
        return (), 0
    with connection.cursor() as cursor:
        cursor.execute(TOTALS.format(lines=sql), [*[period.since] * 4, *params, period.until])
        found = cursor.fetchall()
    totals = tuple(
        Total(KINDS[rank], number, charged, paid)
        for rank, number, charged, paid, _before in found
        if number
    )
    return totals, sum(row[-1] for row in found)


def _page(
    sql: str, params: Iterable[Any], period: Period, first: int, count: int | None
) -> list[_Row]:
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(PAGE.format(lines=sql), [*params, period.until, period.since, first, count])
        return [_Row(at, KINDS[rank], *rest) for at, rank, *rest in cursor.fetchall()]
