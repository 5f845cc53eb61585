"""Words of schemes: how often, which flat rate, what an import says of a line, one sentence a term."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filiere.projects.forms import catalogue
from filiere.projects.models import FlatRate, Recurrence, Scheme
from filiere.web.formats import date_words, euros, number
from filiere.web.plan_words import KINDS, REGIMES
from filiere.web.project_words import NATURES, public_words, said

RECURRENCES = {
    Recurrence.PERMANENT.value: _("at any time"),
    Recurrence.RECURRENT.value: _("comes back regularly"),
    Recurrence.ONCE.value: _("once"),
    Recurrence.UNKNOWN.value: _("not stated"),
}
FLAT_RATES = {
    FlatRate.NONE.value: _("No flat rate"),
    FlatRate.DIRECT_LESS_SERVICES.value: _("20 % of direct costs, services left out"),
    FlatRate.DIRECT.value: _("7 % of direct costs"),
    FlatRate.STAFF.value: _("15 % of staff costs"),
    FlatRate.STAFF_ALL_OTHERS.value: _("40 % of staff costs, for all the other costs"),
}
REMARKS = {
    "no_name": _("refused: no name or no funder"),
    "twice": _("refused: already read above"),
    "contradicts": _("refused: what it says contradicts itself"),
    "recurrence_unknown": _("kept, how often it comes back is not understood"),
    "day_unreadable": _("kept without its last day, which cannot be read"),
    "link_unreadable": _("kept without its address, which cannot be read"),
}
REFUSED = {"no_name", "twice", "contradicts"}


def share(ppm: int) -> str:
    """Write a share in millionths as a percentage."""
    whole, rest = divmod(ppm, 10_000)
    figure = number(whole) if not rest else number(ppm / 10_000, places=2)
    return f"{figure}\u00a0%"


def terms_of(scheme: Scheme) -> list[tuple[str, str]]:
    """Give what decides what a scheme pays, each term with its sentence; unknown ones left out."""
    return [(label, words) for label, words in _terms(scheme) if words]


def _terms(scheme: Scheme) -> Iterator[tuple[str, str]]:
    yield gettext("Where the money comes from"), str(KINDS[scheme.kind])
    yield gettext("Who may ask"), ", ".join(scheme.beneficiaries)
    yield gettext("What it gives"), ", ".join(scheme.aid_types)
    yield gettext("Territory"), scheme.territory.name if scheme.territory else ""
    yield gettext("For whom"), ", ".join(public_words(scheme.publics))
    yield gettext("Open"), _open(scheme)
    yield gettext("How often"), str(RECURRENCES[scheme.recurrence])
    yield (
        gettext("Its share of the costs it counts"),
        _range(scheme.rate_min_ppm, scheme.rate_max_ppm),
    )
    yield gettext("Least it gives"), _euros(scheme.floor_cents)
    yield gettext("Most it gives"), _euros(scheme.ceiling_cents)
    yield (
        gettext("Accounts it counts"),
        ", ".join(str(NATURES[one]) for one in scheme.eligible_natures),
    )
    if scheme.flat_rate != FlatRate.NONE:
        yield gettext("Flat rate"), str(FLAT_RATES[scheme.flat_rate])
    yield gettext("VAT"), gettext("counted") if scheme.counts_vat else gettext("not counted")
    if scheme.counts_in_kind:
        yield gettext("Given in kind"), gettext("counted")
    yield gettext("Most public money in all"), _share(scheme.public_cap_ppm)
    yield gettext("Least the carrier brings itself"), _share(scheme.self_funding_min_ppm)
    yield gettext("Most investment"), _share(scheme.investment_max_ppm)
    yield gettext("Costs counted"), _between(scheme)
    yield gettext("Not together with"), ", ".join(scheme.excludes)
    yield gettext("State aid"), str(REGIMES[scheme.regime])
    form = catalogue().get(scheme.form_key)
    yield gettext("Form"), said(form.title) if form else ""


def _open(scheme: Scheme) -> str:
    days = {"first": scheme.opens_on, "last": scheme.closes_on}
    told = {name: date_words(day) for name, day in days.items() if day}
    if len(told) == 2:
        return gettext("from %(first)s to %(last)s") % told
    if "last" in told:
        return gettext("until %(last)s") % told
    return gettext("from %(first)s") % told if told else ""


def _between(scheme: Scheme) -> str:
    first, last = scheme.eligible_from_on, scheme.eligible_until_on
    if first and last:
        return gettext("from %(first)s to %(last)s") % {
            "first": date_words(first), "last": date_words(last)
        }  # fmt: skip
    if last:
        return gettext("until %(last)s") % {"last": date_words(last)}
    return gettext("from %(first)s") % {"first": date_words(first)} if first else ""


def _range(least: int | None, most: int | None) -> str:
    if least is not None and most is not None and least != most:
        return gettext("from %(least)s to %(most)s") % {"least": share(least), "most": share(most)}
    known = most if most is not None else least
    if known is None:
        return ""
    return (
        gettext("at most %(most)s") % {"most": share(known)} if most is not None else share(known)
    )


def _euros(cents: int | None) -> str:
    return "" if cents is None else euros(cents, short=True)


def _share(ppm: int | None) -> str:
    return "" if ppm is None else share(ppm)
