"""What is refused about devices and the claims they sent."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class ClaimUnknown(FiliereError):
    """No claim bears this id."""

    code = "vouchers.claim_unknown"
    message = _("No voucher sent by a device bears this reference.")
    remedy = _("Open it from the list of vouchers that were not paid.")
    http_status = 404


class ClaimWasPaid(FiliereError):
    """An accepted claim has nothing to contest or decide."""

    code = "vouchers.claim_was_paid"
    message = _("This voucher was paid when it was received: there is nothing to decide.")
    remedy = _("Read it on the page of the device.")
    http_status = 409


class ClaimClosed(FiliereError):
    """It was given up, paid by a fund, or its refusal confirmed."""

    code = "vouchers.claim_closed"
    message = _("This was already decided, and is not decided twice.")
    remedy = _("Read the decision on its page.")
    http_status = 409


class ClaimNotInGoodFaith(FiliereError):
    """Only what the device could not know is paid by a guarantee fund."""

    code = "vouchers.claim_not_in_good_faith"
    message = _(
        "The guarantee fund pays only what nobody could know without network, and this could be"
        " known."
    )
    remedy = _("Confirm the refusal, and say why.")
    http_status = 409


class DeviceLimitsRefused(FiliereError):
    """A limit of one day is out of range."""

    code = "vouchers.device_limits_refused"
    message = _("You may set from 1 to %(vouchers)s vouchers, and at most %(amount)s, a day.")
    remedy = _("Give limits within this range, or ask the operator for more.")
