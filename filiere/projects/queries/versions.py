"""What changed between two pictures of a file, as people read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from filiere.projects.models import FileVersion, Submission
from filiere.projects.queries.facts import project_facts

_NAMES = ("key", "label", "name", "funder")
MISSING = None
"""What a side that has not this entry shows."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changed; ``None`` on the side where there was nothing.

    ``path`` goes from the whole to the value: (``lines``, ``Animateur``, ``amount_cents``).
    """

    path: tuple[str, ...]
    before: Any
    after: Any


def differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> list[Difference]:
    """Compare two pictures value by value; rows of a list are matched by their key or name.

    >>> differences({"a": 1, "b": [{"label": "x", "v": 1}]}, {"a": 2, "b": []})[0]
    Difference(path=('a',), before=1, after=2)
    """
    return list(_differences(before, after, path))


def changes_since_version(version: FileVersion, at: Any) -> list[Difference]:
    """Tell what changed in the file since a named version."""
    return differences(version.content, project_facts(version.project_id, at))


def changes_since_sent(submission: Submission, at: Any) -> list[Difference]:
    """Tell what changed in the file since a request was sent: what its funder does not know."""
    source = submission.source
    sent = {name: part for name, part in submission.content.items() if name != "own_answers"}
    return differences(sent, project_facts(source.project_id, at, source_id=source.pk))


def _differences(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(one for one in after if one not in before)]:
            yield from _differences(
                before.get(name), after.get(name), (*path, _word(name, before, after))
            )
    elif _is_rows(before) and _is_rows(after):
        yield from _differences(_by_name(before), _by_name(after), path)
    elif before != after:
        yield Difference(path, before, after)


def _word(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Say a row by its label rather than by its number."""
    row = after.get(name) or before.get(name)
    if name.isdigit() and isinstance(row, Mapping) and row.get("label"):
        return str(row["label"])
    return name


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _by_name(rows: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Name each row; a name given twice bears a number."""
    named: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        name = next((str(row[key]) for key in _NAMES if row.get(key)), "")
        again, rank = name, 2
        while again in named:
            again, rank = f"{name} ({rank})", rank + 1
        named[again] = row
    return named
