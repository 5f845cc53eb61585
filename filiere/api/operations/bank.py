"""The ring-fenced account: is there enough. Amounts in euro cents."""

import datetime as dt

from django.utils import timezone
from ninja import Router, Schema

from filiere.api.problems import answers
from filiere.api.security import SignedIn, holds
from filiere.billing.queries.ring_fence import ring_fence_cover
from filiere.programmes.queries import RingFenceCover, Verdict

router = Router(tags=["ring-fenced money"])


class OwedOut(Schema):
    """What the account must hold at one moment."""

    tranches_cents: int
    pockets_cents: int
    payables_cents: int
    third_parties_cents: int
    transit_cents: int
    returns_cents: int
    commissions_cents: int
    credits_cents: int
    total_cents: int


class RingFenceOut(Schema):
    """The bank's last word against what is owed; null while no statement was imported."""

    verdict: Verdict
    dated_on: dt.date | None
    days_old: int
    bank_cents: int | None
    surplus_cents: int | None
    owed: OwedOut
    owed_now: OwedOut
    bounced_cents: int


@router.get(
    "/ring-fence",
    auth=holds("programmes.see_ring_fence"),
    response=answers(RingFenceOut),
    operation_id="ring_fence",
)
def ring_fence(request: SignedIn) -> RingFenceCover:
    """Tell whether the last bank statement covers vouchers in use and money owed, on its day."""
    return ring_fence_cover(at=timezone.now())
