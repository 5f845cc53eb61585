"""Shapes of what is typed, or sent, to hand vouchers out."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiere.rules.national_values import read_phone
from filiere.web.forms.serials import SerialField


class SheetForm(forms.Form):
    """One file."""

    sheet = forms.FileField(
        label=gettext_lazy("Sheet (CSV)"),
        help_text=gettext_lazy("At most 2,000 lines. It is read and not kept."),
    )


class HandOutForm(forms.Form):
    """One voucher, and what the person wants to say of themselves."""

    serial = SerialField(
        label=gettext_lazy("Number of the voucher you hand out"),
        help_text=gettext_lazy("The number printed on the voucher, not its secret code."),
    )
    birth_year = forms.IntegerField(
        label=gettext_lazy("Year of birth"), required=False, min_value=1900, max_value=2020
    )
    name = forms.CharField(
        label=gettext_lazy("First name"),
        help_text=gettext_lazy("Kept only if the person agrees below."),
        max_length=120,
        required=False,
    )
    phone = forms.CharField(
        label=gettext_lazy("Mobile telephone, to send the code by text message"),
        help_text=gettext_lazy("Kept with the first name, and only if the person agrees below."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    agrees = forms.BooleanField(
        label=gettext_lazy("The person agrees that the first name is kept."), required=False
    )

    def clean(self) -> dict[str, Any]:
        """A name may only be given with the agreement to keep it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("name") and not cleaned.get("agrees"):
            self.add_error(
                "agrees",
                _("You wrote a name. Tick this box if the person agrees, or erase the name."),
            )
        phone = cleaned.get("phone", "")
        if phone and read_phone(phone)[1] != "personal_mobile":
            self.add_error("phone", _("This is not a mobile number: it begins with 06 or 07."))
        elif phone and not cleaned.get("name"):
            self.add_error("name", _("The telephone is kept with a first name: write it too."))
        return cleaned
