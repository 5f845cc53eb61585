"""Territories, organisations and places written one per line, as people know them.

A line is a name or an official code, accents and case aside; a territory may say its level first
(« département 23 »), and what stands in brackets after it is only for the eye.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiere.accounts.models import Organisation
from filiere.directory.models import Place
from filiere.rules.text import fold
from filiere.territories.models import Kind, Territory

MOST_LINES = 200
SHOWN = 5
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
LEVELS = {fold(str(label)): kind for kind, label in Kind.choices} | {"epci": Kind.EPCI}

Find = Callable[[str], list[tuple[int, str]]]


def written_territory(territory: Territory) -> str:
    """Write a territory so that its line can be read back: level, code, and the name to see."""
    return f"{Kind(territory.kind).label} {territory.code} ({territory.name})"


def find_territories(line: str) -> list[tuple[int, str]]:
    """Territories a line may mean, as (id, how to write it), the largest level first."""
    text = _BRACKETS.sub("", line)
    kinds = list(Kind.values)
    for word, kind in LEVELS.items():
        if fold(text).startswith(f"{word} "):
            text, kinds = " ".join(text.split()[len(word.split()) :]), [kind]
            break
    same = Q(code__iexact=text.strip()) | Q(folded=fold(text))
    found = Territory.objects.filter(same, kind__in=kinds).order_by("-population", "pk")
    return [(one.pk, written_territory(one)) for one in found[:20]]


def find_organisations(line: str) -> list[tuple[int, str]]:
    """Organisations a line may mean, by SIRET or name."""
    digits = re.sub(r"\D", "", line)
    same = Q(folded=fold(line)) | Q(siret=digits if len(digits) == 14 else "-")
    return [(one.pk, one.name) for one in Organisation.objects.filter(same).order_by("pk")[:20]]


def find_places(line: str) -> list[tuple[int, str]]:
    """Places a line may mean: « name » or « name, commune »."""
    name, _comma, commune = line.rpartition(",")
    places = Place.objects.filter(name__iexact=line.strip(), closed_on=None)
    if name.strip():
        places |= Place.objects.filter(
            name__iexact=name.strip(), commune__folded=fold(commune), closed_on=None
        )
    found = places.select_related("commune").order_by("pk")[:20]
    return [(one.pk, f"{one.name}, {one.commune.name}") for one in found]


class LinesField(forms.CharField):
    """Rows of a database, written one per line; cleans to their ids."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *, find: Find, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.find = find

    default_error_messages = {
        "too_many": gettext_lazy("At most 200 lines are read. Name a larger territory instead."),
    }

    def clean(self, value: Any) -> list[int]:
        """Find each line; name those that mean nothing, or several things."""
        lines = [line.strip() for line in str(super().clean(value) or "").splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(self.error_messages["too_many"])
        ids, wrong = [], []
        for line in lines:
            found = self.find(line)
            if len(found) == 1:
                ids.append(found[0][0])
            else:
                wrong.append(_wrong(line, [words for _pk, words in found]))
        if wrong:
            raise forms.ValidationError(wrong)
        return list(dict.fromkeys(ids))


def _wrong(line: str, meant: Sequence[str]) -> str:
    if not meant:
        return _("“%(line)s” was not found. Check the spelling, or write the official code.") % {
            "line": line[:60]
        }
    choices = "; ".join(meant[:SHOWN])
    return _("“%(line)s” may mean several: %(choices)s. Write one of them.") % {
        "line": line[:60],
        "choices": choices,
    }


def written(lines: Iterable[str]) -> str:
    """Write lines back for a form."""
    return "\n".join(lines)
