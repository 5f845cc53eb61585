"""The price of an offer, from one day on. Amounts are integer euro cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from filiere.billing.errors import (
    BandsNotPossible,
    GroupElsewhere,
    PackageNotDescribed,
    PriceBegun,
    PriceNotPossible,
)
from filiere.billing.models import BandBasis, PriceBand, PriceKind, PriceRule, SubsidyGroup
from filiere.kernel.services import record
from filiere.rules.pricing import PACKAGES, Band

MOST_BANDS = 8
DAYS_MAX = 3_660


@dataclass(frozen=True, slots=True)
class Package:
    """What a pack or a subscription holds.

    A pack says ``sessions`` or ``minutes``; both say ``valid_days``, from 1 to 3 660.
    ``single_cents``: one session without the package, >= 0; None = the package must be taken.
    """

    valid_days: int
    sessions: int | None = None
    minutes: int | None = None
    single_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Solidarity:
    """Some pay more than ``cost_cents`` so that others pay less: per hour or per session, > 0."""

    group_id: int
    cost_cents: int


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
    package: Package | None = None,
    bands: Sequence[Band] = (),
    basis: BandBasis | str = BandBasis.PUBLIC,
    solidarity: Solidarity | None = None,
) -> PriceRule:
    """Price one offer from one day on; the same day said again replaces what was said.

    Charges already raised keep their price, packages already bought keep what they hold.

    Args:
        offer_id: a ``directory.Offer``.
        kind: a value of ``PriceKind``.
        amount_cents: euro cents, >= 0, per session, per hour or per package; 0 when free.
        from_on: first day of this price.
        is_invented: True for a price made up for the demonstration.
        package: what a pack or a subscription holds; None for other kinds.
        bands: at most 8 publics or income brackets that pay another amount, in order.
        basis: what the bands rest on.
        solidarity: fund this price feeds or draws on; not for packages.

    Raises:
        PriceNotPossible: an unknown kind, a negative amount, or a free offer with an amount.
        PackageNotDescribed: a package that holds nothing or has no length; one on another kind.
        BandsNotPossible: unnamed, twice, negative, too many, or on a free offer.
        GroupElsewhere: another organisation's fund, no cost, or a package.
    """
    if (
        kind not in PriceKind.values
        or amount_cents < 0
        or (kind == PriceKind.FREE and amount_cents)
    ):
        raise PriceNotPossible
    _check_package(kind, package)
    _check_bands(kind, bands)
    _check_solidarity(kind, offer_id, solidarity)
    rule, _ = PriceRule.objects.update_or_create(
        offer_id=offer_id,
        from_on=from_on,
        defaults={
            "kind": kind,
            "amount_cents": amount_cents,
            "is_invented": is_invented,
            "single_cents": package.single_cents if package else None,
            "pack_sessions": package.sessions if package else None,
            "pack_minutes": package.minutes if package else None,
            "valid_days": package.valid_days if package else None,
            "group_id": solidarity.group_id if solidarity else None,
            "cost_cents": solidarity.cost_cents if solidarity else None,
        },
    )
    rule.bands.all().delete()
    PriceBand.objects.bulk_create(
        PriceBand(rule=rule, basis=basis, rank=rank, label=one.label, amount_cents=one.amount_cents)
        for rank, one in enumerate(bands, start=1)
    )
    _tell(rule, len(bands), at=at, actor=actor)
    return rule


def _tell(rule: PriceRule, bands: int, *, at: datetime, actor: str) -> None:
    facts: dict[str, Any] = {"kind": rule.kind, "amount_cents": rule.amount_cents}
    if bands:
        facts["bands"] = bands
    record(
        actor=actor,
        action="billing.price_set",
        subject=f"offer:{rule.offer_id}",
        at=at,
        from_on=rule.from_on.isoformat(),
        **facts,
    )


def _check_package(kind: str, package: Package | None) -> None:
    """Refuse a package without content, and content without package."""
    if (kind in PACKAGES) != (package is not None):
        raise PackageNotDescribed
    if package is None:
        return
    holds = [number for number in (package.sessions, package.minutes) if number is not None]
    wanted = 1 if kind == PriceKind.PACK else 0
    if len(holds) != wanted or min(holds, default=1) < 1 or not 1 <= package.valid_days <= DAYS_MAX:
        raise PackageNotDescribed
    if package.single_cents is not None and package.single_cents < 0:
        raise PriceNotPossible


def _check_bands(kind: str, bands: Sequence[Band]) -> None:
    labels = [one.label.strip() for one in bands]
    if (
        len(set(labels)) < len(labels)
        or not all(labels)
        or len(labels) > MOST_BANDS
        or min((one.amount_cents for one in bands), default=0) < 0
        or (bands and kind == PriceKind.FREE)
    ):
        raise BandsNotPossible(most=MOST_BANDS)


def _check_solidarity(kind: str, offer_id: int, solidarity: Solidarity | None) -> None:
    if solidarity is None:
        return
    own = SubsidyGroup.objects.filter(
        pk=solidarity.group_id, organisation__places__offers=offer_id
    ).exists()
    if not own or solidarity.cost_cents <= 0 or kind in PACKAGES:
        raise GroupElsewhere


@transaction.atomic
def open_subsidy_group(
    *, organisation_id: int, name: str, at: datetime, actor: str
) -> SubsidyGroup:
    """Open a fund in which some people pay more so that others pay less; once by name.

    Args:
        name: 1 to 80 characters; an organisation's funds have different names.
    """
    group, is_new = SubsidyGroup.objects.get_or_create(
        organisation_id=organisation_id, name=name.strip()[:80]
    )
    if is_new:
        record(
            actor=actor, action="billing.subsidy_group_opened", subject=f"group:{group.pk}", at=at
        )
    return group


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
