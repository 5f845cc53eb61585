"""Facts of pathways that upper apps follow."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SessionNoted:
    """A delivered session has an outcome (value of ``pathways.models.Outcome``)."""

    registration_id: int
    person_id: UUID
    outcome: str
    at: datetime
    actor: str
