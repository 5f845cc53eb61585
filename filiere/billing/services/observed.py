"""Noting prices seen outside, confirming them, and the ceilings stewards advise. Euro cents."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from filiere.billing.errors import (
    CeilingKnown,
    CeilingNotPossible,
    ObservedPriceDecided,
    ObservedPriceKnown,
    ObservedPriceNotPossible,
    ObservedPriceNowhere,
    ObservedPriceWithoutSource,
    ProcedureUnknown,
    SetAsideReasonMissing,
)
from filiere.billing.models import (
    ObservedPrice,
    ObservedPriceState,
    PriceCeiling,
    SeenHow,
    SellerKind,
)
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound, translate
from filiere.kernel.services import record
from filiere.rules.procedures import procedure as known_procedure

MOST_CENTS = 200_000
# Of an address, as the column holds it.
MOST_LETTERS = 500


@dataclass(frozen=True, slots=True)
class PriceSeen:
    """What somebody read: a price in cents from 0 to 200 000, where, when and how.

    Attributes:
        procedure: key of a procedure of the national vocabulary.
        seller_kind: a value of ``SellerKind``.
        price_cents: euro cents, taxes and stamps of the procedure left out.
        seen_on: the day, today at the latest.
        seen_how: a value of ``SeenHow``.
        territory_id: commune or département; None for a website that sells everywhere.
        seller_name: for stewards, never published; may be blank.
        source_url: address of the page, when it was read on one.
    """

    procedure: str
    seller_kind: str
    price_cents: int
    seen_on: date
    seen_how: str
    territory_id: int | None = None
    seller_name: str = ""
    source_url: str = ""


@transaction.atomic
def note_price(
    seen: PriceSeen, *, at: datetime, actor: str, is_invented: bool = False
) -> ObservedPrice:
    """Keep a price seen; it is published once a steward has confirmed it.

    Raises:
        ProcedureUnknown: not a procedure of the list.
        ObservedPriceNotPossible: an amount, a kind or a day that cannot be.
        ObservedPriceNowhere: no territory, and not a website.
        ObservedPriceWithoutSource: read on a page whose address is missing or is none.
        ObservedPriceKnown: the same price is noted already.
    """
    check_seen(seen, on=legal_day(at))
    fields = {
        "procedure": seen.procedure, "seller_kind": seen.seller_kind,
        "seller_name": seen.seller_name.strip()[:120], "price_cents": seen.price_cents,
        "territory_id": seen.territory_id, "seen_on": seen.seen_on, "seen_how": seen.seen_how,
        "source_url": seen.source_url,
    }  # fmt: skip
    try:
        with transaction.atomic():
            noted = ObservedPrice.objects.create(
                **fields, noted_at=at, noted_by=actor, is_invented=is_invented
            )
    except IntegrityError as error:
        raise translate(error, {"observedprice_noted_once": ObservedPriceKnown()}) from error
    record(actor=actor, action="billing.price_noted", subject=f"observed_price:{noted.pk}", at=at)
    return noted


def check_seen(seen: PriceSeen, *, on: date) -> None:
    """Refuse what cannot be kept; see ``note_price``.

    Args:
        on: the day that counts as today.
    """
    if known_procedure(seen.procedure) is None:
        raise ProcedureUnknown(procedure=seen.procedure)
    if (
        seen.seller_kind not in SellerKind.values
        or seen.seen_how not in SeenHow.values
        or not 0 <= seen.price_cents <= MOST_CENTS
        or seen.seen_on > on
    ):
        raise ObservedPriceNotPossible
    if seen.territory_id is None and seen.seller_kind != SellerKind.WEBSITE:
        raise ObservedPriceNowhere
    is_page = _is_address(seen.source_url)
    if (seen.seen_how == SeenHow.LINK) != is_page or (seen.source_url and not is_page):
        raise ObservedPriceWithoutSource


def _is_address(written: str) -> bool:
    """Tell whether this is the address of a page, as one may put it in a link."""
    try:
        parts = urlsplit(written)
    except ValueError:
        return False
    has_room = len(written) <= MOST_LETTERS
    return parts.scheme in {"http", "https"} and "." in parts.netloc and has_room


@transaction.atomic
def confirm_price(*, price_id: int, at: datetime, actor: str) -> ObservedPrice:
    """Publish a price: a steward has read its source.

    Raises:
        NotFound: no such price.
        ObservedPriceDecided: it was confirmed or set aside before.
    """
    return _decide(price_id, ObservedPriceState.CONFIRMED, "", at=at, actor=actor)


@transaction.atomic
def set_price_aside(*, price_id: int, reason: str, at: datetime, actor: str) -> ObservedPrice:
    """Keep a price out of what is published, even one confirmed before; it stays on record.

    Raises:
        NotFound: no such price.
        SetAsideReasonMissing: no reason.
        ObservedPriceDecided: it is set aside already.
    """
    if not reason.strip():
        raise SetAsideReasonMissing
    return _decide(price_id, ObservedPriceState.SET_ASIDE, reason.strip()[:300], at=at, actor=actor)


def _decide(
    price_id: int, state: ObservedPriceState, reason: str, *, at: datetime, actor: str
) -> ObservedPrice:
    seen = ObservedPrice.objects.select_for_update().filter(pk=price_id).first()
    if seen is None:
        raise NotFound(reference=price_id)
    may_leave = {ObservedPriceState.NOTED}
    if state == ObservedPriceState.SET_ASIDE:
        may_leave.add(ObservedPriceState.CONFIRMED)
    if seen.state not in may_leave:
        raise ObservedPriceDecided
    seen.state, seen.reason, seen.decided_at, seen.decided_by = state, reason, at, actor
    seen.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    record(
        actor=actor,
        action=f"billing.price_{state.value}",
        subject=f"observed_price:{seen.pk}",
        at=at,
    )
    return seen


@transaction.atomic
def set_ceiling(
    *,
    procedure: str,
    ceiling_cents: int,
    source: str,
    from_on: date,
    territory_id: int | None,
    at: datetime,
    actor: str,
    is_invented: bool = False,
) -> PriceCeiling:
    """Say what help with a procedure should cost at most, from a day on: advice, not a law.

    Args:
        ceiling_cents: euro cents, from 0 to 200 000.
        source: who advises it, or where it is written.
        territory_id: where it holds; None for the whole of France.

    Raises:
        ProcedureUnknown: not a procedure of the list.
        CeilingNotPossible: an amount that cannot be, or no source.
        CeilingKnown: another one begins that day in that territory.
    """
    if known_procedure(procedure) is None:
        raise ProcedureUnknown(procedure=procedure)
    if not source.strip() or not 0 <= ceiling_cents <= MOST_CENTS:
        raise CeilingNotPossible
    try:
        with transaction.atomic():
            ceiling = PriceCeiling.objects.create(
                procedure=procedure, territory_id=territory_id, ceiling_cents=ceiling_cents,
                from_on=from_on, source=source.strip()[:300], set_at=at, set_by=actor,
                is_invented=is_invented,
            )  # fmt: skip
    except IntegrityError as error:
        known = {"priceceiling_once_a_day": CeilingKnown(day=from_on)}
        raise translate(error, known) from error
    record(actor=actor, action="billing.ceiling_set", subject=f"ceiling:{ceiling.pk}", at=at)
    return ceiling


@transaction.atomic
def end_ceiling(*, ceiling_id: int, on: date, at: datetime, actor: str) -> PriceCeiling:
    """Advise a ceiling no longer after a day; ended twice, it ends on the first day said.

    Raises:
        NotFound: no such ceiling.
        CeilingNotPossible: it begins after that day.
    """
    ceiling = PriceCeiling.objects.select_for_update().filter(pk=ceiling_id).first()
    if ceiling is None:
        raise NotFound(reference=ceiling_id)
    if ceiling.until_on is not None:
        return ceiling
    if on < ceiling.from_on:
        raise CeilingNotPossible
    ceiling.until_on = on
    ceiling.save(update_fields=["until_on"])
    record(actor=actor, action="billing.ceiling_ended", subject=f"ceiling:{ceiling.pk}", at=at)
    return ceiling
