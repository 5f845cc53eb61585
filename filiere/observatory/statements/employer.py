"""An employer's statement: hours bought, hours used month by month, what it sent. Euro cents.

Nobody is told who came, nor when: sessions are told by the groups of whole months of
``billing.queries.told_hours``. Until then they are in no line and no balance.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter

from django.db.models import QuerySet

from filiere.agreements.models import AgreementKind, Commitment
from filiere.billing.models import Allocation, ThirdPartyReceipt
from filiere.billing.queries import hours_events, told_hours
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.observatory.statements import invoices
from filiere.observatory.statements.shape import (
    About,
    Line,
    LineKind,
    Party,
    Period,
    Statement,
    Total,
)


def is_one(organisation_id: int) -> bool:
    """Tell whether an organisation bought hours for its staff and their families."""
    return _bought(organisation_id).exists()


def _bought(organisation_id: int) -> QuerySet[Commitment]:
    return Commitment.objects.filter(
        agreement__promiser=organisation_id, agreement__kind=AgreementKind.EMPLOYER
    )


def statement(
    organisation_id: int, period: Period, *, first: int = 0, count: int | None = None
) -> Statement:
    """Write it as it may be told on the last day of the period; at most thirteen queries."""
    every = sorted(
        (one for one in _lines(organisation_id, period.last_on) if one.at < period.until),
        key=attrgetter("at"),
    )
    balance, opening, inside = 0, 0, []
    for one in every:
        balance += one.charged_cents - one.paid_cents
        if one.at < period.since:
            opening = balance
        else:
            inside.append(replace(one, balance_cents=balance))
    last = len(inside) if count is None else first + count
    return Statement(
        party=Party.EMPLOYER,
        period=period,
        opening_cents=opening,
        closing_cents=balance,
        count=len(inside),
        first=first,
        lines=tuple(inside[first:last]),
        totals=tuple(_totals(inside)),
    )


def _totals(inside: list[Line]) -> Iterator[Total]:
    for kind in LineKind:
        some = [one for one in inside if one.kind == kind]
        if some:
            yield Total(
                kind,
                len(some),
                sum(one.charged_cents for one in some),
                sum(one.paid_cents for one in some),
            )


def _line(at: datetime, kind: LineKind, about: About, charged: int = 0, paid: int = 0) -> Line:
    return Line(at, kind, charged, paid, 0, about)


def _lines(organisation_id: int, on: date) -> Iterator[Line]:
    """Write every line that may be told on a day."""
    bought = list(_bought(organisation_id).select_related("agreement__counterpart").order_by("pk"))
    events = hours_events(bought)
    for one in bought:
        agreement = one.agreement
        about = About(
            agreement=agreement.title,
            name=agreement.counterpart.name if agreement.counterpart else "",
            minutes=one.quota_minutes or 0,
            on=agreement.ends_on,
        )
        yield _line(bounds_of_day(agreement.starts_on)[0], LineKind.HOURS_BOUGHT, about)
        mine = [event for event in events if event.commitment_id == one.pk]
        for told_at, some in told_hours(mine, ends_on=agreement.ends_on, on=on):
            cents = sum(event.cents for event in some)
            about = About(
                agreement=agreement.title,
                sessions=sum(event.sessions for event in some),
                minutes=sum(event.minutes for event in some),
                on=legal_day(told_at),
            )
            yield _line(told_at, LineKind.HOURS_USED, about, charged=cents)
    yield from _received(bought)
    yield from _invoiced(organisation_id)
    yield from _paid_too_much(organisation_id)


def _received(bought: Iterable[Commitment]) -> Iterator[Line]:
    received = (
        ThirdPartyReceipt.objects.filter(commitment__in=list(bought))
        .select_related("posting_group", "commitment__agreement")
        .order_by("pk")
    )
    for one in received:
        about = About(
            number=one.bank_reference,
            on=one.received_on,
            agreement=one.commitment.agreement.title,
        )
        yield _line(one.posting_group.occurred_at, LineKind.RECEIPT, about, paid=one.amount_cents)


def _invoiced(organisation_id: int) -> Iterator[Line]:
    """Write invoices of hours, which change no balance, and what was paid on them."""
    asked = invoices.of_employer(organisation_id)
    moments = dict(asked.order_by("pk").values_list("pk", "issued_at"))
    for ref, about in invoices.about_invoices([str(pk) for pk in moments]).items():
        yield _line(moments[int(ref)], LineKind.INVOICE, about)
    put = {str(one.pk): one for one in Allocation.objects.filter(invoice__in=list(moments))}
    for ref, about in invoices.about_direct(list(put)).items():
        yield _line(put[ref].allocated_at, LineKind.DIRECT, about, paid=put[ref].amount_cents)


def _paid_too_much(organisation_id: int) -> Iterator[Line]:
    """Write what it paid that no invoice asks for, and what became of it."""
    for rows in invoices.credit_lines(invoices.employer_debtors(organisation_id)):
        found = [(at, tuple(LineKind)[rank], ref, paid) for at, rank, ref, _charged, paid in rows]
        if not found:
            continue
        explain = invoices.CREDIT[found[0][1]]
        about = explain([ref for _at, _kind, ref, _paid in found])
        for at, kind, ref, paid in found:
            yield _line(at, kind, about[ref], paid=paid)
