"""What the API itself refuses. Each code is documented in docs/errors.md."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class SignInNeeded(FiliereError):
    """The operation is for people with a role, and nobody is signed in."""

    code = "api.sign_in_needed"
    message = _("This is for people who have an account, and nobody is signed in.")
    remedy = _("Sign in, or send the header “Authorization: Bearer” with a token.")
    http_status = 401


class TokenWrong(FiliereError):
    """The token is unknown, revoked, or its account is closed."""

    code = "api.token_wrong"
    message = _("This token does not open the API: it is unknown or was revoked.")
    remedy = _("Ask the operator for a new token.")
    http_status = 401


class FormTokenMissing(FiliereError):
    """A session writes only with its CSRF token."""

    code = "api.form_token_missing"
    message = _("Your session was not recognised, so nothing was changed.")
    remedy = _("Send the header “X-CSRFToken”, or use a token of the API.")
    http_status = 403


class RequestWrong(FiliereError):
    """The request does not have the expected shape; the fields are named beside."""

    code = "api.request_wrong"
    message = _("The request does not have the expected shape.")
    remedy = _("Correct the fields named in “fields”, then send it again.")


class AddressUnknown(FiliereError):
    """No operation answers there."""

    code = "api.address_unknown"
    message = _("Nothing answers at this address.")
    remedy = _("See the list of operations at /api/.")
    http_status = 404


class TooManyRequests(FiliereError):
    """More requests in a minute than one caller may send."""

    code = "api.too_many_requests"
    message = _("You have sent too many requests in a short time.")
    remedy = _("Wait %(seconds)s seconds, then try again.")
    http_status = 429
