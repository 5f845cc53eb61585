"""From shares of sessions to the lines of an invoice.

An organisation reads sessions counted by service, place and month, never one by one: who came on
which day is none of its business. A person reads her own sessions, day by day.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.billing.models import Customer, Issuer, PayerKind, PayerShare
from filiere.billing.services.numbering import Draft, DraftLine
from filiere.kernel.calendar import add_months, legal_day
from filiere.kernel.wording import day_words
from filiere.rules import national_lists
from filiere.rules.vat import Amount, Taxed, Treatment, rate_bp, tax

LANGUAGE = "fr"
"""Invoices are written in French, whoever issues them and whatever the language of the page."""


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One share to invoice: what it asks, and the session it is of."""

    share_id: int
    amount_cents: int
    is_paid: bool
    starts_at: datetime
    service: str
    place: str
    commune: str
    person_id: UUID
    organisation_id: int | None
    turn: int

    @property
    def on(self) -> date:
        """Day of the session."""
        return legal_day(self.starts_at)


def rows_of(shares: QuerySet[PayerShare]) -> list[ShareRow]:
    """Read what the lines need, in the order of the sessions, in one query."""
    found = (
        shares.annotate(turns=Count("invoiced"))
        .order_by("charge__registration__slot__starts_at", "pk")
        .values_list(
            "pk",
            "amount_cents",
            "kind",
            "released_group",
            "charge__registration__slot__starts_at",
            "charge__registration__slot__offer__service",
            "charge__registration__slot__offer__place__name",
            "charge__registration__slot__offer__place__commune__name",
            "charge__registration__person",
            "commitment__agreement__promiser",
            "turns",
        )
    )
    return [
        ShareRow(
            share_id=pk,
            amount_cents=cents,
            # A person pays at the counter; a third party's share is released by its cash.
            is_paid=kind == PayerKind.PERSON or released is not None,
            starts_at=starts_at,
            service=service,
            place=place,
            commune=commune,
            person_id=person,
            organisation_id=promiser,
            turn=turns + 1,
        )
        for (
            pk, cents, kind, released, starts_at, service, place, commune, person, promiser, turns,
        ) in found
    ]  # fmt: skip


def draft_of_shares(
    *,
    issuer: Issuer,
    rows: Sequence[ShareRow],
    key: str,
    customer: Customer | None,
    person_id: UUID | None,
    issued_on: date,
    order_reference: str = "",
) -> Draft:
    """Write the invoice of one payer's shares: the price told holds its tax.

    Args:
        rows: at least one, all of one payer.
        issued_on: day of the invoice.
        customer: the organisation; None for the person ``person_id``.
    """
    groups = _grouped(rows, by_day=customer is None)
    treatment = Treatment(issuer.vat_regime)
    amounts = [
        Amount(treatment, rate_bp(treatment, own[0].on), sum(row.amount_cents for row in own))
        for own in groups
    ]
    taxed = tax(amounts, tax_included=True)
    with translation.override(LANGUAGE):
        lines = tuple(_lines(groups, amounts, taxed, by_day=customer is None))
    days = [row.on for row in rows]
    whole = (min(days), max(days)) if customer is None else _months(days, issued_on)
    return Draft(
        lines=lines,
        groups=taxed.groups,
        key=key,
        customer=customer,
        person_id=person_id if customer is None else None,
        paid_cents=sum(row.amount_cents for row in rows if row.is_paid),
        delivered=whole,
        order_reference=order_reference,
    )


def _months(days: Sequence[date], issued_on: date) -> tuple[date, date]:
    """Give first and last day of whole months: an organisation reads no day of a session."""
    last = add_months(max(days).replace(day=1), 1) - timedelta(days=1)
    if issued_on >= max(days):
        last = min(last, issued_on)
    return min(days).replace(day=1), last


def _grouped(rows: Iterable[ShareRow], *, by_day: bool) -> list[list[ShareRow]]:
    """Put together the sessions that make one line, in order of the first of each."""
    groups: dict[tuple[object, ...], list[ShareRow]] = defaultdict(list)
    for row in rows:
        when = row.on if by_day else (row.on.year, row.on.month)
        groups[row.service, row.place, row.commune, when, row.amount_cents].append(row)
    return list(groups.values())


def _lines(
    groups: Sequence[Sequence[ShareRow]], amounts: Sequence[Amount], taxed: Taxed, *, by_day: bool
) -> Iterable[DraftLine]:
    for own, amount, net in zip(groups, amounts, taxed.nets, strict=True):
        first, count = own[0], len(own)
        # A unit price only when it multiplies back to the cent.
        pieces = count if net % count == 0 else 1
        yield DraftLine(
            wording=_service(first.service),
            detail=_("%(sessions)s, %(place)s, %(commune)s")
            % {
                "sessions": _sessions(count, first.on, by_day=by_day),
                "place": first.place,
                "commune": first.commune,
            },
            quantity_hundredths=100 * pieces,
            unit_price_cents=net // pieces,
            net_cents=net,
            treatment=amount.treatment,
            rate_bp=amount.rate_bp,
            shares=tuple((row.share_id, row.turn) for row in own),
        )


def _service(key: str) -> str:
    try:
        return national_lists.label_of("services", key, LANGUAGE)
    except KeyError:
        return _("Digital help")


def _sessions(count: int, on: date, *, by_day: bool) -> str:
    """Say how many sessions, and when: the day for the person, the month for an organisation."""
    if by_day:
        words = ngettext("session of %(when)s", "%(count)s sessions of %(when)s", count)
        return words % {"count": count, "when": day_words(on)}
    words = ngettext("1 session in %(when)s", "%(count)s sessions in %(when)s", count)
    return words % {"count": count, "when": date_format(on, "YEAR_MONTH_FORMAT")}
