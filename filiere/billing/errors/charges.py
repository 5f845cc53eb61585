"""What charges, their split and their refunds refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


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
