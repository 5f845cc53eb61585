"""What changed in a project file, in words: where, what was there before, what is there now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filiere.projects.forms import question_bank
from filiere.projects.queries import Difference
from filiere.web import project_words as say
from filiere.web.formats import date_words, euros

PARTS = {
    "organisation": _("The organisation"),
    "project": _("The project"),
    "answers": _("Answers"),
    "lines": _("What it costs"),
    "sources": _("Who pays"),
    "calendar": _("Calendar"),
    "partners": _("Partners"),
    "indicators": _("Indicators"),
    "request": _("The request"),
}
FIELDS = {
    "title": _("Title"),
    "need": _("Need"),
    "publics": _("For whom"),
    "territories": _("Where"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "total_cents": _("Total cost"),
    "label": _("Label"),
    "nature": _("Account"),
    "kind": _("Kind"),
    "amount_cents": _("Amount"),
    "without_vat_cents": _("Amount without VAT"),
    "year": _("Year"),
    "quantity": _("Quantity"),
    "unit": _("Unit"),
    "is_investment": _("Investment"),
    "funder": _("Funder"),
    "scheme": _("Scheme"),
    "state": _("State"),
    "asked_cents": _("Asked"),
    "granted_cents": _("Granted"),
    "paid_cents": _("Paid"),
    "place": _("Where"),
    "name": _("Name"),
    "role": _("Role"),
    "brings": _("What they bring"),
    "target": _("Aimed at"),
    "how": _("How"),
    "siret": _("SIRET"),
    "rna": _("RNA"),
    "legal_form": _("Legal form"),
    "address": _("Address"),
    "postcode": _("Postcode"),
    "town": _("Town"),
    "rate": _("Rate"),
}
KINDS = {"cash": _("in money"), "in_kind": _("in kind")}
HIDDEN = {"key"}


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changed, ready to read; a blank side had nothing."""

    where: str
    before: str
    after: str
    is_text: bool


def told_changes(found: Iterable[Difference]) -> list[tuple[str, list[Change]]]:
    """Group changes by part of the file, in the order they were found."""
    groups: dict[str, list[Change]] = {}
    for one in found:
        part, *rest = one.path
        if rest and rest[-1] in HIDDEN:
            continue
        groups.setdefault(part, []).append(_change(part, rest, one))
    return [(str(PARTS.get(part, part)), changes) for part, changes in groups.items()]


def _change(part: str, path: list[str], one: Difference) -> Change:
    name = path[-1] if path else part
    before, after = _value(name, one.before), _value(name, one.after)
    where = " · ".join(_step(part, step) for step in path) or str(PARTS.get(part, part))
    return Change(where, before, after, max(len(before), len(after)) > 80)


def _step(part: str, step: str) -> str:
    if part == "answers":
        question = question_bank().get(step)
        return say.said(question.label) if question else str(say.LENGTHS.get(step, step))
    return str(FIELDS.get(step, step))


def _value(name: str, value: Any) -> str:
    """Write a value of the facts: cents as euros, days as dates, whole rows in one line."""
    if value is None or value == "":
        return ""
    if isinstance(value, dict):
        told = [_value(key, one) for key, one in value.items() if key not in HIDDEN]
        return ", ".join(words for words in told if words)
    if isinstance(value, list):
        return ", ".join(_value(name, one) for one in value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return _single(name, str(value))


def _single(name: str, value: str) -> str:
    """Write one plain value by what its name says it is."""
    if name.endswith("_cents"):
        return euros(int(value))
    if name.endswith("_on"):
        return date_words(date.fromisoformat(value))
    if name == "nature":
        return str(say.NATURES.get(value, value))
    return str(KINDS.get(value, value)) if name == "kind" else value
