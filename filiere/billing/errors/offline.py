"""What billing refuses of sessions recorded without network."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


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
