"""How pages say where an invoice, a payment and a reminder stand."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiere.billing.models import AllocationCause, PaymentMeans, Reminder, ReminderStep
from filiere.billing.queries.receivables import NOT_DUE, DueRow, InvoiceState, Position
from filiere.rules.reminders import DebtorKind
from filiere.web.formats import date_words, day_words, euros

MEANS = [
    (PaymentMeans.TRANSFER.value, gettext_lazy("Bank transfer")),
    (PaymentMeans.CARD.value, gettext_lazy("Bank card")),
    (PaymentMeans.CHEQUE.value, gettext_lazy("Cheque")),
    (PaymentMeans.CASH.value, gettext_lazy("Cash")),
]
AGES = [
    gettext_lazy("1 to 30 days late"),
    gettext_lazy("31 to 60 days late"),
    gettext_lazy("61 to 90 days late"),
    gettext_lazy("More than 90 days late"),
    gettext_lazy("Not late yet"),
]
KINDS = [
    (DebtorKind.COMPANY.value, gettext_lazy("Companies and associations")),
    (DebtorKind.PUBLIC.value, gettext_lazy("Public bodies")),
    (DebtorKind.PERSON.value, gettext_lazy("Persons")),
]


def means_words(means: str) -> str:
    """Name a means of payment."""
    return str(dict(MEANS).get(means, means))


def state_sentence(position: Position, *, due_on: date, on: date, has_plan: bool = False) -> str:
    """Say where the money of an invoice stands, in one sentence."""
    if has_plan and position.open_cents > 0:
        words = _("%(open)s left to pay bit by bit")
        return words % {"open": euros(position.open_cents)}
    state = position.state(due_on=due_on, on=on)
    words = {
        InvoiceState.GIVEN_BACK: _("wholly given back"),
        InvoiceState.PAID: _("wholly paid"),
        InvoiceState.DUE: _("%(open)s to pay before %(day)s"),
        InvoiceState.PARTLY: _("partly paid: %(open)s left before %(day)s"),
        InvoiceState.OVERDUE: _("%(open)s late since %(day)s"),
    }[state]
    return words % {"open": euros(position.open_cents), "day": day_words(due_on, year=True)}


def cause_words(cause: str) -> str:
    """Say why money was put on an invoice, or taken off it."""
    return {
        AllocationCause.PAID.value: _("payment received"),
        AllocationCause.CREDIT_USED.value: _("credit balance used"),
        AllocationCause.CREDITED.value: _("credit note: taken off"),
        AllocationCause.BOUNCED.value: _("payment that did not hold: taken off"),
    }[cause]


def step_words(step: str) -> str:
    """Name a reminder."""
    return {
        ReminderStep.FIRST.value: _("First reminder"),
        ReminderStep.SECOND.value: _("Second reminder"),
        ReminderStep.FORMAL.value: _("Formal notice"),
    }[step]


def reminder_state(reminder: Reminder) -> str:
    """Say what became of a reminder."""
    if reminder.state == "prepared":
        return _("to confirm")
    if reminder.state == "set_aside":
        return _("set aside: %(reason)s") % {"reason": reminder.reason}
    return _("sent by e-mail") if reminder.way == "email" else _("sent by letter")


def standing(row: DueRow) -> str:
    """Say what was already done about an invoice not paid."""
    if row.is_disputed:
        return _("contested")
    if row.has_plan:
        return _("payment plan")
    if row.awaits_credit_note:
        return _("credit note to write")
    if row.last_step:
        return step_words(row.last_step)
    return _("partly paid") if row.is_partly_paid else ""


def late_words(row: DueRow) -> str:
    """Say since when, or until when."""
    if row.bucket == NOT_DUE:
        return _("before %(day)s") % {"day": date_words(row.due_on)}
    return _("since %(day)s") % {"day": date_words(row.due_on)}
