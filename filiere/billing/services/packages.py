"""Pricing a session for one person: brackets, and packages bought once and used many times.

Called through ``billing.services``. What is used of a package is appended, never edited.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from filiere.agenda.models import Registration
from filiere.billing import queries
from filiere.billing.errors import BandUnknown, PackageBegun
from filiere.billing.models import Charge, Package, PackageSale, PackageUse
from filiere.kernel.calendar import legal_day
from filiere.ledger import services as ledger
from filiere.rules.pricing import Left, Priced, cost_of, session_price


@dataclass(frozen=True, slots=True)
class Pricing:
    """One session priced for one person; nothing is written yet.

    ``priced`` is None when the offer states no price on that day.
    """

    priced: Priced | None
    stated: queries.StatedPrice | None
    held: list[Package]
    minutes: int
    on: date

    @property
    def cents(self) -> int:
        """What the session is charged, in cents; 0 when nothing is stated."""
        return self.priced.cents if self.priced else 0


def price_registration(
    registration: Registration, *, band: str = "", take_package: bool = False
) -> Pricing:
    """Price a session by the rule of its day; the person's packages of the offer are locked.

    Args:
        registration: with its slot loaded.
        band: what the person said to be of; blank for the full price.
        take_package: True to buy the package although a session alone has a price.

    Raises:
        BandUnknown: the price of that day has no such band.
    """
    slot = registration.slot
    on = legal_day(slot.starts_at)
    minutes = max(1, int((slot.ends_at - slot.starts_at).total_seconds()) // 60)
    stated = queries.prices_of([slot.offer_id], on).get(slot.offer_id)
    lock_packages(registration.person_id, slot.offer_id)
    held = list(queries.packages_of(registration.person_id, slot.offer_id, on=on))
    if stated is None:
        return Pricing(None, None, held, minutes, on)
    if band and band not in {one.label for one in stated.bands}:
        raise BandUnknown(band=band)
    priced = session_price(
        stated.terms,
        minutes=minutes,
        band=band,
        held=[Left(one.sessions_left, one.minutes_left) for one in held],
        take_package=take_package,
    )
    return Pricing(priced, stated, held, minutes, on)


def lock_packages(person_id: UUID, offer_id: int) -> None:
    """Wait for any other session of this person and offer: no package is bought or used twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"billing.package:{person_id}:{offer_id}"],
        )


def cancel_sale(sale: PackageSale, *, reason: str, at: datetime, actor: str) -> None:
    """Cancel a package sold alone and reverse its payment; in the transaction that undoes its receipt.

    The caller holds the packages of the person (``lock_packages``).

    Raises:
        PackageBegun: sessions were taken from it.
    """
    package = Package.objects.get(sale=sale)
    taken = package.uses.filter(reverses=None, reversal=None).count()
    if taken:
        raise PackageBegun(count=taken)
    Package.objects.filter(pk=package.pk).update(cancelled_at=at)
    ledger.reverse(
        key=f"package-sale-undone:{sale.pk}",
        group_id=sale.posting_group_id,
        at=at,
        actor=actor,
        reason=reason,
    )


def write_price(charge: Charge, pricing: Pricing) -> None:
    """Put on a charge what the session costs and why; the charge is saved by the caller."""
    stated, priced = pricing.stated, pricing.priced
    charge.price_cents, charge.price_stated = pricing.cents, priced is not None
    charge.priced_as = {}
    charge.group_id = charge.cost_cents = None
    if stated is None or priced is None:
        return
    charge.priced_as = explained(stated, priced, minutes=pricing.minutes)
    if stated.group_id is not None and stated.cost_cents is not None:
        charge.group_id = stated.group_id
        charge.cost_cents = cost_of(
            stated.cost_cents, kind=stated.kind.value, minutes=pricing.minutes
        )


def explained(
    stated: queries.StatedPrice, priced: Priced, *, minutes: int | None
) -> dict[str, Any]:
    """Say what a price was made of, for receipts to come: see ``billing.explanations``."""
    facts: dict[str, Any] = {
        "reason": priced.reason.value,
        "kind": stated.kind.value,
        "amount_cents": stated.terms.amount_for(priced.band),
        "full_cents": stated.amount_cents,
        "single_cents": stated.single_cents,
        "minutes": minutes,
        "from_package": priced.from_package,
        "sessions": stated.pack_sessions,
        "pack_minutes": stated.pack_minutes,
        "valid_days": stated.valid_days,
        "band": priced.band,
    }
    return {key: value for key, value in facts.items() if value not in (None, "")}


def open_package(
    stated: queries.StatedPrice,
    *,
    offer_id: int,
    person_id: UUID,
    begins_on: date,
    charge: Charge | None = None,
    sale: PackageSale | None = None,
) -> Package:
    """Open the package a price sells, from its first day; nothing is taken from it yet."""
    return Package.objects.create(
        charge=charge,
        sale=sale,
        offer_id=offer_id,
        person_id=person_id,
        kind=stated.kind,
        begins_on=begins_on,
        ends_on=begins_on + timedelta(days=(stated.valid_days or 1) - 1),
        sessions_total=stated.pack_sessions,
        sessions_left=stated.pack_sessions,
        minutes_total=stated.pack_minutes,
        minutes_left=stated.pack_minutes,
    )


def use_packages(charge: Charge, pricing: Pricing, *, at: datetime) -> None:
    """Take the session from the packages that pay it, and open the one it buys. Append-only."""
    priced, stated = pricing.priced, pricing.stated
    if priced is None or stated is None:
        return
    registration, rest = charge.registration, priced.from_package
    for package in pricing.held:
        if not rest:
            break
        taken = Left(package.sessions_left, package.minutes_left).covers(rest)
        if taken:
            _use(package, registration, taken, at)
            rest -= taken
    if not priced.buys:
        return
    package = open_package(
        stated,
        offer_id=registration.slot.offer_id,
        person_id=registration.person_id,
        begins_on=pricing.on,
        charge=charge,
    )
    _use(package, registration, priced.first_minutes, at)


def _use(package: Package, registration: Registration, minutes: int, at: datetime) -> None:
    PackageUse.objects.create(
        package=package, registration=registration, sessions=1, minutes=minutes, used_at=at
    )


def give_back_packages(charge: Charge, *, at: datetime) -> None:
    """Give back what a session took from packages, and cancel the package it bought.

    Raises:
        PackageBegun: other sessions were taken from that package.
    """
    lock_packages(charge.registration.person_id, charge.registration.slot.offer_id)
    live = PackageUse.objects.filter(reverses=None, reversal=None)
    bought = Package.objects.filter(charge=charge, cancelled_at=None).first()
    if bought is not None:
        others = live.filter(package=bought).exclude(registration=charge.registration_id).count()
        if others:
            raise PackageBegun(count=others)
    for use in live.filter(registration=charge.registration_id).order_by("pk"):
        PackageUse.objects.create(
            package_id=use.package_id,
            registration_id=use.registration_id,
            sessions=-use.sessions,
            minutes=-use.minutes,
            reverses=use,
            used_at=at,
        )
    if bought is not None:
        Package.objects.filter(pk=bought.pk).update(cancelled_at=at)
