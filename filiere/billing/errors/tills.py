"""What a till (régie) refuses: its opening, its receipts, its deposits, its months."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class TillNotPublic(FiliereError):
    """Only an organisation under public accounting has a till."""

    code = "billing.till_not_public"
    message = _("A till is opened for a public body only, and this organisation is not one.")
    remedy = _("An association or a company cashes payments by itself: it needs no till.")


class TillNotPossible(FiliereError):
    """The act that was typed cannot create a till. ``why`` says which fact is wrong."""

    code = "billing.till_not_possible"
    message = _("This till cannot be opened: %(why)s")
    remedy = _("Copy what the act of creation says.")


class TillExists(FiliereError):
    """One open till per organisation."""

    code = "billing.till_exists"
    message = _("This organisation already has an open till.")
    remedy = _("Use it, or close it by an act before opening another.")
    http_status = 409


class TillNotOpen(FiliereError):
    """No till is open on that day."""

    code = "billing.till_not_open"
    message = _("No till of this organisation is open on that day, so nothing can be cashed.")
    remedy = _("Ask the manager: a till is opened by an act of creation.")
    http_status = 409


class SaleNotAllowed(FiliereError):
    """The carrier's legal form may not make this sale; the refusal names the forms that could."""

    code = "billing.sale_not_allowed"
    message = _("%(organisation)s may not sell “%(sale)s”: %(why)s.")
    remedy = _("Who could: %(forms)s. Check with the public accountant (decision aid).")


class SaleOutsideAct(FiliereError):
    """The act of creation does not name this kind of sale."""

    code = "billing.sale_outside_act"
    message = _("The act of this till does not provide for “%(sale)s”, so it cannot cash it.")
    remedy = _("Ask the manager: an act is needed to add it.")
    http_status = 409


class MeansNotAllowed(FiliereError):
    """The act of creation does not name this means of payment."""

    code = "billing.means_not_allowed"
    message = _("The act of this till does not allow this means of payment.")
    remedy = _("Choose one of those the act names.")


class CashLimitReached(FiliereError):
    """The cash in hand would be more than the act allows."""

    code = "billing.cash_limit_reached"
    message = _("The till may hold at most %(limit)s in cash, and this would make it more.")
    remedy = _("Take a card or a cheque, or ask the manager to deposit the cash first.")
    http_status = 409


class NothingToRecord(FiliereError):
    """The person owes nothing for this session."""

    code = "billing.nothing_to_record"
    message = _("The person owes nothing for this session, so there is no receipt to make.")
    remedy = _("Go back to the day: the session is settled.")
    http_status = 409


class ShareRecorded(FiliereError):
    """The same share was recorded with another means of payment."""

    code = "billing.share_recorded"
    message = _("This payment is already recorded: receipt no. %(number)s.")
    remedy = _("If it is wrong, ask the manager to undo it, then record it again.")
    http_status = 409


class TillReasonMissing(FiliereError):
    """What is undone, sent back or does not add up is explained."""

    code = "billing.till_reason_missing"
    message = _("This needs a reason.")
    remedy = _("Write in a few words why; the public accountant will read it.")


class DepositNotPossible(FiliereError):
    """More than is in hand, or nothing."""

    code = "billing.deposit_not_possible"
    message = _("%(amount)s cannot be deposited: %(in_hand)s are in hand.")
    remedy = _("Count what is in hand, then deposit that or less.")


class DepositKnown(FiliereError):
    """The same slip was recorded with another amount."""

    code = "billing.deposit_known"
    message = _("The slip “%(reference)s” is already recorded, with another amount.")
    remedy = _("Compare with the slip of the Treasury: one reference is one deposit.")
    http_status = 409


class TillMonthClosed(FiliereError):
    """The month was handed to the accountant, or signed."""

    code = "billing.till_month_closed"
    message = _("This month is closed: nothing can be added to it.")
    remedy = _("If it is not signed yet, the accountant can send it back.")
    http_status = 409


class TillMonthNotReady(FiliereError):
    """A month is handed over once it is over, after those before it."""

    code = "billing.till_month_not_ready"
    message = _("This month cannot be handed over yet.")
    remedy = _("A month is handed over once it is over, and the months before it first.")
    http_status = 409


class TillMonthNotHanded(FiliereError):
    """The accountant signs what the manager handed over."""

    code = "billing.till_month_not_handed"
    message = _("This month was not handed over, so it cannot be signed or sent back.")
    remedy = _("Wait for the manager of the till to hand it over.")
    http_status = 409


class TillOutOfBalance(FiliereError):
    """The journal and the ledger disagree: somebody must look before anything is signed."""

    code = "billing.till_out_of_balance"
    message = _("The journal of the till and the ledger do not agree for this month.")
    remedy = _("Sign nothing. Ask the operator to run the check.")
    http_status = 409


class SignerHoldsTill(FiliereError):
    """Who keeps the books does not hold the money."""

    code = "billing.signer_holds_till"
    message = _("Whoever handed the month over, or records at this till, cannot sign it.")
    remedy = _("Ask the public accountant to sign.")
    http_status = 403


class DutyRefused(FiliereError):
    """A till is held by someone of the organisation, who is not its accountant."""

    code = "billing.duty_refused"
    message = _(
        "This person cannot be named: the public accountant, or nobody of this organisation."
    )
    remedy = _("Name a manager or a mediator of the organisation.")


class TillStillHolds(FiliereError):
    """A till is closed empty, and every month signed."""

    code = "billing.till_still_holds"
    message = _("This till cannot be closed: money is in hand, or a month is not signed.")
    remedy = _("Deposit everything, have every month signed, then close it.")
    http_status = 409
