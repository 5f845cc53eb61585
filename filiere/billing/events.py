"""Facts of billing that upper apps follow: settlement."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ChargeRefunded:
    """A session that was paid is paid no more: its payers have their money back."""

    charge_id: int
    reason: str
    at: datetime
    actor: str
