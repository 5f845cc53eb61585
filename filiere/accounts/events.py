"""Facts about members that upper apps follow."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class MembershipEnded:
    """Someone no longer holds a role in an organisation; ``left`` when they hold none there."""

    user_id: int
    organisation_id: int
    left: bool
    on: date
    at: datetime
    actor: str
