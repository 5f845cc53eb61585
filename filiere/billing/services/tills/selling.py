"""Selling a package at a till before any session: paid at once, by the person alone."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from filiere.billing import queries
from filiere.billing.errors import BandUnknown, PackageNotOffered
from filiere.billing.models import PackageSale, TillReceipt
from filiere.billing.services.packages import explained, lock_packages, open_package
from filiere.billing.services.tills.locking import locked_till, require_open
from filiere.billing.services.tills.recording import require_allowed, write_receipt
from filiere.directory.models import Offer
from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record
from filiere.ledger import services as ledger
from filiere.ledger.services import Entry
from filiere.rules.pricing import Priced, Reason


@transaction.atomic
def sell_package(
    *,
    till_id: int,
    offer_id: int,
    person_id: UUID,
    means: str,
    key: str,
    at: datetime,
    actor: str,
    band: str = "",
) -> TillReceipt:
    """Sell the package an offer states today; it serves from today on, and its receipt is numbered.

    The same ``key`` again at this till sells nothing and gives the receipt of the sale.

    Args:
        offer_id: an offer of the organisation whose till it is.
        means: how the person paid, one of those the act allows; never a voucher.
        band: what the person says to be of; blank for the full price.

    Raises:
        PackageNotOffered: the offer is another organisation's, or is not sold as a package today.
        BandUnknown: the price of the day has no such band.
        TillNotOpen: the till is not open that day.
        SaleOutsideAct, SaleNotAllowed, MeansNotAllowed: see ``record_receipt``.
        CashLimitReached: the till may not hold so much cash.
        TillMonthClosed: the month was handed over.
    """
    on, asked = legal_day(at), f"{till_id}:{key}"
    lock_packages(person_id, offer_id)
    till = locked_till(till_id)
    known = TillReceipt.objects.filter(sale__request_key=asked, reverses=None).first()
    if known is not None:
        return known
    require_open(till, on)
    offer = Offer.objects.filter(pk=offer_id, place__organisation=till.organisation_id).first()
    stated = queries.prices_of([offer_id], on).get(offer_id)
    if offer is None or stated is None or not stated.terms.is_package:
        raise PackageNotOffered
    if band and band not in {one.label for one in stated.bands}:
        raise BandUnknown(band=band)
    cents = stated.terms.amount_for(band)
    if not cents:
        raise PackageNotOffered
    require_allowed(till, offer.service, means, at)
    priced = Priced(cents, Reason.BOUGHT, band, buys=True)
    sale = PackageSale.objects.create(
        offer=offer,
        person_id=person_id,
        price_cents=cents,
        priced_as=explained(stated, priced, minutes=None),
        request_key=asked,
        sold_at=at,
        sold_by=actor,
        posting_group_id=ledger.post(
            key=f"package-sale:{asked}",
            kind="package_sale",
            entries=[Entry("persons", f"till:{till.organisation_id}", cents)],
            occurred_at=at,
            at=at,
            actor=actor,
        ),
    )
    open_package(stated, offer_id=offer.pk, person_id=person_id, begins_on=on, sale=sale)
    record(
        actor=actor, action="billing.package_sold", subject=f"till:{till.pk}", at=at,
        amount_cents=cents, means=means,
    )  # fmt: skip
    return write_receipt(till, means=means, amount_cents=cents, sale=sale, at=at, actor=actor)
