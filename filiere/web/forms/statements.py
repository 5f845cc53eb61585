"""Which days of a statement are read."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiere.web.forms.programmes import DATE_INPUT

FIRST_YEAR, LAST_YEAR = 2000, 9998


class PeriodForm(forms.Form):
    """The first and the last day, both included."""

    du = forms.DateField(label=gettext_lazy("First day"), widget=DATE_INPUT)
    au = forms.DateField(label=gettext_lazy("Last day"), widget=DATE_INPUT)

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order or out of any calendar, at the field."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("du"), cleaned.get("au")
        for name, day in (("du", first), ("au", last)):
            if isinstance(day, date) and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, _("Give a year between 2000 and 9998."))
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("au", _("The last day is before the first one."))
        return cleaned


class PersonAsksForm(forms.Form):
    """Whoever makes the file of a person says that the person asked for it."""

    asks = forms.BooleanField(
        label=gettext_lazy("The person asks for this file, and I know that it is this person."),
        error_messages={
            "required": gettext_lazy(
                "No file was made. Tick this box if the person asks for it; nobody else may."
            )
        },
    )
