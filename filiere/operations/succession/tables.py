"""Which tables leave with an operator, which stay and why, and what each column means.

The list is the database's own, compared with the models: a table that is neither a model's nor
excluded below stops the export, so that nothing is lost silently.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Field, Model
from django.utils.encoding import force_str

from filiere.operations.errors import TableWithoutPlace

EXCLUDED: dict[str, str] = {
    "account_emailconfirmation": "not used: addresses are confirmed by signed links",
    "accounts_apitoken": "access of programs to the former operator; each makes a new token",
    "auth_group": "not used: rights come from memberships",
    "auth_group_permissions": "not used: rights come from memberships",
    "auth_permission": "made by migrate",
    "django_content_type": "made by migrate",
    "django_migrations": "made by migrate; the manifest names them",
    "django_session": "sessions end with the former operator",
    "kernel_cache": "counts of sign-in attempts of the last minutes",
    "kernel_keyedanswer": "answers kept two days, under digests of a key that stays",
    "kernel_throttle": "counters of the last minutes",
    "ledger_balancesnapshot": "derived: computed again from the transfers",
}
"""Tables that do not leave, each with its reason. See also ``QUEUE``."""

QUEUE = "procrastinate_"
"""Tables of the worker's queue: periodic work begins again by itself."""

SEEDED = frozenset({"ledger_accountunit"})
"""Tables that migrations fill: what they hold in a new installation gives way to the export."""

REPLACED: dict[tuple[str, str], tuple[str, str]] = {
    ("accounts_user", "password"): (
        "'!not handed over'",
        "nobody signs in with a former password: each asks for a new one by e-mail",
    ),
    ("accounts_invitation", "digest"): (
        "'not handed over: ' || id",
        "links sent by the former operator open nothing; invite again",
    ),
    ("ledger_postinggroup", "xact"): (
        "CASE WHEN xact < (SELECT coalesce(max(upto_xact), 0) FROM ledger_seal) THEN 1 ELSE 2 END",
        "numbers of transactions belong to one server: 1 is sealed, 2 is not yet",
    ),
    ("ledger_transfer", "xact"): ("2", "numbers of transactions belong to one server"),
    ("ledger_seal", "upto_xact"): ("2", "numbers of transactions belong to one server"),
}
"""Columns that leave under another value: SQL expression, reason."""

READS = {"ledger_postinggroup": ("ledger_seal",)}
"""Tables whose exported rows also depend on another table."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the database declares it."""

    name: str
    type: str
    is_nullable: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table that leaves, in the folder of its app."""

    name: str
    app: str
    columns: tuple[Column, ...]

    @property
    def path(self) -> str:
        """Where its rows are, from the folder of the export."""
        return f"tables/{self.app}/{self.name}.csv.gz"

    @property
    def names(self) -> str:
        """Its columns, quoted, in order."""
        return ", ".join(f'"{column.name}"' for column in self.columns)

    @property
    def reading(self) -> str:
        """The query whose rows are exported."""
        values = (
            f'({REPLACED[self.name, column.name][0]}) AS "{column.name}"'
            if (self.name, column.name) in REPLACED
            else f'"{column.name}"'
            for column in self.columns
        )
        return f'SELECT {", ".join(values)} FROM "{self.name}"'

    @property
    def declared(self) -> list[str]:
        """Its columns and their types, as the manifest says them."""
        return [f"{column.name} {column.type}" for column in self.columns]


def is_excluded(table: str) -> bool:
    """Tell whether a table stays with the former operator."""
    return table in EXCLUDED or table.startswith(QUEUE)


def tables(cursor: Any) -> list[Table]:
    """Every table that leaves, those others point to first, then by name.

    Raises:
        TableWithoutPlace: a table of the database is no model's and is not excluded.
    """
    cursor.execute(
        """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
           AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
           AND a.attgenerated = ''
         ORDER BY c.relname, a.attnum
        """
    )
    found: dict[str, list[Column]] = {}
    for table, *column in cursor.fetchall():
        if not is_excluded(table):
            found.setdefault(table, []).append(Column(*column))
    owners = models()
    if homeless := sorted(set(found) - set(owners)):
        raise TableWithoutPlace(table=", ".join(homeless))
    built = {
        name: Table(name, owners[name]._meta.app_label, tuple(columns))
        for name, columns in found.items()
    }
    return [built[name] for name in _pointed_to_first(cursor, sorted(built))]


def models() -> dict[str, type[Model]]:
    """Every table of a model, with its model."""
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def _pointed_to_first(cursor: Any, names: list[str]) -> list[str]:
    """Put each table after those it reads or points to; a circle is cut at its first name."""
    cursor.execute(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid <> confrelid"
    )
    needs = {name: set(READS.get(name, ())) for name in names}
    for name, needed in cursor.fetchall():
        if name in needs and needed in needs:
            needs[name].add(needed)
    ordered: list[str] = []
    while needs:
        ready = [name for name, wanted in needs.items() if not wanted] or [next(iter(needs))]
        for name in ready:
            ordered.append(name)
            del needs[name]
        for wanted in needs.values():
            wanted.difference_update(ready)
    return ordered


def dictionary(every: list[Table]) -> Iterator[list[str]]:
    """What each exported column is, one line each after a line of titles, in the models' words."""
    yield [
        "app", "table", "table_sense", "column", "type", "may_be_empty", "points_to", "values",
        "sense", "replaced",
    ]  # fmt: skip
    owners = models()
    for table in every:
        model = owners[table.name]
        fields = {field.column: field for field in model._meta.local_concrete_fields}
        for column in table.columns:
            replaced = REPLACED.get((table.name, column.name), ("", ""))
            yield [
                table.app,
                table.name,
                force_str(model._meta.verbose_name),
                column.name,
                column.type,
                "yes" if column.is_nullable else "no",
                *_said(fields.get(column.name)),
                replaced[1],
            ]


def _said(field: "Field[Any, Any] | None") -> list[str]:
    """Where a column points, the values of a closed list, and its sense."""
    if field is None:
        return ["", "", ""]
    target = field.related_model
    points = ""
    if isinstance(target, type) and issubclass(target, Model):
        points = f"{target._meta.db_table}.{target._meta.pk.column}"
    values = "; ".join(f"{value}={force_str(word)}" for value, word in field.flatchoices)
    return [points, values, force_str(field.verbose_name)]
