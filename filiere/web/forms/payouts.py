"""What is typed about payments to providers: their account, a bank's answer, a refund, a hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.rules.payment_status import MAX_BYTES


class PayoutAccountForm(forms.Form):
    """Where an organisation is paid."""

    holder_name = forms.CharField(
        label=_("Holder of the account"), help_text=_("As the bank writes it."), max_length=70
    )
    iban = forms.CharField(
        label=_("IBAN"), help_text=_("27 signs in France, spaces included or not."), max_length=42
    )


class AnswerForm(forms.Form):
    """What the bank answers to a file of payments."""

    file = forms.FileField(label=_("Answer of the bank"), help_text=_("A file pain.002 (XML)."))

    def clean_file(self) -> Any:
        """Refuse what is longer than any answer."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("This file is too long to be a bank's answer."))
        return file


class ReasonForm(forms.Form):
    """Why; the provider reads it."""

    reason = forms.CharField(
        label=_("Why?"), help_text=_("The organisation that gives the sessions reads it."),
        max_length=200,
    )  # fmt: skip
