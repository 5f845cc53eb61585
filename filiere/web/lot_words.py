"""How pages about lots of vouchers say things. Amounts are integer euro cents."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.vouchers.errors import LotNotFunded
from filiere.vouchers.models import AlertKind, Lot, LotMode, LotState, RecallScope
from filiere.vouchers.queries import Reach
from filiere.web.formats import euros, number

STATE_TONES = {
    LotState.DRAFT: "neutral",
    LotState.ACTIVE: "ok",
    LotState.CLOSED: "neutral",
}
FAR_SHOWN = 12


def state(value: str) -> str:
    """Say where a lot stands."""
    return {
        LotState.DRAFT: _("being prepared"),
        LotState.ACTIVE: _("active"),
        LotState.CLOSED: _("closed"),
    }[LotState(value)]


def mode(value: str) -> str:
    """Say what is known of the holders."""
    return {
        LotMode.NOMINAL: _("in the person's name"),
        LotMode.PSEUDONYMOUS: _("to a person followed without name"),
        LotMode.BEARER: _("to the bearer"),
    }[LotMode(value)]


def recall_scope(value: str) -> str:
    """Say what was called back."""
    return {
        RecallScope.UNIT: _("one voucher"),
        RecallScope.BOOKLET: _("one booklet"),
        RecallScope.LOT: _("the whole lot"),
        RecallScope.PROVIDER: _("one organisation"),
        RecallScope.DEVICE: _("one device"),
    }[RecallScope(value)]


def alert(kind: str) -> str:
    """Say what an alert told."""
    return {
        AlertKind.SOON: _("Thirty days before: warning"),
        AlertKind.REALLOCATE: _("Fifteen days before: proposal to move what is left"),
        AlertKind.LAST: _("Seven days before: last reminder"),
    }[AlertKind(kind)]


def vouchers(count: int) -> str:
    """Say "1 200 vouchers"."""
    return ngettext("%(count)s voucher", "%(count)s vouchers", count) % {"count": number(count)}


def lot_title(lot: Lot) -> str:
    """Say what a lot is: how many vouchers, of how much."""
    return _("%(vouchers)s of %(face)s") % {
        "vouchers": vouchers(lot.count),
        "face": euros(lot.face_cents),
    }


def lots_title(lots: int, waiting: int) -> str:
    """Say how many lots there are and how many wait for something."""
    if not lots:
        return _("No lot of vouchers yet")
    if not waiting:
        return ngettext("%(count)s lot, nothing to do", "%(count)s lots, nothing to do", lots) % {
            "count": number(lots)
        }
    return ngettext(
        "%(count)s lot is not active yet", "%(count)s lots are not active yet", waiting
    ) % {"count": number(waiting)}


def reach_sentence(reach: Reach) -> str:
    """Say how many people have a place in reach, and how it was measured."""
    if reach.percent is None:
        return _("Nothing is known of where people live there: reach cannot be measured.")
    return _(
        "%(share)s%% of the %(people)s inhabitants have an open, qualified place with free seats"
        " within %(minutes)s minutes; the programme asks for %(wanted)s%%."
    ) % {
        "share": reach.percent,
        "people": number(reach.inhabitants),
        "minutes": reach.minutes,
        "wanted": reach.wanted_percent,
    }


def missing_cash(refusal: LotNotFunded) -> str:
    """Say whose money is not there yet."""
    return _("%(missing)s from %(funder)s are not received yet") % refusal.parameters
