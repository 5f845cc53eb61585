"""Credit notes: what an invoice asked too much, given back in whole or in part.

Called through ``billing.services``.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from filiere.billing.errors import CreditNoteNotPossible, CreditReasonMissing
from filiere.billing.models import (
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceVat,
    Issuer,
)
from filiere.billing.services.allocating import lock_debtor
from filiere.billing.services.invoicing import same_demand
from filiere.billing.services.numbering import Draft, DraftLine, lock_series, write
from filiere.billing.services.receivables import free_overpaid
from filiere.kernel.services import record
from filiere.rules.vat import Group, Treatment, credited


@transaction.atomic
def issue_credit_note(
    *,
    invoice: Invoice,
    reason: str,
    issued_on: date,
    key: str,
    at: datetime,
    actor: str,
    net_by_line: Mapping[int, int] | None = None,
) -> Invoice:
    """Give back an invoice, or a part of it, for a reason printed on the credit note.

    Once an invoice is wholly given back, the sessions it asked for can be invoiced again. What was
    paid on it and is no longer asked becomes a credit balance. The same ``key`` again is the same
    credit note.

    Args:
        net_by_line: by line of the invoice, what is given back without tax, in cents; None gives
            back all that is left.

    Raises:
        CreditReasonMissing: no reason.
        CreditNoteNotPossible: it is not an invoice, a line is another's, or more would be given
            back than is left.
        InvoiceDateNotPossible: before the last credit note, before the invoice, or after today.
        InvoiceKeyReused: the key was used for something else.
    """
    if not reason.strip():
        raise CreditReasonMissing
    issuer = Issuer.objects.select_for_update(no_key=True).get(pk=invoice.issuer_id)
    series = lock_series(issuer=issuer, kind=InvoiceKind.CREDIT_NOTE, on=issued_on)
    lock_debtor(
        issuer_id=issuer.pk, organisation_id=invoice.recipient_id, person_id=invoice.person_id
    )
    known = Invoice.objects.filter(issuer=issuer, request_key=key).first()
    if invoice.kind != InvoiceKind.INVOICE or issued_on < invoice.issued_on:
        raise CreditNoteNotPossible(number=invoice.number)
    if known is not None and net_by_line is None and known.corrects_id == invoice.pk:
        return known
    draft = _draft(invoice, reason.strip(), key, net_by_line, replayed=known)
    if known is not None:
        return same_demand(known, draft)
    made = write(
        issuer=issuer, series=series, drafts=[draft], issued_on=issued_on, at=at, actor=actor
    )[0]
    free_overpaid(invoice, at=at, actor=actor)
    record(
        actor=actor,
        action="billing.credit_note_issued",
        subject=f"invoice:{made.pk}",
        at=at,
        number=made.number,
        corrects=invoice.number,
        total_cents=made.total_cents,
    )
    return made


def _draft(
    invoice: Invoice,
    reason: str,
    key: str,
    net_by_line: Mapping[int, int] | None,
    *,
    replayed: Invoice | None,
) -> Draft:
    """Write what is given back, line by line, then its tax, group by group.

    Args:
        replayed: a credit note already made with this key, not counted in what was given back.
    """
    before = Invoice.objects.filter(corrects=invoice)
    if replayed is not None:
        before = before.exclude(pk=replayed.pk)
    notes = list(before.values_list("pk", flat=True))
    lines = list(invoice.lines.order_by("position"))
    left = _left(lines, notes)
    asked = left if net_by_line is None else dict(net_by_line)
    known = {line.pk for line in lines}
    if not any(asked.values()) or any(
        pk not in known or not 0 <= cents <= left[pk] for pk, cents in asked.items()
    ):
        raise CreditNoteNotPossible(number=invoice.number)
    given = [(line, asked.get(line.pk, 0)) for line in lines if asked.get(line.pk, 0)]
    groups = tuple(_groups(invoice, given, notes))
    return Draft(
        kind=InvoiceKind.CREDIT_NOTE,
        lines=tuple(_line(line, cents) for line, cents in given),
        groups=groups,
        key=key,
        corrects=invoice,
        reason=reason,
        delivered=_delivered(invoice),
        copied={
            "recipient_kind": invoice.recipient_kind,
            "recipient_id": invoice.recipient_id,
            "person_id": invoice.person_id,
            "buyer": invoice.buyer,
            "seller": invoice.seller,
            "buyer_reference": invoice.buyer_reference,
            "order_reference": invoice.order_reference,
        },
    )


def _delivered(invoice: Invoice) -> tuple[date, date] | None:
    if invoice.delivered_from is None or invoice.delivered_to is None:
        return None
    return invoice.delivered_from, invoice.delivered_to


def _left(lines: Sequence[InvoiceLine], notes: Sequence[int]) -> dict[int, int]:
    """What each line still asks, without tax."""
    given = dict(
        InvoiceLine.objects.filter(invoice__in=notes)
        .values("credits")
        .order_by("credits")
        .annotate(total=Sum("net_cents"))
        .values_list("credits", "total")
    )
    return {line.pk: line.net_cents - given.get(line.pk, 0) for line in lines}


def _groups(
    invoice: Invoice, given: Sequence[tuple[InvoiceLine, int]], notes: Sequence[int]
) -> Sequence[Group]:
    """Give the tax of what is given back: the last credit note gives back the rest."""
    found = []
    for group in invoice.groups.order_by("pk"):
        base = sum(
            cents
            for line, cents in given
            if (line.vat_treatment, line.vat_rate_bp) == (group.vat_treatment, group.vat_rate_bp)
        )
        if not base:
            continue
        before = InvoiceVat.objects.filter(
            invoice__in=notes, vat_treatment=group.vat_treatment, vat_rate_bp=group.vat_rate_bp
        ).aggregate(base=Sum("base_cents", default=0), vat=Sum("vat_cents", default=0))
        treatment = Treatment(group.vat_treatment)
        whole = Group(treatment, group.vat_rate_bp, group.base_cents, group.vat_cents)
        vat = credited(whole, base_cents=base, base_before=before["base"], vat_before=before["vat"])
        found.append(Group(treatment, group.vat_rate_bp, base, vat))
    return found


def _line(line: InvoiceLine, cents: int) -> DraftLine:
    """A line given back whole keeps its quantity; a part is one piece of that amount."""
    whole = cents == line.net_cents
    return DraftLine(
        wording=line.wording,
        detail=line.detail,
        unit=line.unit if whole else "C62",
        quantity_hundredths=line.quantity_hundredths if whole else 100,
        unit_price_cents=line.unit_price_cents if whole else cents,
        net_cents=cents,
        treatment=line.vat_treatment,
        rate_bp=line.vat_rate_bp,
        credits_id=line.pk,
    )
