"""How the pages of a till say things: means of payment, lines of a journal, months, carriers."""

from dataclasses import dataclass
from datetime import date

from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filiere.billing.models import Duty, MonthState
from filiere.rules import carriers
from filiere.rules.carriers import Earmarking, Sale, Worded
from filiere.rules.tills import LineKind, Means


def means_words(means: str) -> str:
    """Name a means of payment."""
    return {
        Means.CASH: _("cash"),
        Means.CHEQUE: _("bank cheque"),
        Means.CARD: _("bank card"),
        Means.TRANSFER: _("transfer"),
        Means.VOUCHER: _("support vouchers"),
    }[Means(means)]


def line_words(kind: str) -> str:
    """Say what a line of the journal is."""
    return {
        LineKind.RECEIPT: _("Till receipt"),
        LineKind.REVERSAL: _("Receipt undone"),
        LineKind.TREASURY_REVERSAL: _("Receipt undone, given back by the accountant"),
        LineKind.DEPOSIT: _("Deposited at the Treasury"),
        LineKind.SURPLUS: _("More than expected in the box"),
        LineKind.SHORTAGE: _("Missing from the box"),
    }[LineKind(kind)]


UNDER_WAY = "under_way"


def month_state(state: str) -> str:
    """Say where a month stands; blank is a month that is over and nobody handed over."""
    if not state:
        return _("to hand over")
    if state == UNDER_WAY:
        return _("under way")
    return {
        MonthState.HANDED: _("waits for the accountant"),
        MonthState.SENT_BACK: _("sent back to correct"),
        MonthState.SIGNED: _("signed"),
    }[MonthState(state)]


def duty_words(duty: str) -> str:
    """Name what someone was named for at a till."""
    return {Duty.MANAGER: _("till manager"), Duty.DEPUTY: _("deputy: records only")}[Duty(duty)]


def month_words(month: date) -> str:
    """Write a month: ``novembre 2026``."""
    return f"{MONTHS[month.month]} {month.year}"


def sale_words(sale: str) -> str:
    """Name a kind of sale in the reader's language."""
    return carriers.sale_name(sale, _language())


def form_words(form: str) -> str:
    """Name a legal form in the reader's language."""
    return carriers.form_name(form, _language())


def _language() -> str:
    return get_language() or "fr"


@dataclass(frozen=True, slots=True)
class Aid:
    """One sentence of a decision aid, with its source; ``to_verify`` when from memory."""

    title: str
    words: str
    may: bool | None
    source: str
    since: date
    to_verify: bool
    who_could: str = ""


def _aid(title: str, reason: Worded, *, may: bool | None, who_could: str = "") -> Aid:
    return Aid(
        title=title,
        words=reason.words(_language()),
        may=may,
        source=reason.source,
        since=reason.since,
        to_verify=reason.is_to_verify,
        who_could=who_could,
    )


def sale_aids(form: str, on: date) -> list[Aid]:
    """Say, sale by sale, what a legal form may sell and which form could instead."""
    found = []
    for sale in Sale:
        verdict = carriers.may_sell(form, sale, on)
        if verdict.reason is None:
            continue
        others = carriers.forms_that_may(sale, on) if verdict.may is False else ()
        names = ", ".join(carriers.form_name(other, _language()) for other in others)
        found.append(_aid(sale_words(sale), verdict.reason, may=verdict.may, who_could=names))
    return found


def earmarking_aid(form: str, on: date) -> Aid | None:
    """Say whether this carrier can keep the income for digital help, and what else it could do."""
    found: Earmarking | None = carriers.earmarking(form, on)
    if found is None:
        return None
    title = (
        _("This money can be kept for digital help")
        if found.possible
        else _("This money cannot be kept for digital help")
    )
    return _aid(title, found.reason, may=found.possible, who_could=found.instead(_language()))
