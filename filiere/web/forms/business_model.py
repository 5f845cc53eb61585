"""Shape of the model of a project: nine texts and three years of figures."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from filiere.projects.queries import WrittenModel
from filiere.projects.services.business_models import MOST_SESSIONS, MOST_TEXT
from filiere.rules.business_model import BOXES, YEARS, Year
from filiere.web.forms.law import CountField
from filiere.web.model_words import BOX_WORDS, FIGURE_HELP, FIGURE_WORDS
from filiere.web.project_amounts import AmountField, typed_cents

FIGURES = ("volume", "price", "session", "fixed", "grants")


class SessionsField(CountField):
    """A number of sessions a year."""

    def clean(self, value: Any) -> int | None:
        """Refuse more than anybody gives."""
        found = super().clean(value)
        if found is not None and found > MOST_SESSIONS:
            raise forms.ValidationError(_("This is more than a million sessions: check the zeros."))
        return found


class ModelForm(forms.Form):
    """Everything may be left blank; a year that is begun is written whole."""

    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, first_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first_year = first_year
        for key in BOXES:
            label, told = BOX_WORDS[key]
            self.fields[key] = forms.CharField(
                label=str(label), help_text=str(told), required=False, max_length=MOST_TEXT,
                widget=forms.Textarea(attrs={"rows": 3}),
            )  # fmt: skip
        for index in range(YEARS):
            for figure in FIGURES:
                self.fields[f"{figure}_{index}"] = self._figure(figure)

    def _figure(self, figure: str) -> forms.Field:
        common: dict[str, Any] = {"label": FIGURE_WORDS[figure], "required": False}
        common["help_text"] = FIGURE_HELP.get(figure, "")
        if figure == "volume":
            return SessionsField(**common)
        return AmountField(zero_is_possible=True, **common)

    def boxes(self) -> Iterator[BoundField]:
        """Give the nine texts."""
        return (self[key] for key in BOXES)

    def years_shown(self) -> list[tuple[int, list[BoundField]]]:
        """Give the fields of each year, under its number."""
        return [
            (self.first_year + index, [self[f"{one}_{index}"] for one in FIGURES])
            for index in range(YEARS)
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for the rest of a year that is begun, and for the years before it."""
        given: dict[str, Any] = super().clean() or {}
        last = max((n for n in range(YEARS) if self._is_begun(n, given)), default=-1)
        for index in range(last + 1):
            for figure in FIGURES:
                name = f"{figure}_{index}"
                if given.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Write it too, 0 if there is none."))
        return given

    def _is_begun(self, index: int, given: dict[str, Any]) -> bool:
        return any(
            given.get(f"{one}_{index}") is not None or f"{one}_{index}" in self.errors
            for one in FIGURES
        )

    def texts(self) -> dict[str, str]:
        """Give what is written in each box."""
        return {key: self.cleaned_data.get(key, "") for key in BOXES}

    def years(self) -> list[Year]:
        """Give the years that are written."""
        found = []
        for index in range(YEARS):
            given = [self.cleaned_data.get(f"{one}_{index}") for one in FIGURES]
            figures = [int(one) for one in given if one is not None]
            if len(figures) == len(FIGURES):
                found.append(Year(*figures))
        return found


def written(model: WrittenModel) -> dict[str, Any]:
    """Give what the form begins with."""
    found: dict[str, Any] = {"edition": model.edition} | dict(model.boxes)
    for index, year in enumerate(model.years):
        found[f"volume_{index}"] = str(year.volume)
        found[f"price_{index}"] = typed_cents(year.price_cents)
        found[f"session_{index}"] = typed_cents(year.session_cents)
        found[f"fixed_{index}"] = typed_cents(year.fixed_cents)
        found[f"grants_{index}"] = typed_cents(year.grants_cents)
    return found
