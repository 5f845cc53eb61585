"""Shapes of what an employer buys for its staff and their families."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.accounts.models import Organisation
from filiere.rules.text import fold

MINUTES = 60
DATE_INPUT = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class HoursForm(forms.Form):
    """An agreement that buys hours."""

    title = forms.CharField(
        label=_("Name of the offer"), max_length=200,
        help_text=_("The staff will read it, for instance: Digital help for our teams."),
    )  # fmt: skip
    hours = forms.DecimalField(
        label=_("How many hours do you buy?"), min_value=Decimal(1), max_value=Decimal(100_000),
        decimal_places=0, localize=True,
    )  # fmt: skip
    provider = forms.CharField(
        label=_("Where may they be used?"), max_length=200, required=False,
        help_text=_("SIRET or exact name of one organisation. Leave it blank for any place."),
    )  # fmt: skip
    starts_on = forms.DateField(label=_("From which day?"), widget=DATE_INPUT)
    ends_on = forms.DateField(label=_("Until which day?"), widget=DATE_INPUT)

    def clean_provider(self) -> Organisation | None:
        """Find the organisation by SIRET, or by its name as it is written."""
        typed = " ".join(self.cleaned_data["provider"].split())
        if not typed:
            return None
        found = Organisation.objects.filter(siret=typed.replace(" ", "")).first()
        named = Organisation.objects.filter(folded=fold(typed)).order_by("pk")[:2]
        if found is None and len(named) == 1:
            found = named[0]
        if found is None:
            raise forms.ValidationError(
                _("No organisation, or several, are called “%(name)s”. Write the SIRET."),
                params={"name": typed},
            )
        return found

    def clean(self) -> dict[str, Any]:
        """An agreement ends after it starts."""
        cleaned: dict[str, Any] = super().clean() or {}
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The last day comes before the first one."))
        return cleaned

    def minutes(self) -> int:
        """What is bought, in minutes."""
        return int(self.cleaned_data["hours"]) * MINUTES


class CardsForm(forms.Form):
    """How many cards to make, and how much each opens."""

    count = forms.IntegerField(label=_("How many cards?"), min_value=1, max_value=500)
    hours_each = forms.IntegerField(
        label=_("Most hours for one card"), min_value=1, max_value=1_000, required=False,
        help_text=_("One card serves a whole family. Leave it blank for no limit."),
    )  # fmt: skip

    def minutes_each(self) -> int | None:
        """The most one card opens, in minutes; None without limit."""
        hours = self.cleaned_data["hours_each"]
        return hours * MINUTES if hours else None
