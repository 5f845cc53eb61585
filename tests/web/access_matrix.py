"""Every page and operation of the site, and who may open each, as the code declares it.

``python -m tests.web.access_matrix`` rewrites docs/reference/access-matrix.md from the
declarations; ``test_access.py`` knocks at every door as each role and compares with the file.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

FILE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "access-matrix.md"
ANONYMOUS = "anonymous"
ROLES = [
    ANONYMOUS, "mediator", "manager", "prescriber", "commissioner", "steward", "carrier",
    "auditor", "operator", "accountant",
]  # fmt: skip
YES, NO = "✓", "–"
INTRODUCTION = """# Who may open what

One line per page and per operation of the API, one column per role. ✓ lets in; – sends to sign-in
or refuses. What a role may do is written in one place, `filiere/operations/roles.py`; several
rights are narrowed there to one's own place, programme or organisation, which this table does not
show (tests/web/test_access.py refuses those one by one).

A test knocks at every door as each role and compares with this file; a door that is missing here
fails the build. After a change that is meant: `python -m tests.web.access_matrix`.
"""


@dataclass(frozen=True)
class Door:
    """A page or an operation: where it is, how it is knocked at, what it declares."""

    name: str
    address: str
    method: str
    access: str

    @property
    def is_operation(self) -> bool:
        return self.address.startswith("/api/v1/")


def pages() -> Iterator[Door]:
    """Walk the addresses of the site; the API's operations are in ``operations``."""
    from django.urls import get_resolver

    yield from _walk(get_resolver().url_patterns, "/")


def _walk(patterns: list[Any], prefix: str) -> Iterator[Door]:
    from django.urls import URLResolver

    from filiere.web.middleware import FOREIGN_PUBLIC

    for one in patterns:
        address = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            if one.namespace != "api":
                yield from _walk(one.url_patterns, address)
            continue
        access = getattr(one.callback, "access", "")
        if one.name in FOREIGN_PUBLIC:
            access = "public"
        yield Door(one.name or "", address, "GET", access)


def operations() -> Iterator[Door]:
    """Give every operation of the API."""
    from filiere.api import views

    for one in views.operations():
        yield Door(f"api:{one.name}", one.address, one.method, one.access)


def doors() -> list[Door]:
    """Everything that can be knocked at, pages first."""
    return [*pages(), *operations()]


def declared(door: Door) -> list[bool]:
    """Tell, role by role, whether the declarations let in."""
    from filiere.kernel.permissions import allowed

    def is_let_in(role: str) -> bool:
        if door.access == "public":
            return True
        user = SimpleNamespace(
            is_authenticated=role != ANONYMOUS,
            is_active=True,
            current_memberships=[SimpleNamespace(role=role, organisation_id=1)],
        )
        return allowed(user, door.access)

    return [is_let_in(role) for role in ROLES]


def line(door: Door, let_in: list[bool]) -> str:
    """Write one line of the table."""
    address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", door.address)
    shown = f"{door.method} {address}" if door.is_operation else address
    marks = " | ".join(YES if one else NO for one in let_in)
    return f"| `{door.name}` | `{shown}` | {marks} |"


def table(found: list[tuple[Door, list[bool]]]) -> str:
    """Write the whole file."""
    head = f"| Name | Address | {' | '.join(ROLES)} |\n|---|---|{':-:|' * len(ROLES)}"
    pages_part = [line(door, marks) for door, marks in found if not door.is_operation]
    api_part = [line(door, marks) for door, marks in found if door.is_operation]
    return "\n".join(
        [INTRODUCTION, "## Pages", "", head, *pages_part, "", "## API", "", head, *api_part, ""]
    )


def written() -> dict[str, dict[str, bool]]:
    """Read the file: name → role → let in."""
    rows = re.findall(
        r"^\| `([^`]+)` \| `[^`]+` \| (.+) \|$", FILE.read_text("utf-8"), re.MULTILINE
    )
    return {
        name: dict(zip(ROLES, (mark == YES for mark in marks.split(" | ")), strict=True))
        for name, marks in rows
    }


if __name__ == "__main__":
    import django

    django.setup()
    FILE.write_text(table([(door, declared(door)) for door in doors()]), "utf-8")
