"""Prices of an offer: brackets, packs and subscriptions, and what one person is charged by them."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from pydantic import field_validator

from filiere.api.operations.counter import USE, ReceiptOut, receipt_of
from filiere.api.operations.places import BandOut
from filiere.api.problems import answers
from filiere.api.repeats import KEYED, repeatable
from filiere.api.seats import own_registration
from filiere.api.security import SignedIn, holds
from filiere.billing import queries, services
from filiere.billing.models import BandBasis, PriceKind, PriceRule
from filiere.directory.models import Offer
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import require
from filiere.rules.pricing import Band

router = Router(tags=["prices"])
SET = "billing.set_price"
MOST_CENTS, MOST_BANDS, LABEL = 1_000_000, 8, 80


class BandIn(Schema):
    """A public or an income bracket that pays another amount."""

    label: str = Field(min_length=1, max_length=LABEL)
    amount_cents: int = Field(ge=0, le=MOST_CENTS)


class PackageIn(Schema):
    """What a pack (``sessions`` or ``minutes``) or a subscription (neither) holds.

    ``single_cents`` is the price of one session alone; null when the package must be taken.
    """

    valid_days: int = Field(ge=1, le=3_660)
    sessions: int | None = Field(None, ge=1, le=1_000)
    minutes: int | None = Field(None, ge=1, le=60_000)
    single_cents: int | None = Field(None, ge=0, le=MOST_CENTS)


class PriceIn(Schema):
    """The price of an offer from one day on, today at the earliest."""

    kind: PriceKind
    amount_cents: int = Field(ge=0, le=MOST_CENTS)
    from_on: dt.date
    package: PackageIn | None = None
    bands: list[BandIn] = Field([], max_length=MOST_BANDS)
    basis: BandBasis = BandBasis.PUBLIC

    @field_validator("from_on")
    @classmethod
    def refuse_past(cls, day: dt.date) -> dt.date:
        """Refuse the past: people were told another price."""
        if day < legal_day(timezone.now()):
            raise ValueError(_("This day is past. A price begins today or later."))
        return day


class RuleOut(Schema):
    """One price stated, from ``from_on`` until the next one."""

    id: int
    kind: str
    amount_cents: int
    from_on: dt.date
    single_cents: int | None
    pack_sessions: int | None
    pack_minutes: int | None
    valid_days: int | None
    bands: list[BandOut]
    is_invented: bool


class ChoiceIn(Schema):
    """``band`` as the price names it, blank for the full price; or the package."""

    band: str = Field("", max_length=LABEL)
    take_package: bool = False


class PackageOut(Schema):
    """What is left of one package of a person: sessions or minutes, neither for a subscription."""

    kind: str
    begins_on: dt.date
    ends_on: dt.date
    sessions_left: int | None
    minutes_left: int | None


def _offer(request: SignedIn, offer_id: int) -> Offer:
    found = Offer.objects.select_related("place").filter(pk=offer_id).first()
    if found is None:
        raise NotFound(reference=offer_id)
    require(request.user, SET, found.place)
    return found


def _rule_out(rule: PriceRule) -> RuleOut:
    names = RuleOut.model_fields.keys() - {"bands"}
    bands = [BandOut.from_orm(one) for one in rule.bands.order_by("rank")]
    return RuleOut(**{name: getattr(rule, name) for name in names}, bands=bands)


@router.get(
    "/offers/{int:offer_id}/prices",
    auth=holds(SET),
    response=answers(list[RuleOut]),
    operation_id="offer_prices",
)
def offer_prices(request: SignedIn, offer_id: int) -> list[RuleOut]:
    """Every price stated for an offer of one's own place, the latest day first."""
    offer = _offer(request, offer_id)
    return [_rule_out(rule) for rule in queries.price_history([offer.pk])[offer.pk]]


@router.post(
    "/offers/{int:offer_id}/prices",
    auth=holds(SET),
    response=answers(RuleOut),
    operation_id="set_price",
)
def set_price(request: SignedIn, offer_id: int, given: PriceIn) -> RuleOut:
    """State a price from a day on. The same day said again replaces what was said."""
    offer = _offer(request, offer_id)
    rule = services.set_price(
        offer_id=offer.pk,
        kind=given.kind,
        amount_cents=given.amount_cents,
        from_on=given.from_on,
        package=services.Package(**given.package.dict()) if given.package else None,
        bands=[Band(one.label.strip(), one.amount_cents) for one in given.bands],
        basis=given.basis,
        at=timezone.now(),
        actor=request.user.actor,
    )
    return _rule_out(rule)


@router.get(
    "/registrations/{ref}/packages",
    auth=holds(USE),
    response=answers(list[PackageOut]),
    operation_id="packages",
)
def packages(request: SignedIn, ref: str) -> list[PackageOut]:
    """Packages whose sessions the person may use that day, the first to end first."""
    found = own_registration(request, ref, USE)
    held = queries.packages_of(
        found.person_id, found.slot.offer_id, on=legal_day(found.slot.starts_at)
    )
    return [PackageOut.from_orm(one) for one in held]


@router.post(
    "/registrations/{ref}/price",
    auth=holds(USE),
    response=answers(ReceiptOut),
    operation_id="choose_price",
    openapi_extra=KEYED,
)
@repeatable
def choose_price(request: SignedIn, ref: str, given: ChoiceIn) -> ReceiptOut:
    """Price a session not paid yet by what the person says. Said again, the last one holds."""
    registration = own_registration(request, ref, USE)
    charge = queries.charge_of(registration.pk)
    if charge is None:
        raise NotFound(reference=registration.ref)
    services.reprice_charge(
        charge=charge,
        band=given.band,
        take_package=given.take_package,
        at=timezone.now(),
        actor=request.user.actor,
    )
    return receipt_of(request, ref)
