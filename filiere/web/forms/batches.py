"""What an operator types to prepare, send and close a batch of payments."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LABEL_MAX = 26


class FreezeForm(forms.Form):
    """Name of the batch; what is owed now goes into it."""

    label = forms.CharField(
        label=_("Name of the batch"),
        help_text=_("It is written on the bank statement. Capitals, figures and hyphens."),
        max_length=LABEL_MAX,
    )

    def clean_label(self) -> str:
        """Write it as banks accept it."""
        return str(self.cleaned_data["label"]).strip().upper().replace(" ", "-")


class PayerForm(forms.Form):
    """The ring-fenced account that pays."""

    name = forms.CharField(label=_("Holder of the account"), max_length=70)
    iban = forms.CharField(
        label=_("IBAN"), help_text=_("The account where funders' money is kept."), max_length=42
    )
    bic = forms.CharField(label=_("BIC"), max_length=11)

    def clean_iban(self) -> str:
        """Forget the spaces."""
        return "".join(str(self.cleaned_data["iban"]).split()).upper()

    def clean_bic(self) -> str:
        """Write it in capitals, without spaces."""
        return "".join(str(self.cleaned_data["bic"]).split()).upper()


class PaidForm(forms.Form):
    """The day the bank paid."""

    paid_on = forms.DateField(
        label=_("Day on the bank statement"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.today = today

    def clean_paid_on(self) -> date:
        """Refuse a day that has not come."""
        day: date = self.cleaned_data["paid_on"]
        if day > self.today:
            raise forms.ValidationError(
                _("This day has not come yet. Give the day on the statement.")
            )
        return day
