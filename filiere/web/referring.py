"""From the fields of the referral page to what ``operations.referring`` sends."""

import datetime as dt
from typing import Any

from filiere.accounts.models import User
from filiere.operations import referring
from filiere.operations.referring import Sending
from filiere.orientation.models import Referral

SAME = (
    "need", "procedure", "deadline_days", "birth_year", "name", "phone", "keep_identity",
    "tell_sender", "follow_up",
)  # fmt: skip


def refer(
    user: User,
    answers: dict[str, Any],
    *,
    acting_for_id: int,
    commune_id: int,
    offers: list[int],
    at: dt.datetime,
) -> Referral:
    """Send one person to the first of ``offers`` that has room; all or nothing is written."""
    commitment = answers["commitment"]
    sending = Sending(
        commune_id=commune_id,
        offers=offers,
        agreement_id=commitment.agreement_id if commitment else None,
        commitment_id=commitment.pk if commitment else None,
        voucher_serial=answers["voucher_serial"] or None,
        **{name: answers[name] for name in SAME},
    )
    return referring.refer(user, sending, at=at, acting_for_id=acting_for_id)
