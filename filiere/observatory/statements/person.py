"""A person's year of help: sessions, who paid what, invoices, what is left. Euro cents.

Only the person reads all of it; a place reads what it gave itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, ExtractYear

from filiere.billing.models import (
    Charge,
    ChargeState,
    Debtor,
    InvoicePayment,
    Package,
    PackageSale,
    PayerKind,
    PayerShare,
)
from filiere.observatory.statements import invoices, lines
from filiere.observatory.statements.lines import Explain, Source, source
from filiere.observatory.statements.shape import About, LineKind, Party, Period, Statement
from filiere.observatory.statements.shares import session_of
from filiere.vouchers.queries import HeldVoucher, vouchers_of

STARTS_AT = "registration__slot__starts_at"
USABLE = "handed_out"


def _charges(person_id: UUID, provider_id: int | None) -> QuerySet[Charge]:
    found = Charge.objects.filter(registration__person=person_id)
    return found if provider_id is None else found.filter(provider=provider_id)


def years_of_help(person_id: UUID, *, provider_id: int | None = None) -> list[int]:
    """Years of sessions that have a price, of invoices and payments, latest first; four queries.

    Args:
        provider_id: only those of this organisation; None for all.
    """
    years: set[int] = set(
        _charges(person_id, provider_id)
        .exclude(state=ChargeState.CANCELLED)
        .order_by()
        .values_list(ExtractYear(STARTS_AT), flat=True)
        .distinct()
    )
    asked = invoices.of_person(person_id, provider_id)
    paid = InvoicePayment.objects.filter(debtor__in=_debtors(person_id, provider_id))
    sold = _sales(person_id, provider_id)
    for rows, moment in ((asked, "issued_at"), (paid, "recorded_at"), (sold, "sold_at")):
        years |= set(rows.order_by().values_list(ExtractYear(moment), flat=True).distinct())
    return sorted(years, reverse=True)


def _sales(person_id: UUID, provider_id: int | None) -> QuerySet[PackageSale]:
    """Packages sold without a session; those a session bought are its price."""
    found = PackageSale.objects.filter(person=person_id)
    return found if provider_id is None else found.filter(offer__place__organisation=provider_id)


def _debtors(person_id: UUID, provider_id: int | None) -> QuerySet[Debtor]:
    found = Debtor.objects.filter(person=person_id)
    return found if provider_id is None else found.filter(issuer__organisation=provider_id)


def year_of_help(person_id: UUID, *, year: int, provider_id: int | None = None) -> Statement:
    """Write what a year of help cost and who paid it; at most eight queries.

    What a person is charged is its own part, paid at the counter. A session nobody has settled yet
    charges nothing: its price is in its facts, with the state ``open``. Invoices of other things
    charge what they ask; what was paid on them, or too much, is told line by line: the balance is
    what is still due, and below 0 a credit balance.

    Args:
        year: four figures; sessions count in the year they took place in.
        provider_id: only the sessions of this organisation; None for all.
    """
    period = Period(date(year, 1, 1), date(year, 12, 31))
    explain: dict[LineKind, Explain] = {
        LineKind.SESSION: _about_charges,
        LineKind.PACKAGE: _about_sales,
        LineKind.PACKAGE_BACK: _about_sales,
        LineKind.REFUND: _about_charges,
        LineKind.INVOICE: invoices.about_invoices,
        LineKind.CREDIT_NOTE: invoices.about_invoices,
        LineKind.DIRECT: invoices.about_direct,
        **invoices.CREDIT,
    }
    return lines.read(
        Party.PERSON, sources(person_id, provider_id), explain, period, first=0, count=None
    )


def sources(person_id: UUID, provider_id: int | None) -> list[Source]:
    """The lines of a person, by kind."""
    part = PayerShare.objects.filter(charge=OuterRef("pk"), kind=PayerKind.PERSON)
    charges = (
        _charges(person_id, provider_id)
        .exclude(state=ChargeState.CANCELLED)
        .annotate(
            part=Coalesce(
                Subquery(part.values("amount_cents")[:1]), Value(0), output_field=BigIntegerField()
            )
        )
    )
    back, sales = -F("part"), _sales(person_id, provider_id)
    return [
        source(charges, LineKind.SESSION, at=STARTS_AT, charged="part", paid="part"),
        source(
            sales, LineKind.PACKAGE, at="sold_at", charged="price_cents", paid="price_cents"
        ),
        source(
            sales.filter(package__cancelled_at__isnull=False), LineKind.PACKAGE_BACK,
            at="package__cancelled_at", charged=-F("price_cents"), paid=-F("price_cents"),
        ),
        source(
            charges.filter(state=ChargeState.REFUNDED), LineKind.REFUND,
            at="refund__refunded_at", charged=back, paid=back,
        ),
        *invoices.client_lines(
            invoices.of_person(person_id, provider_id), _debtors(person_id, provider_id)
        ),
    ]  # fmt: skip


def _about_charges(refs: Sequence[str]) -> Mapping[str, About]:
    """Give the facts of some charges, with who paid each; two queries."""
    charges = Charge.objects.filter(pk__in=[int(ref) for ref in refs]).select_related(
        "refund", "registration__slot__offer__place__commune"
    )
    shares = PayerShare.objects.filter(charge__in=[int(ref) for ref in refs]).select_related(
        "commitment__agreement__promiser", "movement__voucher__lot__programme"
    )
    paid: dict[int, list[tuple[str, int]]] = {}
    for share in shares.order_by("pk"):
        if share.kind != PayerKind.PERSON:
            paid.setdefault(share.charge_id, []).append((_payer(share), share.amount_cents))
    return {
        str(charge.pk): About(
            **session_of(charge),
            amount_cents=charge.price_cents,
            state=charge.state if charge.price_stated else "unstated",
            reason=charge.refund.reason if charge.state == ChargeState.REFUNDED else "",
            parts=tuple(paid.get(charge.pk, [])),
        )
        for charge in charges
    }


def _about_sales(refs: Sequence[str]) -> Mapping[str, About]:
    """Give the facts of some packages sold without a session; one query."""
    sales = PackageSale.objects.filter(pk__in=[int(ref) for ref in refs])
    return {
        str(sale.pk): About(
            place=sale.offer.place.name,
            amount_cents=sale.price_cents,
            on=sale.package.ends_on,
            state="split",
        )
        for sale in sales.select_related("offer__place", "package")
    }


def _payer(share: PayerShare) -> str:
    """Name who pays a share under an agreement or by a voucher."""
    if share.commitment is not None:
        return share.commitment.agreement.promiser.name
    return share.movement.voucher.lot.programme.name if share.movement else ""


@dataclass(frozen=True, slots=True)
class Left:
    """What a person may still use: vouchers with their value, packages with their sessions."""

    vouchers: tuple[HeldVoucher, ...]
    packages: tuple[Package, ...]

    @property
    def vouchers_cents(self) -> int:
        """What is left on the vouchers."""
        return sum(one.remaining_cents for one in self.vouchers)


def what_is_left(person_id: UUID, *, on: date, provider_id: int | None = None) -> Left:
    """Give what a person may still use on a day; two queries.

    Args:
        provider_id: only packages of this organisation, and no voucher: None for all.
    """
    packages = Package.objects.filter(
        person=person_id, cancelled_at=None, begins_on__lte=on, ends_on__gte=on
    ).exclude(sessions_left=0)
    packages = packages.exclude(minutes_left=0).select_related("offer__place").order_by("ends_on")
    if provider_id is not None:
        return Left((), tuple(packages.filter(offer__place__organisation=provider_id)))
    held = tuple(
        one
        for one in vouchers_of(person_id)
        if one.state == USABLE and one.remaining_cents and one.use_until >= on
    )
    return Left(held, tuple(packages))
