"""Refusals about who keeps, hands out and calls back vouchers."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class VoucherAlreadyHandedOut(FiliereError):
    """A voucher is given to one person."""

    code = "vouchers.already_handed_out"
    message = _("The voucher n° %(serial)s was already handed out to someone else.")
    remedy = _("Take another voucher.")
    http_status = 409


class VoucherNotInCustody(FiliereError):
    """Only the organisation that a booklet was entrusted to hands its vouchers out."""

    code = "vouchers.not_in_custody"
    message = _("The voucher n° %(serial)s was not entrusted to your organisation.")
    remedy = _("Take a voucher of your own booklets, or ask the operator to entrust this one.")
    http_status = 409


class VoucherNotYours(FiliereError):
    """Only who handed a voucher out, or keeps it, may declare it lost."""

    code = "vouchers.not_yours"
    message = _("The voucher n° %(serial)s was handed out by another organisation.")
    remedy = _("Send the person to the organisation that gave it to them, or call the operator.")
    http_status = 403


class VoucherNeedsHolder(FiliereError):
    """Vouchers that are not to the bearer are handed to someone known."""

    code = "vouchers.needs_holder"
    message = _("The voucher n° %(serial)s is handed to a person: open their file first.")
    remedy = _("Choose the person, or take a voucher to the bearer.")


class HolderNotNamed(FiliereError):
    """A nominal voucher bears a name that the person agreed to have kept."""

    code = "vouchers.holder_not_named"
    message = _("The voucher n° %(serial)s bears a name; none is kept for this person.")
    remedy = _("Ask the person if their name may be kept, or take a voucher without name.")


class BookletsUnknown(FiliereError):
    """No whole booklet lies between these numbers."""

    code = "vouchers.booklets_unknown"
    message = _("These numbers are not those of whole booklets of this lot.")
    remedy = _("Give the first number of a booklet and the last number of the same or a later one.")


class BookletStarted(FiliereError):
    """A booklet stays with the one who began to hand it out."""

    code = "vouchers.booklet_started"
    message = _("The voucher n° %(serial)s of these booklets was already handed out.")
    remedy = _("Entrust the other booklets only.")
    http_status = 409


class RecallTargetUnknown(FiliereError):
    """There is nothing to call back under this number."""

    code = "vouchers.recall_target_unknown"
    message = _("There is nothing to call back under this number.")
    remedy = _("Check the number of the voucher, booklet, lot or organisation.")
    http_status = 404


class ReasonMissing(FiliereError):
    """A decision that others will read says why."""

    code = "vouchers.reason_missing"
    message = _("This decision needs a reason: other people will read it.")
    remedy = _("Write in a few words why it is taken.")


class SheetUnreadable(FiliereError):
    """Not a CSV sheet with a column of numbers, or too long."""

    code = "vouchers.sheet_unreadable"
    message = _("This file is not a sheet of vouchers with a column “numero”.")
    remedy = _("Save the sheet as CSV, with at most 2,000 lines and the column “numero”.")


class HolderUnknown(FiliereError):
    """No file bears this reference."""

    code = "vouchers.holder_unknown"
    message = _("No file bears this reference.")
    remedy = _("Check the reference, or leave it blank to open a new file.")
    http_status = 404


class VoucherNotToText(FiliereError):
    """Only a voucher that somebody holds is sent to them."""

    code = "vouchers.not_to_text"
    message = _("The voucher no. %(serial)s cannot be sent: nobody holds it, or it was used.")
    remedy = _("Hand it out first, or hand out another one.")
    http_status = 409


class HolderOtherPhone(FiliereError):
    """A sheet gives another telephone than the person's file, which may keep none."""

    code = "vouchers.holder_other_phone"
    message = _("The file of this person keeps another telephone, or none.")
    remedy = _("Leave the telephone of this line blank, or print the letter.")
    http_status = 409


class HolderWithoutPhone(FiliereError):
    """No telephone was kept, or the person took their agreement back."""

    code = "vouchers.holder_without_phone"
    message = _("No telephone is kept for this person.")
    remedy = _("Print the letter, or hand out another voucher with the person’s mobile number.")
