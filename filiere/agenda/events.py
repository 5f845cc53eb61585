"""Facts of the agenda that upper apps follow: billing, pathways, orientation."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AttendanceRecorded:
    """The person of a registration came, or did not."""

    registration_id: int
    present: bool
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class AttendanceUndone:
    """What was noted of a registration was a mistake; ``was_present`` is what had been noted."""

    registration_id: int
    was_present: bool
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class SlotCancelled:
    """A slot will not take place; ``registration_ids`` lost their seat by it."""

    slot_id: int
    registration_ids: tuple[int, ...]
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class RegistrationCancelled:
    """One seat was given back by, or for, the person."""

    registration_id: int
    at: datetime
    actor: str
