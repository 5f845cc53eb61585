"""Reads of what is due on invoices: positions, ages, payments, credit balances. Euro cents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from filiere.billing.models import (
    POSITION,
    Allocation,
    CreditRefund,
    Debtor,
    Invoice,
    InvoiceKind,
    InvoicePayment,
    RecipientKind,
)
from filiere.rules.reminders import BUCKETS, DebtorKind, bucket

KINDS = {
    RecipientKind.ORGANISATION.value: DebtorKind.COMPANY,
    RecipientKind.PUBLIC_BODY.value: DebtorKind.PUBLIC,
    RecipientKind.PERSON.value: DebtorKind.PERSON,
}
NOT_DUE = len(BUCKETS) + 1
"""Rank of the column of what is not due yet, after those of what is late."""


class InvoiceState(StrEnum):
    """Where an invoice stands, derived from its money; nobody types it."""

    GIVEN_BACK = "given_back"
    PAID = "paid"
    PARTLY = "partly"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Position:
    """Where the money of one invoice stands.

    Attributes:
        elsewhere_cents: paid at the counter, or sent to the operator.
        credited_cents: given back by credit notes.
        refunded_cents: sessions on it refunded since, with or without a credit note yet.
        due_cents: what payments on it must come to in all.
        settled_cents: what they come to.
    """

    invoice_id: int
    total_cents: int
    elsewhere_cents: int
    credited_cents: int
    refunded_cents: int
    due_cents: int
    settled_cents: int

    @property
    def open_cents(self) -> int:
        """What is left to pay."""
        return self.due_cents - self.settled_cents

    def state(self, *, due_on: date, on: date) -> InvoiceState:
        """Say where the invoice stands on a day."""
        if self.credited_cents >= self.total_cents:
            return InvoiceState.GIVEN_BACK
        if self.open_cents <= 0:
            return InvoiceState.PAID
        if on > due_on:
            return InvoiceState.OVERDUE
        return InvoiceState.PARTLY if self.settled_cents else InvoiceState.DUE


def positions(invoice_ids: Iterable[int]) -> dict[int, Position]:
    """Give the position of each invoice named, in one query; credit notes have none."""
    query = f"""
        SELECT invoice.id, invoice.total_cents, one.elsewhere, one.credited, one.refunded, one.due,
               one.settled
          FROM billing_invoice AS invoice
          JOIN ({POSITION} AND invoice.id = ANY(%s)) AS one ON one.id = invoice.id
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [list(invoice_ids)])
        return {row[0]: Position(*(int(value) for value in row)) for row in cursor.fetchall()}


def position_of(invoice: Invoice) -> Position:
    """Give the position of one invoice.

    Raises:
        KeyError: it is a credit note.
    """
    return positions([invoice.pk])[invoice.pk]


def debtor_of(
    *, issuer_id: int, organisation_id: int | None = None, person_id: UUID | None = None
) -> Debtor | None:
    """Give a party as one issuer's debtor; None when no money of it has moved yet."""
    return Debtor.objects.filter(
        issuer=issuer_id, organisation=organisation_id, person=person_id
    ).first()


def open_invoices(debtor: Debtor) -> list[tuple[Invoice, Position]]:
    """Give what a debtor still has to pay, what is due first, first."""
    every = Invoice.objects.filter(
        issuer=debtor.issuer_id,
        recipient=debtor.organisation_id,
        person=debtor.person_id,
        kind=InvoiceKind.INVOICE,
    )
    found = list(every.order_by("due_on", "pk"))
    known = positions(one.pk for one in found)
    return [(one, known[one.pk]) for one in found if known[one.pk].open_cents > 0]


def _with_rest(payments: QuerySet[InvoicePayment]) -> Any:
    """Read with each payment ``rest_cents``: what is on no invoice and was not given back."""
    used = Allocation.objects.filter(payment=OuterRef("pk")).order_by().values("payment")
    given = CreditRefund.objects.filter(payment=OuterRef("pk")).order_by().values("payment")
    return payments.annotate(
        used_cents=Coalesce(Subquery(used.annotate(s=Sum("amount_cents")).values("s")), 0),
        given_cents=Coalesce(Subquery(given.annotate(s=Sum("amount_cents")).values("s")), 0),
    ).annotate(rest_cents=F("amount_cents") - F("used_cents") - F("given_cents"))


def payments_of(debtor_id: int) -> QuerySet[InvoicePayment]:
    """Payments of a debtor with ``rest_cents``, what is left of each; the latest first."""
    listed = _with_rest(InvoicePayment.objects.filter(debtor=debtor_id))
    found: QuerySet[InvoicePayment] = listed.select_related("bounce")
    return found.order_by("-received_on", "-pk")


def unused_payments(debtor_id: int) -> list[tuple[InvoicePayment, int]]:
    """Payments that hold, each with what is on no invoice of it, in cents; the oldest first."""
    listed = _with_rest(InvoicePayment.objects.filter(debtor=debtor_id, bounce=None))
    left = listed.filter(rest_cents__gt=0).order_by("received_on", "pk")
    return [(one, int(one.rest_cents)) for one in left]


def credit_cents(debtor_id: int) -> int:
    """Credit balance of a debtor: what it paid that no invoice asks for."""
    return sum(rest for _payment, rest in unused_payments(debtor_id))


def allocations_of(invoice_id: int) -> QuerySet[Allocation]:
    """What was put on an invoice and taken off it, in order."""
    found = Allocation.objects.filter(invoice=invoice_id)
    return found.select_related("payment").order_by("allocated_at", "pk")


@dataclass(frozen=True, slots=True)
class DueRow:
    """One invoice that is not wholly paid, as the list of what is due shows it."""

    invoice_id: int
    number: str
    kind: DebtorKind
    organisation_id: int | None
    name: str
    person_id: UUID | None
    due_on: date
    open_cents: int
    is_partly_paid: bool
    is_disputed: bool
    has_plan: bool
    last_step: str
    # A session on it was refunded: its credit note is still to be written.
    awaits_credit_note: bool
    days_late: int

    @property
    def bucket(self) -> int:
        """Rank of its age; see ``rules.reminders.bucket``."""
        found = bucket(self.days_late)
        return NOT_DUE if found < 0 else found


DUE = f"""
    SELECT invoice.id, invoice.number, invoice.recipient_kind, invoice.recipient_id,
           COALESCE(organisation.name, ''), invoice.person_id, invoice.due_on,
           (one.due - one.settled)::bigint, one.settled > 0,
           EXISTS (SELECT FROM billing_invoicedispute AS dispute
                    WHERE dispute.invoice_id = invoice.id AND dispute.closed_at IS NULL),
           EXISTS (SELECT FROM billing_paymentplan AS plan
                    WHERE plan.invoice_id = invoice.id AND plan.ended_at IS NULL),
           COALESCE((SELECT reminder.step FROM billing_reminder AS reminder
                      WHERE reminder.invoice_id = invoice.id AND reminder.state = 'sent'
                      ORDER BY reminder.id DESC LIMIT 1), ''),
           one.refunded > one.credited, %(on)s - invoice.due_on AS late
      FROM ({POSITION} AND invoice.issuer_id = %(issuer)s
              AND (%(invoice)s::bigint IS NULL OR invoice.id = %(invoice)s)) AS one
      JOIN billing_invoice AS invoice ON invoice.id = one.id
      LEFT JOIN accounts_organisation AS organisation ON organisation.id = invoice.recipient_id
     WHERE one.due > one.settled
     ORDER BY invoice.due_on, invoice.id
"""


def due_rows(*, issuer_id: int, on: date, invoice_id: int | None = None) -> list[DueRow]:
    """Give every invoice of an issuer with something left to pay, the latest due last; one query.

    Args:
        invoice_id: this invoice alone, if something is left to pay on it.
    """
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"on": on, "issuer": issuer_id, "invoice": invoice_id})
        return [_due_row(row) for row in cursor.fetchall()]


def _due_row(row: Sequence[Any]) -> DueRow:
    pk, number, kind, *rest = row
    return DueRow(int(pk), number, KINDS[kind], *rest)


@dataclass(frozen=True, slots=True)
class Age:
    """What is due of one age: how many invoices, how much."""

    rank: int
    invoices: int
    cents: int


def ages(rows: Iterable[DueRow]) -> list[Age]:
    """Add up what is due by age: 0–30 days late, 31–60, 61–90, more, then not due yet."""
    listed = list(rows)
    return [
        Age(
            rank,
            sum(row.bucket == rank for row in listed),
            sum(row.open_cents for row in listed if row.bucket == rank),
        )
        for rank in range(NOT_DUE + 1)
    ]
