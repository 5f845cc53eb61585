"""Credit balances whose money is on the ring-fenced account: it is owed too. Integer euro cents."""

from datetime import datetime

from django.db.models import Q, Sum

from filiere.billing.models import Allocation, CreditRefund, InvoicePayment
from filiere.kernel.calendar import legal_day
from filiere.programmes import queries as programmes
from filiere.programmes.queries import RingFenceCover


def ring_fence_cover(*, at: datetime) -> RingFenceCover:
    """Compare the last statement of each open account with what is owed, credit balances included.

    Args:
        at: the moment of reading, aware.
    """
    return programmes.ring_fence_cover(at=at, credit=ring_fenced_credit)


def ring_fenced_credit(until: datetime | None) -> int:
    """Give what debtors paid to the ring-fenced account that no invoice asks for, in cents.

    A payment is there when a line of the bank's statement shows it; the others came to accounts of
    their issuers, of which nothing is compared. Three queries.

    Args:
        until: as it stood then; None is now.
    """
    paid = InvoicePayment.objects.filter(bank_line__isnull=False)
    put, given = Allocation.objects.all(), CreditRefund.objects.all()
    if until is None:
        paid = paid.filter(bounce=None)
    else:
        day = legal_day(until)
        paid = paid.filter(Q(bounce=None) | Q(bounce__bounced_on__gt=day), received_on__lte=day)
        put, given = put.filter(allocated_at__lte=until), given.filter(given_on__lte=day)
    held = paid.aggregate(total=Sum("amount_cents", default=0))["total"]
    for used in (put, given):
        held -= used.filter(payment__in=paid).aggregate(total=Sum("amount_cents", default=0))[
            "total"
        ]
    return int(held)
