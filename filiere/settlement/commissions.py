"""What the operator earned on what was paid to providers, and taking it. Amounts in euro cents.

Providers are paid the whole of their shares: a commission comes from promises that pay fees only.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from filiere.programmes import queries as programmes
from filiere.programmes import services as funding
from filiere.programmes.errors import FeesNotPromised
from filiere.programmes.models import Commission, Programme, Tranche
from filiere.rules.commissions import commission_earned
from filiere.settlement.errors import NothingEarned
from filiere.settlement.models import OrderLine, OrderState


@dataclass(frozen=True, slots=True)
class CommissionAccount:
    """Where the commission of one programme stands, in cents.

    ``settled_cents`` is what vouchers paid to providers through the bank, in ``uses`` uses, without
    what was refunded since; ``free_cents`` the cash that fee promises hold.
    """

    settled_cents: int
    uses: int
    earned_cents: int
    taken_cents: int
    free_cents: int

    @property
    def due_cents(self) -> int:
        """Earned and not taken; 0 when refunds took back more than was earned since."""
        return max(0, self.earned_cents - self.taken_cents)

    @property
    def possible_cents(self) -> int:
        """What can be taken now."""
        return min(self.due_cents, self.free_cents)


def commission_of(programme: Programme) -> CommissionAccount:
    """Count what one programme's commission rests on; a payment that came back counts no more."""
    settled = _settled_uses(programme).aggregate(
        cents=Sum("amount_cents", default=0), uses=Count("pk")
    )
    taken = Commission.objects.filter(tranche__programme=programme).aggregate(
        total=Sum("amount_cents", default=0)
    )["total"]
    free = programmes.available_by_tranche([one.pk for one in _fee_tranches(programme)])
    return CommissionAccount(
        settled_cents=settled["cents"],
        uses=settled["uses"],
        earned_cents=commission_earned(
            settled_cents=settled["cents"],
            uses=settled["uses"],
            basis_points=programme.commission_basis_points,
            cents_per_use=programme.commission_cents_per_use,
        ),
        taken_cents=taken,
        free_cents=sum(free.values()),
    )


def settled_uses(programme: Programme) -> QuerySet[OrderLine]:
    """Give the uses a programme's commission is counted on, the last paid first."""
    return (
        _settled_uses(programme)
        .select_related(
            "order",
            "share__movement__voucher",
            "share__charge__registration__slot__offer__place__commune",
        )
        .order_by("-order__paid_on", "-pk")
    )


def _settled_uses(programme: Programme) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(
        cancelled=False,
        order__state=OrderState.PAID,
        share__movement__voucher__lot__programme=programme,
        share__movement__reversal=None,
    )


@transaction.atomic
def take_commission(*, programme: Programme, at: datetime, actor: str) -> list[Commission]:
    """Set aside for the operator what it earned and has not taken, as far as fee promises hold it.

    Locks the programme: asked twice at once, it is taken once. What cash does not cover stays due.

    Raises:
        FeesNotPromised: nobody promised money for it, or none has come.
        NothingEarned: nothing is due.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    account = commission_of(programme)
    if not account.due_cents:
        raise NothingEarned
    if not account.free_cents:
        raise FeesNotPromised
    left, made = account.possible_cents, []
    for tranche in _fee_tranches(programme):
        part = min(left, programmes.available_cents(tranche))
        if part:
            made.append(
                funding.set_commission_aside(
                    tranche=tranche,
                    amount_cents=part,
                    settled_cents=account.settled_cents,
                    uses=account.uses,
                    at=at,
                    actor=actor,
                )
            )
            left -= part
    return made


def _fee_tranches(programme: Programme) -> list[Tranche]:
    return list(programme.tranches.filter(pays_fees=True).order_by("rank", "pk"))
