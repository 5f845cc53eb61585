"""What the pages themselves refuse. Each code is documented in docs/errors.md."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class TooOften(FiliereError):
    """One network address sends more in a minute than people do."""

    code = "web.too_often"
    message = _("Too many appointments were asked from here within a minute.")
    remedy = _("Wait one minute, then press the button again.")
    http_status = 429
