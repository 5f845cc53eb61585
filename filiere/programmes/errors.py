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


class ProgrammeNotDraft(FiliereError):
    """Only a draft is edited or signed."""

    code = "programmes.not_draft"
    message = _("The programme “%(programme)s” is signed: its terms can no longer change.")
    remedy = _("Close it when its time comes, and open another one with the new terms.")
    http_status = 409


class ProgrammeNotSigned(FiliereError):
    """No lot is prepared from a draft or a closed programme."""

    code = "programmes.not_signed"
    message = _("The programme “%(programme)s” is not in force: it is a draft, or it is closed.")
    remedy = _("Have its commissioner sign it first, or use another programme.")
    http_status = 409


class ProgrammeClosed(FiliereError):
    """Nothing is promised to a closed programme."""

    code = "programmes.closed"
    message = _("The programme “%(programme)s” is closed: no one can promise money to it.")
    remedy = _("Open another programme.")
    http_status = 409


class TermsRefused(FiliereError):
    """A term of a programme or of a promise is out of range or unknown."""

    code = "programmes.terms_refused"
    message = _("The term “%(term)s” cannot be recorded as it is.")
    remedy = _("Check it: a known value, a percentage up to 100, 1 to 240 minutes, 1 to 99 ranks.")


class TermsInconsistent(FiliereError):
    """Each term is sound by itself; together they would pay nothing somewhere. Names each reason."""

    code = "programmes.terms_inconsistent"
    message = _("These terms contradict each other: %(reasons)s")
    remedy = _("Change one of the terms, then record the programme again.")


class FeesNotPromised(FiliereError):
    """Commissions come from promises that pay fees only, once their cash is there."""

    code = "programmes.fees_not_promised"
    message = _("No money is there to pay the operator: it never comes from vouchers.")
    remedy = _("Ask the commissioner for a promise that pays fees only, and confirm its payment.")
    http_status = 409


class MatchRefused(FiliereError):
    """A matching rule joins two tranches of one programme, one step, once."""

    code = "programmes.match_refused"
    message = _("These two promises cannot be joined by a matching rule.")
    remedy = _(
        "Choose two promises of this programme. A promise matches one other at most, and one that"
        " matches cannot call a third."
    )


class TranchesShort(FiliereError):
    """The tranches that may pay do not hold, nor promise, enough. ``missing_cents`` is exact."""

    code = "programmes.tranches_short"
    message = _("The promises that may pay this are %(missing)s short.")
    remedy = _("Ask for less, or raise a promise first. Earmarked money only pays its own purpose.")
    http_status = 409


class PartsRefused(FiliereError):
    """Parts of a lot against an earmark, or more matching money than its rule calls."""

    code = "programmes.parts_refused"
    message = _("The money of %(funder)s cannot pay this part: it is earmarked, or not called.")
    remedy = _("Let the shares be computed, or check the earmark and the matching rule.")
    http_status = 409


class BankLineMismatch(FiliereError):
    """A line of the statement cannot stand for this receipt, bounce or return."""

    code = "programmes.bank_line_mismatch"
    message = _("This line of the bank statement shows %(amount)s: it does not match.")
    remedy = _("Choose the line with the right amount and direction.")


class BankLineTaken(FiliereError):
    """A bank line is used once."""

    code = "programmes.bank_line_taken"
    message = _("This line of the bank statement is already used.")
    remedy = _("Open the list of receipts to see for what.")
    http_status = 409


class StatementUnreadable(FiliereError):
    """The file is neither camt.053 nor the plain table, or carries what we refuse to read."""

    code = "programmes.statement_unreadable"
    message = _("This bank statement cannot be read: %(why)s")
    remedy = _("Ask the bank for a camt.053 file, or use the table described in the guide.")


class StatementAccountUnknown(FiliereError):
    """The statement is about an account that is not a declared ring-fenced one."""

    code = "programmes.statement_account_unknown"
    message = _("The account %(iban)s of this statement is not a declared ring-fenced account.")
    remedy = _("Check the file, or declare the account first.")


class StatementDoesNotAddUp(FiliereError):
    """Opening balance plus lines is not the closing balance."""

    code = "programmes.statement_does_not_add_up"
    message = _(
        "This statement does not add up: its lines lead to %(computed)s, it says %(closing)s."
    )
    remedy = _("Nothing was imported. Ask the bank for the complete file.")


class StatementConflict(FiliereError):
    """A line already imported comes back with another content."""

    code = "programmes.statement_conflict"
    message = _("The bank line “%(line)s” was already imported, with another amount or day.")
    remedy = _("Nothing was imported. Ask the bank which file is right.")
    http_status = 409


class RingFenceRefused(FiliereError):
    """The IBAN is wrong or already declared by another operator."""

    code = "programmes.ring_fence_refused"
    message = _("The account %(iban)s cannot be declared.")
    remedy = _("Check the IBAN: it is wrong, or already declared by another operator.")


class ReturnConflict(FiliereError):
    """Money is returned once per cause, and once on the bank."""

    code = "programmes.return_conflict"
    message = _("The money of this promise was already given back for “%(cause)s”: %(amount)s.")
    remedy = _("Give another reason if other money is given back.")
    http_status = 409


class ReturnTooMuch(FiliereError):
    """More is given back than the tranche holds free."""

    code = "programmes.return_too_much"
    message = _("Only %(available)s of this promise are free: the rest is in vouchers or spent.")
    remedy = _("Close the lots first, or give back less.")
    http_status = 409
