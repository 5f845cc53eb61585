"""Facts about persons that upper apps must follow."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonsErased:
    """These files no longer name or describe anyone: upper apps drop what they hold on them."""

    person_ids: tuple[UUID, ...]
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """Someone no longer agrees to one purpose (value of ``persons.enums.Purpose``)."""

    person_id: UUID
    purpose: str
    at: datetime
    actor: str
