"""Why a session costs what it costs, and what is left of a package, in plain sentences.

Amounts are written in the reader's language; what is read is ``Charge.priced_as``, the facts of
the price on the day of the session.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.billing.models import Charge, PayerKind, PayerShare
from filiere.kernel.wording import Euros
from filiere.rules.pricing import MINUTES_PER_HOUR, Reason

PPM_PER_CENT = 10_000


def why_price(priced_as: Mapping[str, Any]) -> str:
    """Say in one sentence where the price of a session comes from; blank when nothing is kept."""
    if not priced_as:
        return ""
    facts = {
        "amount": Euros(priced_as.get("amount_cents", 0)),
        "single": Euros(priced_as.get("single_cents") or 0),
        "minutes": priced_as.get("minutes", 0),
        "covered": priced_as.get("from_package", 0),
        "band": priced_as.get("band", ""),
        "full": Euros(priced_as.get("full_cents", 0)),
        "holds": holds(priced_as),
    }
    sentence = {
        Reason.FREE: _("This place asks nothing for this service."),
        Reason.SESSION: _("Each session costs %(amount)s, whatever its length."),
        Reason.HOURLY: _("%(amount)s an hour, for %(minutes)s minutes."),
        Reason.SINGLE: _("%(single)s for this session alone, without the package."),
        Reason.BOUGHT: _("%(amount)s for a package of %(holds)s, this session included."),
        Reason.USED: _("Already paid: this session is taken from a package bought before."),
        Reason.PART_USED: _(
            "A package bought before pays %(covered)s of the %(minutes)s minutes; the price is"
            " that of the rest."
        ),
    }[Reason(priced_as["reason"])]
    words = sentence % facts
    if facts["band"]:
        words += " " + _("Price “%(band)s”, instead of %(full)s.") % facts
    return words


def why_share(share: PayerShare, charge: Charge) -> str:
    """Say in one sentence why a payer gives that much of a session.

    Args:
        share: with its commitment's agreement and its movement's voucher loaded.
    """
    if share.kind == PayerKind.VOUCHER:
        if share.amount_cents == charge.price_cents:
            return _("The voucher pays the whole price.")
        return _("The voucher gives all it can for this session.")
    if share.commitment is None:
        return _("What is left of the price once the others have paid.")
    facts = {
        "title": share.commitment.agreement.title,
        "rate": percent_words(share.commitment.rate_ppm),
        "cap": Euros(share.commitment.cap_cents or 0),
        "length": hours_words(share.minutes or 0),
    }
    if share.kind == PayerKind.EMPLOYER:
        return (
            _("%(length)s of the hours bought by “%(title)s”; the employer is told no name.")
            % facts
        )
    words = _("%(rate)s of what the voucher leaves, by “%(title)s”.") % facts
    if share.amount_cents == share.commitment.cap_cents:
        words += " " + _("It gives at most %(cap)s for one session.") % facts
    return words


def percent_words(rate_ppm: int) -> str:
    """Write a share in per cent, with no more decimals than it has: "60 %", "33.3333 %"."""
    whole, rest = divmod(rate_ppm, PPM_PER_CENT)
    if not rest:
        return _("%(percent)s %%") % {"percent": whole}
    decimals = number_format(f"{whole}.{rest:04}".rstrip("0"))
    return _("%(percent)s %%") % {"percent": decimals}


def holds(facts: Mapping[str, Any]) -> str:
    """Say what a package holds and for how long: "5 sessions, valid for 90 days"."""
    days = facts.get("valid_days") or 0
    valid = ngettext("valid for %(days)s day", "valid for %(days)s days", days) % {"days": days}
    sessions, minutes = facts.get("sessions"), facts.get("pack_minutes")
    if sessions:
        held = ngettext("%(count)s session", "%(count)s sessions", sessions) % {"count": sessions}
    elif minutes:
        held = hours_words(minutes)
    else:
        held = _("as many sessions as wanted")
    return f"{held}, {valid}"


def package_sold(priced_as: Mapping[str, Any]) -> str:
    """Say which package a session sold: "Package of 5 sessions, valid for 90 days"; else blank."""
    if priced_as.get("reason") != Reason.BOUGHT:
        return ""
    return _("Package of %(holds)s") % {"holds": holds(priced_as)}


def hours_words(minutes: int) -> str:
    """Write a length: "2 h", "1 h 30", "45 min"."""
    hours, rest = divmod(minutes, MINUTES_PER_HOUR)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)s") % {"hours": hours, "minutes": f"{rest:02}"}


def what_is_left(sessions: int | None, minutes: int | None) -> str:
    """Say what a package still holds."""
    if sessions is not None:
        return ngettext("%(count)s session left", "%(count)s sessions left", sessions) % {
            "count": sessions
        }
    if minutes is not None:
        return _("%(length)s left") % {"length": hours_words(minutes)}
    return _("as many sessions as wanted")
