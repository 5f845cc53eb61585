"""The journal as a beancount file, so that another program adds it up again.

Amounts keep our sign: an account is credited with plus, debited with minus, and its balance is the
same figure on both sides. Accounts are all under ``Equity``: whose debt a pot is belongs to the
accounts of whoever keeps it, not to the journal. A group is one transaction, dated by its legal day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TextIO

from django.db import connection, transaction

from filiere.kernel.calendar import bounds_of_day, legal_day

ROOT = "Equity"
ACCOUNTS = """
    SELECT account.code, account.unit, known.decimals, sum(each.amount)::bigint,
           min(g.occurred_at), max(g.occurred_at)
      FROM (SELECT group_id, credit_account_id, amount FROM ledger_transfer
             UNION ALL SELECT group_id, debit_account_id, -amount FROM ledger_transfer
           ) AS each (group_id, account_id, amount)
      JOIN ledger_postinggroup g ON g.id = each.group_id
      JOIN ledger_account account ON account.id = each.account_id
      JOIN ledger_accountunit known ON known.code = account.unit
     WHERE %(before)s::timestamptz IS NULL OR g.occurred_at < %(before)s
     GROUP BY account.code, account.unit, known.decimals
     ORDER BY account.code, account.unit
"""
TRANSFERS = """
    SELECT g.id, g.occurred_at, g.kind, g.reason, g.key, g.reverses_id,
           debited.code, credited.code, t.amount, t.unit
      FROM ledger_transfer t
      JOIN ledger_postinggroup g ON g.id = t.group_id
      JOIN ledger_account debited ON debited.id = t.debit_account_id
      JOIN ledger_account credited ON credited.id = t.credit_account_id
     WHERE %(before)s::timestamptz IS NULL OR g.occurred_at < %(before)s
     ORDER BY g.occurred_at, g.id, t.sequence
"""
PLAIN = re.compile(r"[a-z0-9]")
ESCAPE = re.compile(r"-([0-9A-F]+)-")


@dataclass(frozen=True, slots=True)
class Exported:
    """How much was written."""

    groups: int
    transfers: int
    accounts: int


def account_name(code: str) -> str:
    """Give the beancount account of a code; ``account_code`` reads it back.

    Each part between colons starts with a capital or a digit: ``payable:7`` is ``Equity:Payable:7``.
    Anything but a-z and 0-9 is its code point between hyphens: ``a_b`` is ``Equity:A-5F-b``. A part
    that would start otherwise, or be empty, is prefixed with ``X--``.
    """
    return ":".join([ROOT, *(_component(part) for part in code.split(":"))])


def account_code(name: str) -> str:
    """Give the code of a beancount account made by ``account_name``.

    Raises:
        ValueError: it is not under the root of our accounts.
    """
    root, *parts = name.split(":")
    if root != ROOT or not parts:
        raise ValueError(f"{name} is not an account of this export")
    return ":".join(_part(component) for component in parts)


def _component(part: str) -> str:
    """Write one part of a code as one part of an account name."""
    body = "".join(c if PLAIN.fullmatch(c) else f"-{ord(c):X}-" for c in part)
    if not body or body[0] == "-":
        return f"X--{body}"
    return body[0].upper() + body[1:]


def _part(component: str) -> str:
    """Read back one part of an account name."""
    if component.startswith("X--"):
        body = component[3:]
    else:
        body = component[0].lower() + component[1:]
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), body)


def export_beancount(stream: TextIO, *, until: date | None = None) -> Exported:
    """Write the journal to ``stream``, oldest first, in one reading of one moment.

    Every account's balance is asserted, to the smallest part, the day after the last transaction.

    Args:
        until: last legal day to write; None for all of it.
    """
    before = bounds_of_day(until)[1] if until else None
    with transaction.atomic():
        _one_moment()
        with connection.cursor() as cursor:
            cursor.execute(ACCOUNTS, {"before": before})
            accounts = cursor.fetchall()
        decimals = {unit: digits for _code, unit, digits, *_rest in accounts}
        _write_head(stream, accounts, decimals)
        groups = transfers = 0
        for group in _groups(before):
            stream.write(_transaction(group, decimals))
            groups, transfers = groups + 1, transfers + len(group)
        if accounts:
            last = legal_day(max(row[5] for row in accounts)) + timedelta(days=1)
            for code, unit, digits, total, _first, _last in accounts:
                amount = decimal_text(total, digits)
                stream.write(f"{last} balance {account_name(code)}  {amount} ~ 0 {unit}\n")
    return Exported(groups, transfers, len({row[0] for row in accounts}))


def _one_moment() -> None:
    """Read everything as of one moment, unless the caller's transaction already began."""
    with connection.cursor() as cursor:
        if len(connection.savepoint_ids) == 0:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _write_head(stream: TextIO, accounts: list[Any], decimals: dict[str, int]) -> None:
    """Declare the units and the accounts, from the day of the first transaction."""
    stream.write('option "title" "Filière"\n')
    if not accounts:
        return
    first = legal_day(min(row[4] for row in accounts))
    stream.writelines(
        f"{first} commodity {unit}\n  decimals: {digits}\n"
        for unit, digits in sorted(decimals.items())
    )
    stream.writelines(
        f"{first} open {account_name(code)}\n" for code in dict.fromkeys(row[0] for row in accounts)
    )
    stream.write("\n")


def _groups(before: datetime | None) -> Iterator[list[Any]]:
    """Yield the transfers of each group together; the server keeps the rest."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(TRANSFERS, {"before": before})
        group: list[Any] = []
        for row in cursor:
            if group and group[0][0] != row[0]:
                yield group
                group = []
            group.append(row)
        if group:
            yield group


def _transaction(group: list[Any], decimals: dict[str, int]) -> str:
    """Write one group as one transaction: two lines for each transfer."""
    _id, occurred_at, kind, reason, key, reverses, *_transfer = group[0]
    lines = [f"{legal_day(occurred_at)} * {_quoted(kind)} {_quoted(reason)}"]
    lines += [f"  group: {_quoted(str(_id))}", f"  key: {_quoted(key)}"]
    if reverses:
        lines.append(f"  reverses: {_quoted(str(reverses))}")
    for *_head, debited, credited, amount, unit in group:
        text = decimal_text(amount, decimals[unit])
        lines.append(f"  {account_name(debited)}  -{text} {unit}")
        lines.append(f"  {account_name(credited)}  {text} {unit}")
    return "\n".join(lines) + "\n\n"


def _quoted(text: str) -> str:
    """Write a text between quotation marks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def decimal_text(amount: int, decimals: int) -> str:
    """Write an amount of smallest parts with its comma as a point: 1234 and 2 give ``12.34``."""
    sign, digits = "-" if amount < 0 else "", str(abs(amount)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"
