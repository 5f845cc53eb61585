"""Reminders of invoices not paid: the worker prepares them, a person sends each or sets it aside.

Called through ``billing.services``. A step of an invoice is prepared once, and leaves once.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from filiere.billing.errors import ReminderNotToSend, ReminderReasonMissing
from filiere.billing.models import Issuer, Reminder, ReminderState, ReminderWay
from filiere.billing.queries.receivables import DueRow, due_rows
from filiere.billing.reminding import addresses_of, message_of
from filiere.billing.services.plans import lock_invoice
from filiere.kernel.calendar import legal_day
from filiere.kernel.models import Channel
from filiere.kernel.services import enqueue, record
from filiere.rules.reminders import Step, asked, next_step

REASON_MAX = 200
ASKED = ("open_cents", "fee_cents", "interest_cents")


@transaction.atomic
def prepare_reminders(*, at: datetime, issuer_id: int | None = None) -> int:
    """Prepare today's reminders of every issuer, for a person to confirm. Twice is once.

    None for an invoice that is contested, that has a payment plan, or whose refunded sessions wait
    for a credit note. Reminders prepared earlier for what is paid since are set aside, the others
    brought up to this day.

    Returns:
        How many were prepared now.
    """
    issuers = Issuer.objects.order_by("pk")
    if issuer_id is not None:
        issuers = issuers.filter(pk=issuer_id)
    return sum(_prepare(issuer, legal_day(at), at) for issuer in issuers)


def _prepare(issuer: Issuer, on: date, at: datetime) -> int:
    rows = {row.invoice_id: row for row in due_rows(issuer_id=issuer.pk, on=on)}
    _forget_paid(issuer, set(rows), at)
    _renew(issuer, rows, on)
    made: dict[int, list[tuple[str, date]]] = {}
    known = Reminder.objects.filter(invoice__in=list(rows)).order_by("pk")
    for invoice, step, day in known.values_list("invoice", "step", "prepared_on"):
        made.setdefault(invoice, []).append((step, day))
    drafts = [
        draft
        for row in rows.values()
        if (draft := _draft(issuer, row, made.get(row.invoice_id, []), on)) is not None
    ]
    before = Reminder.objects.filter(invoice__issuer=issuer).count()
    Reminder.objects.bulk_create(drafts, ignore_conflicts=True)
    return Reminder.objects.filter(invoice__issuer=issuer).count() - before


def _draft(issuer: Issuer, row: DueRow, made: list[tuple[str, date]], on: date) -> Reminder | None:
    if _silence(row) is not None:
        return None
    step = next_step(
        row.kind,
        days_late=row.days_late,
        made=[Step(step) for step, _day in made],
        days_since_last=min(((on - day).days for _step, day in made), default=None),
        on=on,
    )
    if step is None:
        return None
    draft = Reminder(invoice_id=row.invoice_id, step=step.value, prepared_on=on)
    _ask(draft, issuer, row, on)
    return draft


def _ask(reminder: Reminder, issuer: Issuer, row: DueRow, on: date) -> None:
    """Put in a reminder what is asked on a day; nothing is written."""
    more = asked(
        row.kind,
        open_cents=row.open_cents,
        late_rate_bp=issuer.late_rate_bp,
        days_late=row.days_late,
        on=on,
    )
    reminder.open_cents = row.open_cents
    reminder.fee_cents, reminder.interest_cents = more.fee_cents, more.interest_cents


def _renew(issuer: Issuer, rows: dict[int, DueRow], on: date) -> None:
    """Bring what waits to be confirmed up to this day: a part may be paid since."""
    waiting = list(
        Reminder.objects.filter(invoice__in=list(rows), state=ReminderState.PREPARED)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for reminder in waiting:
        _ask(reminder, issuer, rows[reminder.invoice_id], on)
    Reminder.objects.bulk_update(waiting, ASKED)


def bring_up_to(reminder: Reminder, on: date) -> DueRow | None:
    """Make a prepared reminder ask for what is left on a day, as it would if it left; not written.

    Returns:
        What is due on its invoice; None when it is paid, and the reminder stays as it was.
    """
    invoice = reminder.invoice
    rows = due_rows(issuer_id=invoice.issuer_id, on=on, invoice_id=invoice.pk)
    if rows and reminder.state == ReminderState.PREPARED:
        _ask(reminder, invoice.issuer, rows[0], on)
    return rows[0] if rows else None


def _silence(row: DueRow) -> str | None:
    """Say why nothing is asked of an invoice today; None when nothing forbids it."""
    if row.is_disputed:
        return _("the invoice is contested")
    if row.has_plan:
        return _("a payment plan is agreed")
    if row.awaits_credit_note:
        return _("a session on it was refunded: write the credit note first")
    return None


def _forget_paid(issuer: Issuer, still_due: set[int], at: datetime) -> None:
    """Set aside what was prepared for invoices paid since."""
    prepared = Reminder.objects.filter(invoice__issuer=issuer, state=ReminderState.PREPARED)
    prepared.exclude(invoice__in=still_due).update(
        state=ReminderState.SET_ASIDE,
        decided_at=at,
        decided_by="worker",
        reason="payée depuis",
    )


@transaction.atomic
def send_reminder(*, reminder: Reminder, way: str, at: datetime, actor: str) -> Reminder:
    """Confirm that a reminder leaves: by e-mail it is queued now, a letter is then printed.

    It asks for what is left to pay on this day. Confirmed twice, it leaves once.

    Args:
        way: value of ``ReminderWay``; an e-mail needs an address (``reminding.addresses_of``).

    Raises:
        ReminderNotToSend: set aside, paid since, contested, under a payment plan, or no address.
    """
    reminder = _locked(reminder)
    if reminder.state == ReminderState.SENT:
        return reminder
    why = _why_not(reminder, legal_day(at))
    addresses = addresses_of(reminder.invoice) if way == ReminderWay.EMAIL else []
    if way == ReminderWay.EMAIL and not addresses:
        why = why or _("no address is known; print the letter")
    if why is not None or way not in ReminderWay.values:
        raise ReminderNotToSend(why=why or way)
    subject, body = message_of(reminder)
    for rank, address in enumerate(addresses):
        enqueue(
            key=f"reminder:{reminder.pk}:{rank}",
            channel=Channel.EMAIL,
            recipient=address,
            subject=subject,
            body=body,
            at=at,
        )
    reminder.state, reminder.way = ReminderState.SENT, way
    return _decided(reminder, at=at, actor=actor)


def _why_not(reminder: Reminder, on: date) -> str | None:
    """Say why a reminder must not leave on a day; else it then asks for what is left."""
    if reminder.state == ReminderState.SET_ASIDE:
        return _("it was set aside")
    row = bring_up_to(reminder, on)
    return _silence(row) if row else _("the invoice is paid")


@transaction.atomic
def set_reminder_aside(*, reminder: Reminder, reason: str, at: datetime, actor: str) -> Reminder:
    """Decide that a reminder does not leave, and why; its step is not prepared again.

    Raises:
        ReminderReasonMissing: no words.
        ReminderNotToSend: it has already left.
    """
    reason = reason.strip()[:REASON_MAX]
    if not reason:
        raise ReminderReasonMissing
    reminder = _locked(reminder)
    if reminder.state == ReminderState.SENT:
        raise ReminderNotToSend(why=_("it has already left"))
    if reminder.state == ReminderState.SET_ASIDE:
        return reminder
    reminder.state, reminder.reason = ReminderState.SET_ASIDE, reason
    return _decided(reminder, at=at, actor=actor)


def _locked(reminder: Reminder) -> Reminder:
    lock_invoice(reminder.invoice)
    return (
        Reminder.objects.select_related("invoice__issuer")
        .select_for_update(of=("self",))
        .get(pk=reminder.pk)
    )


def _decided(reminder: Reminder, *, at: datetime, actor: str) -> Reminder:
    reminder.decided_at, reminder.decided_by = at, actor
    reminder.save(update_fields=["state", "way", "reason", "decided_at", "decided_by", *ASKED])
    record(
        actor=actor,
        action=f"billing.reminder_{reminder.state}",
        subject=f"invoice:{reminder.invoice_id}",
        at=at,
        step=reminder.step,
    )
    return reminder
