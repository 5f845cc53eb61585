"""What the ledger refuses. Amounts in messages are in the smallest unit of the account."""

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
