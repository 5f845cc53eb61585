"""What billing refuses. Each code is documented in docs/errors.md."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class PriceNotPossible(FiliereError):
    """A price under zero, or a free offer with an amount."""

    code = "billing.price_not_possible"
    message = _("This price is not possible: a free offer costs 0, and a price is never negative.")
    remedy = _("Choose “free”, or write an amount of 0 or more.")


class ChargeCancelled(FiliereError):
    """The attendance was undone, so there is nothing left to pay."""

    code = "billing.charge_cancelled"
    message = _("There is nothing to pay for this session: the attendance was undone.")
    remedy = _("If the person did come, record the attendance again, then take the payment.")


class ChargeAlreadySplit(FiliereError):
    """Money has moved for this session; undoing the attendance would hide it."""

    code = "billing.charge_already_split"
    message = _("This session is already paid, so its attendance can no longer be undone.")
    remedy = _("Ask the operator to refund the session first.")
    http_status = 409


class WaiverNotAccepted(FiliereError):
    """The terms of the voucher make the provider waive a part of its price; it is asked first."""

    code = "billing.waiver_not_accepted"
    message = _(
        "With this voucher the person pays nothing, and your place would not be paid %(waived)s of"
        " the price."
    )
    remedy = _("Agree to it, show another voucher, or do the session without this voucher.")
    http_status = 409


class ReceiptNotPossible(FiliereError):
    """Cash received is a positive amount."""

    code = "billing.receipt_not_possible"
    message = _("The amount received must be more than 0.")
    remedy = _("Write the amount as it appears on the bank statement.")


class ReceiptConflict(FiliereError):
    """The same bank reference was recorded with something else."""

    code = "billing.receipt_conflict"
    message = _(
        "The bank reference “%(reference)s” is already recorded, with another amount or payer."
    )
    remedy = _("Compare with the bank statement: one reference is one payment.")
    http_status = 409


class PriceBegun(FiliereError):
    """People were told this price: it is not rewritten."""

    code = "billing.price_begun"
    message = _("This price has been in force since %(day)s.")
    remedy = _("State another price from today on: the older one stays in the history.")
    http_status = 409


class ChargeNotPaid(FiliereError):
    """Only a session that was paid can be refunded."""

    code = "billing.charge_not_paid"
    message = _("Nobody has paid this session, so there is nothing to refund.")
    remedy = _("If nobody came, undo the attendance on the day sheet.")
    http_status = 409


class RefundReasonMissing(FiliereError):
    """Money given back is explained."""

    code = "billing.refund_reason_missing"
    message = _("A refund needs a reason.")
    remedy = _("Write in a few words why the session is refunded; its provider will read it.")


class SessionUnknown(FiliereError):
    """What a device sent names no session."""

    code = "billing.session_unknown"
    message = _("No session bears this reference.")
    remedy = _("Find the session in your day, then take the voucher there.")
    http_status = 404


class SessionElsewhere(FiliereError):
    """What a device sent names a session of another place."""

    code = "billing.session_elsewhere"
    message = _("This session is of another place than this device.")
    remedy = _("Take the voucher with a device of that place, or at its counter.")
    http_status = 403
