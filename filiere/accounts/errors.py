"""What accounts refuse. Each code is documented in docs/errors.md."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class AccountUnknown(FiliereError):
    """Nobody active signs in with this address."""

    code = "accounts.account_unknown"
    message = _("No open account uses the address “%(email)s”.")
    remedy = _("Check the address, or invite this person first.")
    http_status = 404


class TokenNameTaken(FiliereError):
    """One account has two live tokens of the same name: nobody could tell them apart."""

    code = "accounts.token_name_taken"
    message = _("This account already has a token named “%(name)s”.")
    remedy = _("Choose another name, or revoke the first token with --revoke.")
    http_status = 409


class TokenUnknown(FiliereError):
    """No live token of this account has this name."""

    code = "accounts.token_unknown"
    message = _("This account has no live token named “%(name)s”.")
    remedy = _("Check the name: a token that was revoked stays so.")
    http_status = 404
