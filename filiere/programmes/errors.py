"""What programmes, tranches and receipts refuse. Amounts in messages are in euros."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class ProgrammeNowhere(FiliereError):
    """A programme without territory would pay nowhere."""

    code = "programmes.nowhere"
    message = _("This programme names no territory: its vouchers could be used nowhere.")
    remedy = _("Choose at least one territory.")


class ProgrammeDatesReversed(FiliereError):
    """The programme would end before it starts."""

    code = "programmes.dates_reversed"
    message = _("The programme would end before it starts.")
    remedy = _("Check the two dates.")


class ReceiptConflict(FiliereError):
    """The same bank reference was recorded for another amount or another tranche."""

    code = "programmes.receipt_conflict"
    message = _(
        "The bank reference “%(bank_reference)s” is already recorded, with another amount or for"
        " another funder."
    )
    remedy = _("Check the bank statement: each payment has its own reference.")
    http_status = 409


class ReceiptOverPromise(FiliereError):
    """More cash than the funder promised."""

    code = "programmes.receipt_over_promise"
    message = _("This payment is %(over)s more than what the funder promised.")
    remedy = _("Raise the promise with the funder first, or check the amount.")
