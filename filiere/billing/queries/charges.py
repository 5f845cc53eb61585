"""Reads of charges, shares and receipts. Amounts are integer euro cents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from filiere.billing.explanations import hours_words, what_is_left, why_price, why_share
from filiere.billing.models import (
    UNDER_AGREEMENT,
    Charge,
    ChargeState,
    PackageUse,
    PayerKind,
    PayerShare,
)
from filiere.kernel.wording import Day
from filiere.rules.pricing import Reason

FROM_PACKAGE = (Reason.BOUGHT, Reason.USED, Reason.PART_USED)


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a receipt: who pays, how many cents, and why that much."""

    label: str
    amount_cents: int
    kind: PayerKind
    why: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the counter shows and prints: the payers' lines add up to the price.

    ``why`` says where the price comes from, ``package`` what is left of a package it was taken
    from; both may be blank. The place's own price is ``offer_cents``; the programme whose voucher was shown (blank without
    one) took ``off_cents`` off it by its regulated price, and ``waived_cents`` the place waived;
    ``is_borne`` when it waived it for a voucher of its own that nobody paid.
    """

    charge_id: int
    lines: tuple[ReceiptLine, ...]
    total_cents: int
    person_cents: int
    price_stated: bool
    off_cents: int = 0
    waived_cents: int = 0
    programme: str = ""
    why: str = ""
    package: str = ""
    is_borne: bool = False

    @property
    def offer_cents(self) -> int:
        """The price the place states for everybody."""
        return self.total_cents + self.off_cents + self.waived_cents

    def deductions(self) -> tuple[tuple[str, int], ...]:
        """What came off the place's price before anybody paid, as label and cents."""
        found = (
            (_("Price of the programme “%(programme)s”"), self.off_cents),
            (
                _("Borne by the place: the voucher taken without network was not paid")
                if self.is_borne
                else _("Not asked by the place, by the terms of “%(programme)s”"),
                self.waived_cents,
            ),
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
        ReceiptLine(
            _label(share), share.amount_cents, PayerKind(share.kind), why_share(share, charge)
        )
        for share in shares
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
        why=why_price(charge.priced_as),
        package=_package_left(charge),
        is_borne=charge.waived_claim_id is not None,
    )


def _package_left(charge: Charge) -> str:
    """What is left of the package a session was taken from, and until when; blank without one."""
    if charge.priced_as.get("reason") not in FROM_PACKAGE:
        return ""
    use = (
        PackageUse.objects.filter(registration=charge.registration_id, reverses=None, reversal=None)
        .select_related("package")
        .order_by("-package__ends_on", "-pk")
        .first()
    )
    if use is None:
        return ""
    return _("Package: %(left)s, until %(day)s.") % {
        "left": what_is_left(use.package.sessions_left, use.package.minutes_left),
        "day": Day(use.package.ends_on),
    }


def _label(share: PayerShare) -> str:
    if share.movement is not None:
        return _("The voucher no. %(serial)s") % {"serial": share.movement.voucher.serial}
    if share.commitment is not None and share.minutes is not None:
        return _("%(employer)s: %(length)s offered to its staff") % {
            "employer": share.commitment.agreement.promiser.name,
            "length": hours_words(share.minutes),
        }
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
        third_party_cents=sum(by_kind.get(kind, 0) for kind in UNDER_AGREEMENT),
        person_cents=by_kind.get(PayerKind.PERSON, 0),
        open_cents=waiting["total"],
    )


def payable_shares(*, until: datetime | None = None) -> QuerySet[PayerShare]:
    """Shares a provider is to be paid: vouchers', and those under an agreement whose cash came.

    The person's share is not among them (it was paid at the counter), nor what was refunded.
    Whether a share is already in a payment is for settlement to say.

    Args:
        until: only charges split at this moment or before.
    """
    shares = PayerShare.objects.filter(
        Q(kind=PayerKind.VOUCHER) | Q(kind__in=UNDER_AGREEMENT, released_group__isnull=False),
        charge__state=ChargeState.SPLIT,
    )
    if until is not None:
        shares = shares.filter(charge__split_at__lte=until)
    return shares.order_by("charge__provider_id", "id")
