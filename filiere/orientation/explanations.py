"""Why a place has its rank, in one sentence. Two different causes never get the same sentence."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from filiere.kernel.wording import Euros
from filiere.rules.ranking import Cause

Text = str | Promise
Figures = Mapping[str, str | int | float]

FREE_TOO: dict[Cause, Text] = {
    Cause.FIRST_IN_WINDOW: _(
        "The only one with a free place when you can come, and free of charge."
    ),
    Cause.FIRST_SLOT_PUBLISHED: _("It publishes a free place, %(day)s, and costs nothing."),
    Cause.FIRST_SOONER: _("The soonest free place, %(day)s, and free of charge."),
    Cause.FIRST_NEARER: _("The nearest with a free place, %(day)s, and free of charge."),
}
SENTENCES: dict[Cause, Text] = {
    Cause.ONLY_ONE: _("The only place within your reach that helps with this."),
    Cause.FIRST_ANSWERS_NEED: _("It says that it helps with exactly this, unlike %(other)s."),
    Cause.FIRST_ACCESSIBLE: _("It states the access you asked for, unlike the next one."),
    Cause.FIRST_SUITABLE_CHANNEL: _("It helps in the way you prefer, unlike %(other)s."),
    Cause.FIRST_IN_WINDOW: _("The only one with a free place when you can come."),
    Cause.FIRST_SLOT_PUBLISHED: _(
        "It publishes a free place, %(day)s; the next one publishes none."
    ),
    Cause.FIRST_SOONER: _("The soonest free place: %(day)s."),
    Cause.FIRST_NEARER: _("The nearest of those with a free place, %(day)s."),
    Cause.FIRST_TRIP_KNOWN: _("The trip is known; that to %(other)s is not."),
    Cause.FIRST_CHEAPER: _("As soon and as near as %(other)s, and cheaper."),
    Cause.FIRST_PRICE_KNOWN: _("As soon and as near as %(other)s, and its price is stated."),
    Cause.FIRST_OPEN: _("As good as %(other)s, and open now."),
    Cause.FIRST_NAME: _("As good as %(other)s; the alphabet decides."),
    Cause.NEED_NOT_STATED: _("It does not say that it helps with exactly this."),
    Cause.NOT_ACCESSIBLE: _("It does not have the access you asked for."),
    Cause.ACCESS_NOT_STATED: _("It does not state the access you asked for: ask before you go."),
    Cause.UNSUITABLE_CHANNEL: _("It does not help in the way you prefer."),
    Cause.AFTER_WINDOW: _("A free place, but after the days you chose: %(day)s."),
    Cause.AFTER_WINDOW_BUT_NEARER: _(
        "Nearer than %(other)s, but only after the days you chose: %(day)s."
    ),
    Cause.NO_SLOT: _("It publishes no free time: call before you go."),
    Cause.NO_SLOT_BUT_NEARER: _(
        "Nearer than %(other)s, but it publishes no free time: call first."
    ),
    Cause.TRIP_UNKNOWN: _("Its exact position is not known, nor therefore the trip."),
    Cause.DEARER: _("As soon and as near as %(other)s, but it costs more."),
    Cause.PRICE_CONDITIONAL: _("Free under conditions only: ask which."),
    Cause.PRICE_NOT_STATED: _("Its price is not stated: ask before you go."),
    Cause.CLOSED_NOW: _("As good as %(other)s, but closed right now."),
    Cause.HOURS_NOT_STATED: _("As good as %(other)s, but its opening hours are not stated."),
    Cause.SAME: _("As good as %(other)s: only the alphabet puts it after."),
}


def why(
    cause: Cause,
    figures: Figures,
    *,
    other: str = "",
    starts_at: datetime | None = None,
    is_free: bool = False,
) -> str:
    """Write the sentence of a rank, in the current language.

    Args:
        cause: what decided the rank.
        figures: ``rules.ranking.Ranked.parameters``.
        other: name of the place compared with.
        starts_at: the first free slot, if any.
        is_free: the session costs nothing; said where the place is first.
    """
    words = {"other": other, "day": _day(figures, starts_at)}
    if cause in COUNTED:
        return COUNTED[cause](figures, words)
    if cause in FREE_TOO and is_free:
        return str(FREE_TOO[cause]) % words
    if cause is Cause.FIRST_NEARER and starts_at is None:
        return str(_("The nearest; none of them publishes a free time: call before you go."))
    return str(SENTENCES[cause]) % words


def _day(figures: Figures, starts_at: datetime | None) -> str:
    """Name the weekday and the day of the month of the free slot."""
    if starts_at is None:
        return ""
    day = date.fromisoformat(str(figures["slot_day"]))
    return f"{WEEKDAYS[day.weekday()]}\u00a0{day.day}"


def _later(figures: Figures, words: dict[str, str]) -> str:
    days = int(figures.get("days", 0))
    return ngettext(
        "A free place too, but %(days)s day later than %(other)s.",
        "A free place too, but %(days)s days later than %(other)s.",
        days,
    ) % (words | {"days": days})


def _later_but_nearer(figures: Figures, words: dict[str, str]) -> str:
    days = int(figures.get("days", 0))
    return ngettext(
        "Nearer than %(other)s, but %(days)s day later.",
        "Nearer than %(other)s, but %(days)s days later.",
        days,
    ) % (words | {"days": days})


def _later_but_cheaper(figures: Figures, words: dict[str, str]) -> str:
    days = int(figures.get("days", 0))
    return ngettext(
        "Cheaper than %(other)s, but %(days)s day later.",
        "Cheaper than %(other)s, but %(days)s days later.",
        days,
    ) % (words | {"days": days})


def _further(figures: Figures, words: dict[str, str]) -> str:
    minutes = int(figures.get("minutes", 0))
    if not words["day"]:
        return ngettext(
            "About %(minutes)s minute further than %(other)s; neither publishes a free time.",
            "About %(minutes)s minutes further than %(other)s; neither publishes a free time.",
            minutes,
        ) % (words | {"minutes": minutes})
    return ngettext(
        "As soon as %(other)s, but about %(minutes)s minute further.",
        "As soon as %(other)s, but about %(minutes)s minutes further.",
        minutes,
    ) % (words | {"minutes": minutes})


def _further_and_dearer(figures: Figures, words: dict[str, str]) -> str:
    minutes = int(figures.get("minutes", 0))
    if "cents" not in figures:
        return ngettext(
            "About %(minutes)s minute further than %(other)s, and not free.",
            "About %(minutes)s minutes further than %(other)s, and not free.",
            minutes,
        ) % (words | {"minutes": minutes})
    return ngettext(
        "About %(minutes)s minute further than %(other)s, and %(more)s more.",
        "About %(minutes)s minutes further than %(other)s, and %(more)s more.",
        minutes,
    ) % (words | {"minutes": minutes, "more": Euros(int(figures["cents"]))})


def _further_but_cheaper(figures: Figures, words: dict[str, str]) -> str:
    minutes = int(figures.get("minutes", 0))
    return ngettext(
        "Cheaper than %(other)s, but about %(minutes)s minute further.",
        "Cheaper than %(other)s, but about %(minutes)s minutes further.",
        minutes,
    ) % (words | {"minutes": minutes})


COUNTED = {
    Cause.LATER: _later,
    Cause.LATER_BUT_NEARER: _later_but_nearer,
    Cause.LATER_BUT_CHEAPER: _later_but_cheaper,
    Cause.FURTHER: _further,
    Cause.FURTHER_AND_DEARER: _further_and_dearer,
    Cause.FURTHER_BUT_CHEAPER: _further_but_cheaper,
}
