"""What an operator types about the ring-fenced account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.rules.bank_statements import MAX_BYTES
from filiere.web.forms.programmes import DATE_INPUT


class StatementForm(forms.Form):
    """A statement of the bank: a file, or its text pasted."""

    file = forms.FileField(
        label=_("File of the bank"),
        help_text=_("camt.053 (XML), or the table described below."),
        required=False,
        allow_empty_file=True,
    )
    text = forms.CharField(
        label=_("Or paste it here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two; not more than 10 MB."""
        cleaned: dict[str, Any] = super().clean() or {}
        file, text = cleaned.get("file"), (cleaned.get("text") or "").strip()
        if not file and not text and not self.errors:
            self.add_error("file", _("Choose the file of the bank, or paste its text."))
        if file and file.size > MAX_BYTES:
            self.add_error("file", _("This file is over 10 MB. Ask the bank for a shorter period."))
        return cleaned

    def content(self) -> bytes:
        """Give the bytes to import; the file counts if there is one."""
        file = self.cleaned_data["file"]
        return bytes(file.read()) if file else str(self.cleaned_data["text"]).strip().encode()


class AccountForm(forms.Form):
    """The dedicated account, once."""

    label = forms.CharField(label=_("Name of the account"), max_length=80)
    iban = forms.CharField(
        label=_("IBAN"), help_text=_("The account where funders' money is kept."), max_length=42
    )


class ReceiptForm(forms.Form):
    """Which promise a payment keeps."""

    tranche = forms.ChoiceField(label=_("For which promise?"))

    def __init__(self, *args: Any, tranches: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tranche"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *tranches,
        ]


class BounceForm(forms.Form):
    """The bank took a payment back."""

    bounced_on = forms.DateField(label=_("Day the bank took it back"), widget=DATE_INPUT)
    reason = forms.CharField(label=_("Reason the bank gives"), max_length=200, required=False)


class ReturnForm(forms.Form):
    """Unused money goes back to its funder."""

    cause = forms.CharField(
        label=_("Why is it given back?"),
        help_text=_("For instance: end of the programme. One return for each reason."),
        max_length=60,
    )
