"""The price of an offer, from one day on. Amounts are integer euro cents."""

from datetime import date, datetime

from django.db import transaction

from filiere.billing.errors import PriceBegun, PriceNotPossible
from filiere.billing.models import PriceKind, PriceRule
from filiere.kernel.services import record


@transaction.atomic
def set_price(
    *,
    offer_id: int,
    kind: str,
    amount_cents: int,
    from_on: date,
    actor: str,
    at: datetime,
    is_invented: bool = False,
) -> PriceRule:
    """Price one offer from one day on; the same day said again replaces what was said.

    Charges already raised keep their price.

    Args:
        offer_id: a ``directory.Offer``.
        kind: a value of ``PriceKind``.
        amount_cents: euro cents, >= 0, per session or per hour; 0 when the offer is free.
        from_on: first day of this price.
        is_invented: True for a price made up for the demonstration.

    Raises:
        PriceNotPossible: an unknown kind, a negative amount, or a free offer with an amount.
    """
    if (
        kind not in PriceKind.values
        or amount_cents < 0
        or (kind == PriceKind.FREE and amount_cents)
    ):
        raise PriceNotPossible
    rule, _ = PriceRule.objects.update_or_create(
        offer_id=offer_id,
        from_on=from_on,
        defaults={"kind": kind, "amount_cents": amount_cents, "is_invented": is_invented},
    )
    record(
        actor=actor,
        action="billing.price_set",
        subject=f"offer:{offer_id}",
        at=at,
        kind=kind,
        amount_cents=amount_cents,
        from_on=from_on.isoformat(),
    )
    return rule


@transaction.atomic
def withdraw_price(*, rule_id: int, on: date, at: datetime, actor: str) -> PriceRule:
    """Take back a price before it was ever asked: the one before it, or "not stated", is in force.

    A price that begins today may still be taken back; charges already raised keep their price.

    Args:
        on: the day that counts as today.

    Raises:
        PriceBegun: the price began before today.
    """
    rule = PriceRule.objects.select_for_update().get(pk=rule_id)
    if rule.from_on < on:
        raise PriceBegun(day=rule.from_on)
    rule.delete()
    record(
        actor=actor, action="billing.price_withdrawn", subject=f"offer:{rule.offer_id}", at=at,
        from_on=rule.from_on.isoformat(),
    )  # fmt: skip
    return rule
