"""Shapes of what is typed about prices seen, ceilings and what paying them would cost."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiere.billing.models import SeenHow, SellerKind
from filiere.rules.text import fold
from filiere.territories.errors import TerritoryUnknown
from filiere.territories.models import Kind, Territory
from filiere.territories.queries import by_code, find_commune
from filiere.web.forms.prices import cents_of
from filiere.web.observed_words import HOW_WORDS, KIND_WORDS, procedure_choices

MOST_EUROS = Decimal(2_000)
DATE_INPUT = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class TerritoryField(forms.CharField):
    """A commune or a département, by its name, its postcode or its official code."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(max_length=120, widget=widget, **more)

    def clean(self, value: Any) -> Territory | None:  # type: ignore[override]
        """Find it; several that may be meant are named, never guessed."""
        text = super().clean(value).strip()
        return find_territory(text) if text else None


def find_territory(text: str) -> Territory:
    """Find the commune or the département somebody typed.

    Raises:
        ValidationError: none, or several, with what to type.
    """
    if len(text) <= 3 and text[:1].isdigit():
        try:
            return by_code(text)
        except TerritoryUnknown:
            raise forms.ValidationError(_("No département has this number.")) from None
    named = Territory.objects.filter(kind=Kind.DEPARTEMENT, folded=fold(text)).first()
    if named is not None:
        return named
    found = find_commune(text, limit=6)
    exact = [one for one in found if one.is_exact]
    if len(exact) == 1:
        return Territory.objects.get(pk=exact[0].territory_id)
    if exact or found:
        labels = ", ".join(one.label for one in exact or found)
        raise forms.ValidationError(
            _("Several towns may be meant: %(names)s. Write the name with its postcode."),
            params={"names": labels},
        )
    raise forms.ValidationError(_("No town or département has this name. Check the spelling."))


def _amount(**more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=Decimal(0), max_value=MOST_EUROS, decimal_places=2, localize=True, **more
    )


class PriceSeenForm(forms.Form):
    """One price somebody read."""

    procedure = forms.ChoiceField(label=gettext_lazy("For which procedure?"))
    seller_kind = forms.ChoiceField(
        label=gettext_lazy("In what kind of place?"),
        choices=[(one.value, KIND_WORDS[one]) for one in SellerKind],
        widget=forms.RadioSelect,
    )
    amount = _amount(
        label=gettext_lazy("Price asked for the help, in euros"),
        help_text=gettext_lazy(
            "Without the taxes and stamps that are due in any case. 0 when it is free."
        ),
    )
    territory = TerritoryField(
        label=gettext_lazy("Town or département"), required=False,
        help_text=gettext_lazy("Leave it blank for a website that sells everywhere."),
    )  # fmt: skip
    seen_on = forms.DateField(label=gettext_lazy("Which day did you see it?"), widget=DATE_INPUT)
    seen_how = forms.ChoiceField(
        label=gettext_lazy("Where did you read it?"),
        choices=[(one.value, HOW_WORDS[one]) for one in SeenHow],
        widget=forms.RadioSelect,
    )
    source_url = forms.CharField(
        label=gettext_lazy("Address of the page"), max_length=500, required=False,
        help_text=gettext_lazy("Only for a web page. It begins with https://"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip
    seller_name = forms.CharField(
        label=gettext_lazy("Name of the seller"), max_length=120, required=False,
        help_text=gettext_lazy("For the steward only: it is never published."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = procedure_choices(_("Choose a procedure"))
        self.fields["procedure"].choices = choices  # type: ignore[attr-defined]

    def cents(self) -> int:
        """Give the price in cents."""
        return cents_of(self.cleaned_data["amount"])


class PriceSheetForm(forms.Form):
    """One file."""

    sheet = forms.FileField(
        label=gettext_lazy("Sheet (CSV)"),
        help_text=gettext_lazy("At most 2,000 lines. It is read and not kept."),
    )


class SetAsideForm(forms.Form):
    """Why a price is not published."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it not published?"), max_length=300,
        help_text=gettext_lazy("For instance: the amount holds the regional tax."),
    )  # fmt: skip


class CeilingForm(forms.Form):
    """What help should cost at most."""

    procedure = forms.ChoiceField(label=gettext_lazy("For which procedure?"))
    amount = _amount(label=gettext_lazy("At most, in euros"))
    territory = TerritoryField(
        label=gettext_lazy("Town or département"), required=False,
        help_text=gettext_lazy("Leave it blank for the whole of France."),
    )  # fmt: skip
    from_on = forms.DateField(label=gettext_lazy("From which day?"), widget=DATE_INPUT)
    source = forms.CharField(
        label=gettext_lazy("Who advises it, or where is it written?"), max_length=300,
        help_text=gettext_lazy("It is published beside the amount."),
    )  # fmt: skip

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        choices = procedure_choices(_("Choose a procedure"))
        self.fields["procedure"].choices = choices  # type: ignore[attr-defined]

    def clean_from_on(self) -> dt.date:
        """Refuse the past: prices were judged by another ceiling."""
        day: dt.date = self.cleaned_data["from_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day is past. A ceiling begins today or later."))
        return day


class PublicCostForm(forms.Form):
    """For whom, how many times, and at which price: all may be changed."""

    territoire = TerritoryField(label=gettext_lazy("Town or département"), required=False)
    fois = forms.IntegerField(
        label=gettext_lazy("How many times a year?"), min_value=0, max_value=100_000_000
    )
    prix = _amount(label=gettext_lazy("Price people pay today, in euros"))
    chez_nous = _amount(
        label=gettext_lazy("Price of a session in a place of the chain, in euros"), required=False,
        help_text=gettext_lazy("Leave it blank if it is not known: nothing is compared then."),
    )  # fmt: skip
