"""Everything held on one person, for that person alone (GDPR art. 15): what, and how long it is kept.

Plain values; amounts are integer euro cents, moments are ISO 8601. Each table that names a person
has its part here: a test looks for those that have none.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from filiere.agenda import queries as agenda
from filiere.agenda.models import Registration
from filiere.billing import queries as billing
from filiere.billing.models import (
    Charge,
    ChargeState,
    Debtor,
    Invoice,
    InvoicePayment,
    Package,
    PayerKind,
    TillReceipt,
)
from filiere.kernel import services as kernel
from filiere.orientation.models import Referral
from filiere.pathways.models import Diagnosis, FollowUp, SessionNote
from filiere.persons import queries as persons
from filiere.rules import parameters
from filiere.vouchers.models import Voucher


def person_of_reference(written: str) -> UUID | None:
    """Find whose file a printed reference of a session leads to; None when nobody's."""
    reference = agenda.read_reference(written)
    found = Registration.objects.filter(ref=reference).values_list("person", flat=True).first()
    return found if reference else None


def export_person(person_id: UUID, *, at: datetime, reader: str) -> dict[str, Any]:
    """Give everything held on one person. The reading is written in the audit trail.

    Args:
        reader: who reads it, an opaque actor.

    Returns:
        An empty dictionary when no file bears this reference.
    """
    own = persons.export(person_id, reader=reader, at=at)
    if not own:
        return {}
    kernel.record(actor=reader, action="persons.exported", subject=f"person:{person_id}", at=at)
    found: dict[str, Any] = {"person": own}
    found |= {name: part(person_id) for name, part in PARTS.items()}
    return found | {"kept": _kept(at.date())}


def _sessions(person_id: UUID) -> list[dict[str, Any]]:
    """Sessions with what each cost and who paid: the person, and others by their own names."""
    seats = Registration.objects.filter(person=person_id).select_related(
        "slot__offer__place__commune"
    )
    notes = {one.registration_id: one for one in _of_person(SessionNote, person_id)}
    charges = {one.registration_id: one for one in _of_person(Charge, person_id)}
    return [
        {
            "reference": seat.ref,
            "starts_at": seat.slot.starts_at.isoformat(),
            "place": f"{seat.slot.offer.place.name}, {seat.slot.offer.place.commune.name}",
            "service": seat.slot.offer.service,
            "state": seat.state,
            "need": seat.need,
            "procedure": seat.procedure,
            "outcome": notes[seat.pk].outcome if seat.pk in notes else "",
            "paid": _paid(charges.get(seat.pk)),
        }
        for seat in seats.order_by("slot__starts_at", "pk")
    ]


def _of_person(model: Any, person_id: UUID) -> Any:
    return model.objects.filter(registration__person=person_id)


def _paid(charge: Charge | None) -> dict[str, Any]:
    """The receipt of a session, line by line; empty when nothing was asked."""
    if charge is None or charge.state == ChargeState.CANCELLED:
        return {}
    receipt = billing.receipt_lines(charge)
    return {
        "state": charge.state,
        "price_cents": receipt.offer_cents,
        "why": receipt.why,
        "taken_off": [
            {"label": label, "amount_cents": cents} for label, cents in receipt.deductions()
        ],
        "paid_by": [
            {"label": one.label, "amount_cents": one.amount_cents} for one in receipt.lines
        ],
        "left_for_you_cents": receipt.person_cents,
    }


def _packages(person_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind,
            "begins_on": one.begins_on.isoformat(),
            "ends_on": one.ends_on.isoformat(),
            "sessions_left": one.sessions_left,
            "minutes_left": one.minutes_left,
            "cancelled": one.cancelled_at is not None,
            "sold_alone_cents": one.sale.price_cents if one.sale else None,
            "sessions": sorted(
                one.uses.filter(reverses=None, reversal=None).values_list(
                    "registration__ref", flat=True
                )
            ),
        }
        for one in Package.objects.filter(person=person_id)
        .select_related("sale")
        .order_by("begins_on", "pk")
    ]


def _till_receipts(person_id: UUID) -> list[dict[str, Any]]:
    found = TillReceipt.objects.filter(
        Q(share__charge__registration__person=person_id, share__kind=PayerKind.PERSON)
        | Q(sale__person=person_id)
    ).select_related("till", "share__charge__registration", "reverses")
    return [
        {
            "till": one.till.name,
            "act": one.till.act_number,
            "number": one.number,
            "undoes": one.reverses.number if one.reverses else None,
            "session": one.session_ref or None,
            "day": one.day.isoformat(),
            "means": one.means,
            "amount_cents": one.amount_cents,
        }
        for one in found.order_by("till", "number")
    ]


def _invoices(person_id: UUID) -> list[dict[str, Any]]:
    """Invoices and credit notes: they keep a reference, never a name."""
    found = Invoice.objects.filter(person=person_id).prefetch_related("lines")
    return [
        {
            "number": one.number,
            "kind": one.kind,
            "issued_on": one.issued_on.isoformat(),
            "issuer": one.seller.get("name", ""),
            "total_cents": one.total_cents,
            "paid_before_cents": one.paid_cents,
            "lines": [line.wording for line in one.lines.all()],
        }
        for one in found.order_by("issued_on", "pk")
    ]


def _payments(person_id: UUID) -> list[dict[str, Any]]:
    """What the person paid of invoices, to each issuer."""
    debtors = Debtor.objects.filter(person=person_id)
    found = InvoicePayment.objects.filter(debtor__in=debtors).order_by("received_on", "pk")
    return [
        {
            "received_on": one.received_on.isoformat(),
            "means": one.means,
            "amount_cents": one.amount_cents,
        }
        for one in found
    ]


def _vouchers(person_id: UUID) -> list[dict[str, Any]]:
    """Vouchers handed out by name: their numbers, never their codes."""
    return [
        {
            "number": one.serial,
            "programme": one.lot.programme.name,
            "state": one.state,
            "face_cents": one.face_cents,
            "left_cents": one.remaining_cents,
            "handed_out_at": one.handed_out_at.isoformat() if one.handed_out_at else None,
        }
        for one in Voucher.objects.filter(holder=person_id)
        .select_related("lot__programme")
        .order_by("serial")
    ]


def _diagnoses(person_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "made_at": one.made_at.isoformat(),
            "answers": one.answers,
            "result": one.result,
        }
        for one in Diagnosis.objects.filter(person=person_id).order_by("made_at", "pk")
    ]


def _follow_ups(person_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "due_on": one.due_on.isoformat(),
            "state": one.state,
            "did_it_alone": one.did_it_alone,
        }
        for one in FollowUp.objects.filter(person=person_id).order_by("due_on", "pk")
    ]


def _referrals(person_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "reference": one.ref,
            "sender": one.sender.name,
            "need": one.need,
            "state": one.state,
            "sent_at": one.sent_at.isoformat(),
            "result": one.result,
        }
        for one in Referral.objects.filter(person=person_id)
        .select_related("sender")
        .order_by("sent_at", "pk")
    ]


PARTS: dict[str, Callable[[UUID], list[dict[str, Any]]]] = {
    "sessions": _sessions,
    "packages": _packages,
    "till_receipts": _till_receipts,
    "invoices": _invoices,
    "invoice_payments": _payments,
    "vouchers": _vouchers,
    "diagnoses": _diagnoses,
    "follow_ups": _follow_ups,
    "referrals": _referrals,
}

HELD = {
    "agenda.Registration": "sessions",
    "billing.Debtor": "invoice_payments",
    "billing.Invoice": "invoices",
    "billing.Package": "packages",
    "billing.PackageSale": "packages",
    "orientation.Referral": "referrals",
    "pathways.Diagnosis": "diagnoses",
    "pathways.FollowUp": "follow_ups",
    "persons.Consent": "person",
    "persons.Identity": "person",
    "vouchers.Voucher": "vouchers",
}
"""Where each table that names a person is told: the part of the export, by model."""


def _kept(on: date) -> dict[str, Any]:
    """How long each thing is kept; erasing a file forgets who, never what was counted."""
    return {
        "identity_months_after_last_contact": parameters.whole("retention.months", on),
        "accounting_years": parameters.whole("retention.accounting_years", on),
        "accounting_source": parameters.all_parameters()["retention.accounting_years"].legal_ref,
        "accounting_parts": [
            "invoices",
            "invoice_payments",
            "till_receipts",
            "packages",
            "sessions",
        ],
        "accounting_holds_a_name": False,
    }
