"""Reads of prices, charges and shares. Amounts are integer euro cents."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from filiere.billing.models import (
    Charge,
    ChargeState,
    PayerKind,
    PayerShare,
    PriceKind,
    PriceRule,
    ThirdPartyReceipt,
)
from filiere.directory.models import Fee, Offer

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class StatedPrice:
    """What an offer costs: ``amount_cents`` per session or per hour, as ``kind`` says."""

    kind: PriceKind
    amount_cents: int
    from_on: date | None
    is_invented: bool = False

    def for_minutes(self, minutes: int) -> int:
        """Price of one session, in cents; a part of an hour is rounded down to the cent."""
        if self.kind == PriceKind.HOURLY:
            return self.amount_cents * minutes // MINUTES_PER_HOUR
        return self.amount_cents


def rules_in_force(offer_ids: Iterable[int], on: date) -> dict[int, StatedPrice]:
    """The price that each place stated itself and that holds on a day; see ``prices_of``."""
    rules = (
        PriceRule.objects.filter(offer_id__in=list(offer_ids), from_on__lte=on)
        .order_by("offer_id", "-from_on")
        .distinct("offer_id")
        .values_list("offer_id", "kind", "amount_cents", "from_on", "is_invented")
    )
    return {
        offer_id: StatedPrice(PriceKind(kind), cents, since, invented)
        for offer_id, kind, cents, since, invented in rules
    }


def prices_of(offer_ids: Iterable[int], on: date) -> dict[int, StatedPrice]:
    """The price in force of each offer on a day. An offer that is absent states no price.

    Without a price rule, an offer that its source says free is free; anything else is not
    stated: a blank is never read as free.
    """
    ids = list(offer_ids)
    prices = rules_in_force(ids, on)
    free = Offer.objects.filter(pk__in=set(ids) - prices.keys(), fee=Fee.FREE).order_by("pk")
    for offer_id, invented in free.values_list("pk", "is_invented"):
        prices[offer_id] = StatedPrice(PriceKind.FREE, 0, None, invented)
    return prices


def price_history(offer_ids: Iterable[int]) -> dict[int, list[PriceRule]]:
    """Give every price stated for some offers, past and to come, the latest day first."""
    history: dict[int, list[PriceRule]] = {pk: [] for pk in offer_ids}
    for rule in PriceRule.objects.filter(offer__in=history).order_by("offer_id", "-from_on"):
        history[rule.offer_id].append(rule)
    return history


def price_of(offer_id: int, minutes: int, on: date) -> int | None:
    """Price in cents of one session of an offer on a day; None when it is not stated.

    Args:
        minutes: length of the session, which matters when the offer is priced by the hour.
    """
    found = prices_of([offer_id], on).get(offer_id)
    return None if found is None else found.for_minutes(minutes)


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a receipt: who pays, and how many cents."""

    label: str
    amount_cents: int
    kind: PayerKind


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the counter shows and prints: the payers' lines add up to the price.

    The place's own price is ``offer_cents``; the programme whose voucher was shown (blank without
    one) took ``off_cents`` off it by its regulated price, and ``waived_cents`` the place waived.
    """

    charge_id: int
    lines: tuple[ReceiptLine, ...]
    total_cents: int
    person_cents: int
    price_stated: bool
    off_cents: int = 0
    waived_cents: int = 0
    programme: str = ""

    @property
    def offer_cents(self) -> int:
        """The price the place states for everybody."""
        return self.total_cents + self.off_cents + self.waived_cents

    def deductions(self) -> tuple[tuple[str, int], ...]:
        """What came off the place's price before anybody paid, as label and cents."""
        found = (
            (_("Price of the programme “%(programme)s”"), self.off_cents),
            (_("Not asked by the place, by the terms of “%(programme)s”"), self.waived_cents),
        )
        return tuple(
            (label % {"programme": self.programme}, cents) for label, cents in found if cents
        )


def receipt_lines(charge: Charge) -> Receipt:
    """Write who pays what of one charge, in the written order of payers."""
    shares = (
        PayerShare.objects.filter(charge=charge)
        .select_related("movement__voucher", "commitment__agreement__promiser")
        .order_by("id")
    )
    lines = tuple(
        ReceiptLine(_label(share), share.amount_cents, PayerKind(share.kind)) for share in shares
    )
    return Receipt(
        charge_id=charge.pk,
        lines=lines,
        total_cents=charge.price_cents,
        person_cents=sum(line.amount_cents for line in lines if line.kind == PayerKind.PERSON),
        price_stated=charge.price_stated,
        off_cents=charge.off_cents,
        waived_cents=charge.waived_cents,
        programme=charge.programme.name if charge.programme else "",
    )


def _label(share: PayerShare) -> str:
    if share.movement is not None:
        return _("The voucher no. %(serial)s") % {"serial": share.movement.voucher.serial}
    if share.commitment is not None:
        return share.commitment.agreement.promiser.name
    return _("Left for the person to pay")


def charge_of(registration_id: int) -> Charge | None:
    """The live charge of a session, None when there is none or it was cancelled."""
    return (
        Charge.objects.filter(registration_id=registration_id)
        .exclude(state=ChargeState.CANCELLED)
        .first()
    )


def charges_of(registration_ids: Collection[int]) -> dict[int, Charge]:
    """The live charge of each of many sessions, by registration, in one query."""
    found = Charge.objects.filter(registration__in=registration_ids).exclude(
        state=ChargeState.CANCELLED
    )
    return {charge.registration_id: charge for charge in found}


def charges_of_provider(
    provider_id: int, *, start: datetime | None = None, end: datetime | None = None
) -> QuerySet[Charge]:
    """Live charges of one provider, latest session first, with their shares.

    Args:
        start: sessions that begin at this moment or after.
        end: sessions that begin before this moment.
    """
    within = Q()
    if start is not None:
        within &= Q(registration__slot__starts_at__gte=start)
    if end is not None:
        within &= Q(registration__slot__starts_at__lt=end)
    return (
        Charge.objects.filter(within, provider_id=provider_id)
        .exclude(state=ChargeState.CANCELLED)
        .select_related("registration__slot__offer__place")
        .prefetch_related(Prefetch("shares", PayerShare.objects.order_by("id")))
        .order_by("-registration__slot__starts_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Earnings:
    """What sessions brought, in cents, by payer; ``open_cents`` still waits at the counter."""

    voucher_cents: int
    third_party_cents: int
    person_cents: int
    open_cents: int

    @property
    def total_cents(self) -> int:
        """Everything, paid or waiting."""
        return self.voucher_cents + self.third_party_cents + self.person_cents + self.open_cents


def earnings(registration_ids: Sequence[int]) -> Earnings:
    """Add up what some sessions brought: the foot of a mediator's day sheet."""
    by_kind = dict(
        PayerShare.objects.filter(
            charge__registration_id__in=registration_ids, charge__state=ChargeState.SPLIT
        )
        .values("kind")
        .order_by("kind")
        .annotate(total=Sum("amount_cents"))
        .values_list("kind", "total")
    )
    waiting = Charge.objects.filter(
        registration_id__in=registration_ids, state=ChargeState.OPEN
    ).aggregate(total=Sum("price_cents", default=0))
    return Earnings(
        voucher_cents=by_kind.get(PayerKind.VOUCHER, 0),
        third_party_cents=by_kind.get(PayerKind.THIRD_PARTY, 0),
        person_cents=by_kind.get(PayerKind.PERSON, 0),
        open_cents=waiting["total"],
    )


def payable_shares(*, until: datetime | None = None) -> QuerySet[PayerShare]:
    """Shares a provider is to be paid: vouchers', and third parties' whose cash has come.

    The person's share is not among them (it was paid at the counter), nor what was refunded.
    Whether a share is already in a payment is for settlement to say.

    Args:
        until: only charges split at this moment or before.
    """
    shares = PayerShare.objects.filter(
        Q(kind=PayerKind.VOUCHER) | Q(kind=PayerKind.THIRD_PARTY, released_group__isnull=False),
        charge__state=ChargeState.SPLIT,
    )
    if until is not None:
        shares = shares.filter(charge__split_at__lte=until)
    return shares.order_by("charge__provider_id", "id")


@dataclass(frozen=True, slots=True)
class CommitmentAccount:
    """Where one third party's commitment stands, in cents."""

    promised_cents: int
    received_cents: int
    released_cents: int
    envelope_cents: int | None

    @property
    def owed_cents(self) -> int:
        """What the third party still has to send for sessions already delivered."""
        return max(0, self.promised_cents - self.received_cents)

    @property
    def left_cents(self) -> int | None:
        """What its envelope can still promise; None when it set no envelope."""
        if self.envelope_cents is None:
            return None
        return max(0, self.envelope_cents - self.promised_cents)


def commitment_account(commitment_id: int, *, envelope_cents: int | None) -> CommitmentAccount:
    """Sum a commitment's shares and receipts.

    Args:
        envelope_cents: the commitment's envelope, None without one.
    """
    shares = PayerShare.objects.filter(
        commitment_id=commitment_id, charge__state=ChargeState.SPLIT
    ).aggregate(
        promised=Sum("amount_cents", default=0),
        released=Sum("amount_cents", default=0, filter=Q(released_group__isnull=False)),
    )
    received = ThirdPartyReceipt.objects.filter(commitment_id=commitment_id).aggregate(
        total=Sum("amount_cents", default=0)
    )
    return CommitmentAccount(
        shares["promised"], received["total"], shares["released"], envelope_cents
    )
