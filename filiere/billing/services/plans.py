"""Payment plans and disputes of invoices not paid. Called through ``billing.services``."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction

from filiere.billing.errors import (
    DisputeReasonMissing,
    InvoiceNotOpen,
    PlanNotPossible,
    PlanOpen,
)
from filiere.billing.models import Instalment, Invoice, InvoiceDispute, PaymentPlan
from filiere.billing.queries.receivables import position_of
from filiere.billing.services.allocating import lock_debtor
from filiere.kernel.calendar import legal_day
from filiere.kernel.services import record
from filiere.kernel.wording import Euros

MOST_INSTALMENTS = 36
WORDS_MAX = 300


def lock_invoice(invoice: Invoice) -> None:
    """Make the money of an invoice's debtor wait for the caller's transaction."""
    lock_debtor(
        issuer_id=invoice.issuer_id,
        organisation_id=invoice.recipient_id,
        person_id=invoice.person_id,
    )


@transaction.atomic
def agree_plan(
    *, invoice: Invoice, instalments: Sequence[tuple[date, int]], at: datetime, actor: str
) -> PaymentPlan:
    """Agree that what is left of an invoice is paid bit by bit. The same plan again is one plan.

    Reminders not sent yet are not sent while it runs.

    Args:
        instalments: day and cents of each, in order; their sum is what is left to pay.

    Raises:
        InvoiceNotOpen: nothing is left to pay.
        PlanOpen: another plan is agreed.
        PlanNotPossible: not 1 to 36 sums above 0 on later and later days, or another sum.
    """
    lock_invoice(invoice)
    left = position_of(invoice).open_cents
    if left <= 0:
        raise InvoiceNotOpen(number=invoice.number)
    known = PaymentPlan.objects.filter(invoice=invoice, ended_at=None).first()
    if known is not None:
        found = known.instalments.order_by("rank").values_list("due_on", "amount_cents")
        if list(found) == list(instalments):
            return known
        raise PlanOpen(number=invoice.number)
    days = [day for day, _cents in instalments]
    if (
        not 1 <= len(days) <= MOST_INSTALMENTS
        or any(cents <= 0 for _day, cents in instalments)
        or any(after <= before for before, after in pairwise(days))
        or days[0] < legal_day(at)
        or sum(cents for _day, cents in instalments) != left
    ):
        raise PlanNotPossible(amount=Euros(left))
    plan = PaymentPlan.objects.create(
        invoice=invoice,
        amount_cents=left,
        settled_cents=position_of(invoice).settled_cents,
        agreed_on=legal_day(at),
        agreed_at=at,
        agreed_by=actor,
    )
    Instalment.objects.bulk_create(
        Instalment(plan=plan, rank=rank, due_on=day, amount_cents=cents)
        for rank, (day, cents) in enumerate(instalments, start=1)
    )
    _record(invoice, "plan_agreed", at=at, actor=actor)
    return plan


@transaction.atomic
def end_plan(*, plan: PaymentPlan, at: datetime, actor: str) -> PaymentPlan:
    """End a payment plan: what is left is asked as before. Ended twice is ended once."""
    plan = (
        PaymentPlan.objects.select_for_update(of=("self",))
        .select_related("invoice")
        .get(pk=plan.pk)
    )
    if plan.ended_at is None:
        plan.ended_at, plan.ended_by = at, actor
        plan.save(update_fields=["ended_at", "ended_by"])
        _record(plan.invoice, "plan_ended", at=at, actor=actor)
    return plan


@transaction.atomic
def open_dispute(*, invoice: Invoice, reason: str, at: datetime, actor: str) -> InvoiceDispute:
    """Note that a debtor contests an invoice: no reminder leaves meanwhile. Twice is once.

    Raises:
        DisputeReasonMissing: no words.
        InvoiceNotOpen: nothing is left to pay.
    """
    reason = reason.strip()[:WORDS_MAX]
    if not reason:
        raise DisputeReasonMissing
    lock_invoice(invoice)
    known = InvoiceDispute.objects.filter(invoice=invoice, closed_at=None).first()
    if known is not None:
        return known
    if position_of(invoice).open_cents <= 0:
        raise InvoiceNotOpen(number=invoice.number)
    made = InvoiceDispute.objects.create(
        invoice=invoice, reason=reason, opened_on=legal_day(at), opened_at=at, opened_by=actor
    )
    _record(invoice, "dispute_opened", at=at, actor=actor)
    return made


@transaction.atomic
def close_dispute(
    *, dispute: InvoiceDispute, outcome: str, at: datetime, actor: str
) -> InvoiceDispute:
    """Note how a dispute was settled. Closed twice is closed once.

    Raises:
        DisputeReasonMissing: no words.
    """
    outcome = outcome.strip()[:WORDS_MAX]
    if not outcome:
        raise DisputeReasonMissing
    dispute = (
        InvoiceDispute.objects.select_for_update(of=("self",))
        .select_related("invoice")
        .get(pk=dispute.pk)
    )
    if dispute.closed_at is None:
        dispute.closed_at, dispute.closed_by, dispute.outcome = at, actor, outcome
        dispute.save(update_fields=["closed_at", "closed_by", "outcome"])
        _record(dispute.invoice, "dispute_closed", at=at, actor=actor)
    return dispute


def _record(invoice: Invoice, action: str, *, at: datetime, actor: str) -> None:
    record(actor=actor, action=f"billing.{action}", subject=f"invoice:{invoice.pk}", at=at)
