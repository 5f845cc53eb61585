"""Shapes of what a manager states about a place: hours, telephone, ways in, prices, closing."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from filiere.directory.models import ClosingReason, Fact, Place
from filiere.rules import national_lists as lists
from filiere.rules.weekly_hours import DAYS, from_expression, read_day, to_expression

DATE_INPUT = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
CLOSING_REASONS = [
    (ClosingReason.MOVED, _("The place has moved")),
    (ClosingReason.ENDED, _("Its activity has ended")),
    (ClosingReason.WORKS, _("Works")),
    (ClosingReason.DUPLICATE, _("It stands twice in the directory")),
    (ClosingReason.UNSTATED, _("Another reason")),
]


class FactsForm(forms.Form):
    """What a place says of itself. Blank reads "not stated, ask"."""

    phone = forms.CharField(
        label=_("Telephone"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    access_modes = forms.MultipleChoiceField(
        label=_("How do people come in?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    closed_on_holidays = forms.BooleanField(label=_("Closed on public holidays"), required=False)

    def __init__(self, place: Place, typed: Any = None, *, language: str = "fr") -> None:
        known = from_expression(place.opening_hours)
        week, holidays = known or (("",) * len(DAYS), False)
        initial = {
            "phone": place.phone,
            "access_modes": place.access_modes,
            "closed_on_holidays": holidays,
        } | dict(zip(DAYS, week, strict=True))
        super().__init__(typed, initial=initial)
        self.place = place
        # Hours that seven lines cannot say (seasons, weeks) are shown as the source writes them.
        self.is_readable = known is not None
        for number, day in enumerate(DAYS):
            self.fields[day] = forms.CharField(
                label=str(WEEKDAYS[number]).capitalize(), max_length=80, required=False
            )
        self.fields["access_modes"].choices = [  # type: ignore[attr-defined]
            (entry.key, entry.en if language == "en" else entry.fr)
            for entry in lists.entries("modalites_acces")
        ]

    @property
    def days(self) -> list[forms.BoundField]:
        """The seven lines of hours, Monday first."""
        return [self[day] for day in DAYS]

    def clean(self) -> dict[str, Any]:
        """Read each day; a wrong one is told on its own line."""
        cleaned: dict[str, Any] = super().clean() or {}
        for day in DAYS:
            try:
                read_day(cleaned.get(day, ""))
            except ValueError:
                wrong = _(
                    "This is not an hour of the day. Write for instance 9:00-12:00, 14:00-17:00."
                )
                self.add_error(day, wrong)
        return cleaned

    def facts(self) -> dict[str, str | list[str]]:
        """Give what is stated, ready for the directory."""
        typed = [self.cleaned_data[day] for day in DAYS]
        holidays = self.cleaned_data["closed_on_holidays"]
        facts: dict[str, str | list[str]] = {
            Fact.PHONE: self.cleaned_data["phone"],
            Fact.ACCESS_MODES: self.cleaned_data["access_modes"],
        }
        touched = {*DAYS, "closed_on_holidays"} & set(self.changed_data)
        if touched:
            facts[Fact.OPENING_HOURS] = to_expression(typed, closed_on_holidays=holidays)
        return facts


class ClosePlaceForm(forms.Form):
    """From when a place helps no more, and why."""

    on = forms.DateField(label=_("Closed since which day?"), widget=DATE_INPUT)
    because = forms.ChoiceField(
        label=_("Why?"), choices=CLOSING_REASONS, widget=forms.RadioSelect,
        initial=ClosingReason.UNSTATED,
    )  # fmt: skip

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> dt.date:
        """Refuse a day to come: until then the place still receives people."""
        day: dt.date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError(
                _("This day has not come yet. Until then, close the hours one by one.")
            )
        return day


class QualificationForm(forms.Form):
    """A steward's decision: when and why."""

    on = forms.DateField(label=_("From which day?"), widget=DATE_INPUT)
    reason = forms.CharField(
        label=_("What does it rest on?"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The manager of the place reads it. Name nobody."),
    )  # fmt: skip
