"""Shapes of what people answer about prices, and of what opens a survey."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiere.billing.models import SellerKind
from filiere.rules.willingness import PRICES_ASKED_CENTS
from filiere.web.formats import euros
from filiere.web.observed_words import KIND_WORDS, procedure_choices

DATE_INPUT = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def price_choices() -> list[tuple[str, str]]:
    """Give the prices asked, in words: only if free, up to an amount, that amount or more."""
    words = [_("Nothing: I come only if it is free")]
    words += [
        _("Up to %(amount)s") % {"amount": euros(cents, short=True)}
        for cents in PRICES_ASKED_CENTS[1:-1]
    ]
    words.append(_("%(amount)s or more") % {"amount": euros(PRICES_ASKED_CENTS[-1], short=True)})
    return [(str(cents), one) for cents, one in zip(PRICES_ASKED_CENTS, words, strict=True)]


class AnswerForm(forms.Form):
    """How much one person would pay, here and perhaps elsewhere."""

    here = forms.ChoiceField(widget=forms.RadioSelect)
    elsewhere = forms.ChoiceField(widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, here: str, elsewhere: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("here", here), ("elsewhere", elsewhere)):
            self.fields[name].label = label
            self.fields[name].choices = price_choices()  # type: ignore[attr-defined]

    def cents(self) -> tuple[int, int | None]:
        """Give both answers in cents; None when the second was left."""
        elsewhere = self.cleaned_data["elsewhere"]
        return int(self.cleaned_data["here"]), int(elsewhere) if elsewhere else None


class SurveyForm(forms.Form):
    """Where, about what, and between which days."""

    place = forms.ChoiceField(label=gettext_lazy("In which place?"))
    place_kind = forms.ChoiceField(
        label=gettext_lazy("What kind of place is it?"),
        choices=[(one.value, KIND_WORDS[one]) for one in SellerKind],
        help_text=gettext_lazy(
            "Answers are added up by kind of place, never shown place by place."
        ),
        widget=forms.RadioSelect,
    )
    procedure = forms.ChoiceField(label=gettext_lazy("About which procedure?"), required=False)
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=DATE_INPUT)
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"), widget=DATE_INPUT,
        help_text=gettext_lazy("At most 180 days later. Results are read the day after."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, places: list[tuple[str, str]], today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(starts_on=today, ends_on=today + dt.timedelta(days=28))
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        choices = procedure_choices(_("Any procedure"))
        self.fields["procedure"].choices = choices  # type: ignore[attr-defined]


class SheetsForm(forms.Form):
    """How many sheets tick each price, for both questions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in ("here", "elsewhere"):
            for value, words in price_choices():
                self.fields[f"{question}_{value}"] = forms.IntegerField(
                    label=words, min_value=0, max_value=500, required=False
                )

    def counts(self, question: str) -> dict[int, int]:
        """Give the number of sheets by price in cents, for ``here`` or ``elsewhere``."""
        return {
            cents: self.cleaned_data[f"{question}_{cents}"]
            for cents in PRICES_ASKED_CENTS
            if self.cleaned_data.get(f"{question}_{cents}")
        }

    def bound(self, question: str) -> list[Any]:
        """Give the fields of one question, in the order of the sheet."""
        return [self[f"{question}_{cents}"] for cents in PRICES_ASKED_CENTS]
