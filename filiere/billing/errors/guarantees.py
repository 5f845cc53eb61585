"""What billing refuses of guarantee funds."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class GuaranteeUnknown(FiliereError):
    """No such fund, not in force on the day of the session, or not open to this place."""

    code = "billing.guarantee_unknown"
    message = _("This guarantee fund does not pay for a session of that day at this place.")
    remedy = _("Choose another fund, or confirm the refusal.")
    http_status = 409


class GuaranteeTooSmall(FiliereError):
    """The fund is capped: it pays the whole of what the voucher would have given, or nothing."""

    code = "billing.guarantee_too_small"
    message = _("The voucher would have given %(wanted)s, and the fund has %(left)s left for it.")
    remedy = _("Choose another fund, or wait until this one is raised.")
    http_status = 409


class SessionNotToPay(FiliereError):
    """The claim's session is not noted, or was settled since."""

    code = "billing.session_not_to_pay"
    message = _(
        "There is nothing to pay for this session: it is not noted, or it was settled since."
    )
    remedy = _("If it took place, the place notes it in its day first; else confirm the refusal.")
    http_status = 409
