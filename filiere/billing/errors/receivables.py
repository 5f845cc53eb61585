"""What payments on invoices, plans, disputes and reminders refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class PaymentNotPossible(FiliereError):
    """A payment is a sum above 0, received today or before."""

    code = "billing.payment_not_possible"
    message = _("This payment is not possible: the amount or the day is wrong.")
    remedy = _("Write an amount above 0 and a day that is not after today.")


class PaymentOverInvoice(FiliereError):
    """What is written for an invoice is more than what is left to pay on it."""

    code = "billing.payment_over_invoice"
    message = _("Only %(left)s is left to pay on the invoice %(number)s.")
    remedy = _("Write at most that; whatever the debtor paid beyond becomes its credit balance.")
    http_status = 409


class PaymentPartsTooLarge(FiliereError):
    """The parts written come to more than the payment."""

    code = "billing.payment_parts_too_large"
    message = _("The amounts written for the invoices come to more than the payment of %(amount)s.")
    remedy = _("Lower them: their sum is at most what was received.")


class PaymentKeyReused(FiliereError):
    """The same key was used for another payment."""

    code = "billing.payment_key_reused"
    message = _("This demand was already used for another payment, of %(amount)s.")
    remedy = _("Open the page again to record another payment.")
    http_status = 409


class PaymentKnown(FiliereError):
    """A transfer or a cheque with this reference is already recorded for this debtor."""

    code = "billing.payment_known"
    message = _("A payment of this debtor with the reference “%(reference)s” is already recorded.")
    remedy = _("Look at its payments; if it is another one, write a reference that tells it apart.")
    http_status = 409


class PaymentGivenBack(FiliereError):
    """A part of the payment was given back as a credit balance."""

    code = "billing.payment_given_back"
    message = _("%(amount)s of this payment was given back: the rest alone cannot bounce.")
    remedy = _("Ask the debtor for what was given back with an invoice, then look at this again.")
    http_status = 409


class CreditTooSmall(FiliereError):
    """The credit balance is less than what is asked of it."""

    code = "billing.credit_too_small"
    message = _("The credit balance is %(credit)s: %(amount)s cannot be given back.")
    remedy = _("Give back at most the credit balance.")
    http_status = 409


class BankLineElsewhere(FiliereError):
    """The bank line is of an account that is not the issuer's."""

    code = "billing.bank_line_elsewhere"
    message = _("This line is of another organisation's bank account.")
    remedy = _("Choose a line of an account of the organisation that issued the invoices.")


class InvoiceNotOpen(FiliereError):
    """Nothing is left to pay on the invoice."""

    code = "billing.invoice_not_open"
    message = _("Nothing is left to pay on the invoice %(number)s.")
    remedy = _("Look at its payments and its credit notes.")
    http_status = 409


class PlanNotPossible(FiliereError):
    """Instalments follow each other and come to what is left to pay."""

    code = "billing.plan_not_possible"
    message = _(
        "This payment plan is not possible: its sums must come to %(amount)s, day after day."
    )
    remedy = _("Write 1 to 36 sums above 0, each on a later day, that come to what is left to pay.")


class PlanOpen(FiliereError):
    """An invoice has one plan at a time."""

    code = "billing.plan_open"
    message = _("A payment plan is already agreed for the invoice %(number)s.")
    remedy = _("End it first, then agree on another.")
    http_status = 409


class DisputeReasonMissing(FiliereError):
    """A dispute is opened and closed with words."""

    code = "billing.dispute_reason_missing"
    message = _("Write what is contested, or how it was settled.")
    remedy = _("A few words are enough; they stay with the invoice.")


class ReminderNotToSend(FiliereError):
    """The reminder has left or was set aside, or the invoice is not to be reminded any more."""

    code = "billing.reminder_not_to_send"
    message = _("This reminder must not leave: %(why)s.")
    remedy = _("Nothing was sent. Look at the invoice.")
    http_status = 409


class ReminderReasonMissing(FiliereError):
    """A reminder is set aside for a reason."""

    code = "billing.reminder_reason_missing"
    message = _("Write why this reminder must not leave.")
    remedy = _("A few words are enough; they are kept.")
