"""Awards as the 360Giving data standard publishes them: eight required fields a grant.

Amounts come in integer euro cents and are written in euros without passing by a float.

Source: 360Giving data standard 1.4, required fields, as quoted in our notes.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

CURRENCY = "EUR"
REQUIRED = (
    "id", "title", "description", "currency", "amountAwarded", "awardDate",
    "recipientOrganization", "fundingOrganization",
)  # fmt: skip
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*")
ORGANISATION: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "name": {"type": "string", "minLength": 1},
        },
    },
}
# What the standard requires, in our own words, for whoever wants to judge a file.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["grants"],
    "properties": {
        "grants": {
            "type": "array",
            "items": {
                "type": "object",
                "required": list(REQUIRED),
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "title": {"type": "string", "minLength": 1},
                    "description": {"type": "string", "minLength": 1},
                    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                    "amountAwarded": {"type": "number"},
                    "awardDate": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
                    "recipientOrganization": ORGANISATION,
                    "fundingOrganization": ORGANISATION,
                },
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Award:
    """One grant given. ``id`` is unique for ever; ids of organisations bear their register.

    ``amount_cents`` may be 0 or more; a person who is helped is never a recipient here.
    """

    id: str
    title: str
    description: str
    amount_cents: int
    awarded_on: date
    recipient_id: str
    recipient_name: str
    funder_id: str
    funder_name: str


def faults_of(awards: Iterable[Award]) -> list[tuple[str, str]]:
    """Give (id, what is wrong) of what cannot be published: blank, malformed, twice, below 0.

    >>> faults_of([Award("", "t", "d", 1, date(2026, 1, 1), "FR-1", "A", "FR-2", "B")])
    [('', 'id')]
    """
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for award in awards:
        identifiers = ("id", "recipient_id", "funder_id")
        words = ("title", "description", "recipient_name", "funder_name")
        wrong = [name for name in identifiers if not _IDENTIFIER.fullmatch(getattr(award, name))]
        wrong += [name for name in words if not getattr(award, name).strip()]
        wrong += ["amount_cents"] if award.amount_cents < 0 else []
        wrong += ["twice"] if award.id in seen else []
        seen.add(award.id)
        found += [(award.id, name) for name in wrong]
    return found


def awards_json(awards: Iterable[Award]) -> str:
    """Write awards as a 360Giving file, in the order given.

    Raises:
        ValueError: an award has a fault; ask ``faults_of`` first.
    """
    listed = list(awards)
    faults = faults_of(listed)
    if faults:
        raise ValueError(f"awards that cannot be published: {faults[:5]}")
    return '{"grants": [' + ",\n".join(_grant(award) for award in listed) + "]}\n"


def _grant(award: Award) -> str:
    """Write one grant; the amount is put in as text, exact to the cent."""
    facts: Mapping[str, object] = {
        "id": award.id,
        "title": award.title,
        "description": award.description,
        "currency": CURRENCY,
        "awardDate": award.awarded_on.isoformat(),
        "recipientOrganization": [{"id": award.recipient_id, "name": award.recipient_name}],
        "fundingOrganization": [{"id": award.funder_id, "name": award.funder_name}],
    }
    euros = f"{award.amount_cents // 100}.{award.amount_cents % 100:02}"
    return json.dumps(facts, ensure_ascii=False)[:-1] + f', "amountAwarded": {euros}}}'
