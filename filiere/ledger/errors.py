"""What the ledger refuses. Amounts in messages are in the smallest part of the account's unit."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class AmountRefused(FiliereError):
    """An amount that is not a whole number of cents between 1 and 10^15."""

    code = "ledger.amount_refused"
    message = _("The amount “%(amount)s” cannot be recorded.")
    remedy = _("Give a whole number of cents, above zero.")


class IdempotencyConflict(FiliereError):
    """The same key was used for another operation."""

    code = "ledger.idempotency_conflict"
    message = _("The operation “%(key)s” is already recorded, with another content.")
    remedy = _("Check what was recorded first. To record something else, use a new reference.")
    http_status = 409


class InsufficientBalance(FiliereError):
    """A guarded account would leave its bounds. ``missing`` is in its smallest unit."""

    code = "ledger.insufficient_balance"
    message = _("The account %(account)s does not hold enough: %(missing)s are missing.")
    remedy = _("Wait for the money to be received, or lower the amount.")
    http_status = 409


class AlreadyReversed(FiliereError):
    """A posting group is reversed at most once."""

    code = "ledger.already_reversed"
    message = _("This operation has already been undone.")
    remedy = _("Open its record to see when and by whom.")
    http_status = 409


class GroupUnknown(FiliereError):
    """No posting group bears this id."""

    code = "ledger.group_unknown"
    message = _("No recorded operation bears this reference.")
    remedy = _("Check the reference in the ledger.")
    http_status = 404


class UnitUnknown(FiliereError):
    """An amount in a unit of account that does not exist."""

    code = "ledger.unit_unknown"
    message = _("No unit of account bears this code.")
    remedy = _("Check the code, or create the unit first.")


class UnitRefused(FiliereError):
    """A unit whose code or decimals are out of range, or whose code already means another."""

    code = "ledger.unit_refused"
    message = _("The unit of account “%(code)s” cannot be created.")
    remedy = _(
        "Give a new code of 2 to 12 capital letters and digits, a name, and 0 to 6 decimals."
    )


class HoldNeedsGuard(FiliereError):
    """Only a guarded account can set an amount aside."""

    code = "ledger.hold_needs_guard"
    message = _("Nothing can be set aside on the account %(account)s: it has no limit to keep.")
    remedy = _("Give the account a limit first.")


class AccountAlwaysOpen(FiliereError):
    """Pockets of lots and payables of providers have no balance row, hence no bounds."""

    code = "ledger.account_always_open"
    message = _("The account %(account)s is of a kind that has no limits.")
    remedy = _("Set the limit where its value comes from: the vouchers of the lot, or the tranche.")


class HoldUnknown(FiliereError):
    """No hold bears this key."""

    code = "ledger.hold_unknown"
    message = _("No amount was set aside under the reference “%(key)s”.")
    remedy = _("Check the reference.")
    http_status = 404


class HoldEnded(FiliereError):
    """A hold ends once: captured, voided or expired. ``on`` says when."""

    code = "ledger.hold_ended"
    message = _("The amount set aside under “%(key)s” was already taken or given back: %(on)s.")
    remedy = _("Check what was recorded. To set an amount aside again, use a new reference.")
    http_status = 409


class HoldOver(FiliereError):
    """The last moment of the hold has passed."""

    code = "ledger.hold_over"
    message = _("The amount was set aside under “%(key)s” until %(until)s only.")
    remedy = _("Set it aside again, if it is still available.")
    http_status = 409


class CaptureAboveHold(FiliereError):
    """More is asked than was set aside. Amounts are in the smallest part of the unit."""

    code = "ledger.capture_above_hold"
    message = _("%(amount)s were asked, but only %(held)s were set aside.")
    remedy = _("Take at most what was set aside; the rest goes back.")
