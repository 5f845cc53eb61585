"""Prices seen, in words: kinds of place, where a price was read, how far it may be trusted."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from filiere.billing.models import SeenHow, SellerKind
from filiere.rules.observed_prices import Spread
from filiere.rules.parameters import Confidence
from filiere.rules.procedures import all_operators, all_procedures, procedure
from filiere.web.formats import euros

KIND_WORDS = {
    SellerKind.PUBLIC: gettext_lazy("Public place (town hall, library, France services)"),
    SellerKind.ASSOCIATION: gettext_lazy("Association"),
    SellerKind.SHOP: gettext_lazy("Shop (garage, tobacconist, computer shop)"),
    SellerKind.WEBSITE: gettext_lazy("Private website"),
    SellerKind.INDEPENDENT: gettext_lazy("Independent professional"),
}
SHORT_KINDS = {
    SellerKind.PUBLIC: gettext_lazy("Public place"),
    SellerKind.ASSOCIATION: gettext_lazy("Association"),
    SellerKind.SHOP: gettext_lazy("Shop"),
    SellerKind.WEBSITE: gettext_lazy("Private website"),
    SellerKind.INDEPENDENT: gettext_lazy("Independent"),
}
HOW_WORDS = {
    SeenHow.LINK: gettext_lazy("On a web page"),
    SeenHow.ON_SITE: gettext_lazy("On a price list, on site"),
    SeenHow.REPORTED: gettext_lazy("Told by somebody who was helped"),
}
CONFIDENCE_WORDS = {
    Confidence.STATED: gettext_lazy("written in the texts of 2018"),
    Confidence.VERIFIED: gettext_lazy("read in a public source"),
    Confidence.OPENFISCA: gettext_lazy("read in OpenFisca"),
    Confidence.DERIVED: gettext_lazy("worked out from named figures"),
    Confidence.OWN_CHOICE: gettext_lazy("chosen by us, open to discussion"),
    Confidence.MEMORY: gettext_lazy("to be checked before relying on it"),
}


def procedure_words(key: str) -> str:
    """Name a procedure in the reader's language; the key when it is not of the list."""
    found = procedure(key)
    return found.label(get_language() or "fr") if found else key


def procedure_choices(blank: str = "") -> list[tuple[str, Any]]:
    """Give every procedure under its operator, for a list to choose from."""
    language = get_language() or "fr"
    grouped: list[tuple[str, Any]] = [
        (
            one.label(language),
            [(two.key, two.label(language)) for two in all_procedures() if two.operator == one.key],
        )
        for one in all_operators()
    ]
    choices = [pair for pair in grouped if pair[1]]
    return [("", blank), *choices] if blank else choices


def kind_words(kind: str | None, *, short: bool = False) -> str:
    """Name a kind of place; None is not stated."""
    if kind is None:
        return _("Kind of place not stated")
    return str((SHORT_KINDS if short else KIND_WORDS)[SellerKind(kind)])


def amount_words(cents: int) -> str:
    """Write a price as people say it: free, or an amount."""
    return _("free") if cents == 0 else euros(cents)


def range_words(spread: Spread) -> str:
    """Say from how much to how much."""
    if spread.lowest_cents == spread.highest_cents:
        return amount_words(spread.lowest_cents)
    if spread.lowest_cents == 0:
        return _("free, or up to %(high)s") % {"high": euros(spread.highest_cents)}
    low, high = euros(spread.lowest_cents), euros(spread.highest_cents)
    return _("from %(low)s to %(high)s") % {"low": low, "high": high}


def line_words(problem: str) -> str:
    """Say what to correct on one line of a sheet of prices."""
    if problem.startswith("column:"):
        name = problem.removeprefix("column:")
        return _("The column “%(column)s” is missing.") % {"column": name}
    return {
        "cells": _("This line has not as many cells as the first one."),
        "lines": _("A sheet has at most 2,000 lines. Cut it in two."),
        "kind": _("Kind of place: write public, association, commerce, site or indépendant."),
        "how": _("In “vu”, write sur place or rapporté; leave it blank with a link."),
        "price": _("The price is an amount such as 29,90, or gratuit."),
        "day": _("The day is written 22/11/2026 or 2026-11-22."),
        "place": _("No town or département has this code. Write 23 or 23096, for instance."),
    }[problem]
