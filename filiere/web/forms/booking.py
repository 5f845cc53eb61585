"""Shape of an appointment taken alone: nothing is required but the wish to come."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.persons.enums import Purpose
from filiere.rules.procedures import all_procedures

DIGITS = re.compile(r"\d")
LEAST_DIGITS = 10
OLDEST = 120


class BookingForm(forms.Form):
    """Everything is optional; what is given is kept only with the box that says so."""

    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    procedure = forms.ChoiceField(label=_("Which procedure is it for?"), required=False)
    name = forms.CharField(
        label=_("Your first name"), max_length=80, required=False,
        help_text=_("So that the place knows whom to expect."),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Your telephone"), max_length=20, required=False,
        help_text=_("To warn you if the appointment is cancelled."),
    )  # fmt: skip
    birth_year = forms.IntegerField(
        label=_("Your year of birth"), required=False,
        help_text=_("Used only to count whether help reaches those who need it most."),
    )  # fmt: skip
    keep_identity = forms.BooleanField(
        label=_("I agree that my first name and telephone are kept, encrypted, for this help."),
        required=False,
    )
    tell_sender = forms.BooleanField(
        label=_("If someone sent me, I agree that they are told how it went."), required=False
    )
    follow_up = forms.BooleanField(
        label=_("I agree to be called in one month and in six months, to know if it helped."),
        required=False,
    )

    def __init__(self, *args: Any, year: int, language: str = "fr", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.fields["procedure"].choices = [("", _("Not stated"))] + [  # type: ignore[attr-defined]
            (one.key, one.label(language)) for one in all_procedures()
        ]
        self.fields["name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}
        self.fields["birth_year"].widget = forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "bday-year"}
        )

    def clean_phone(self) -> str:
        """Refuse what no telephone dials."""
        phone = str(self.cleaned_data["phone"]).strip()
        if phone and len(DIGITS.findall(phone)) < LEAST_DIGITS:
            raise forms.ValidationError(
                _("“%(phone)s” is too short. A number has ten figures, like 06 12 34 56 78."),
                params={"phone": phone},
            )
        return phone

    def clean_birth_year(self) -> int | None:
        """Refuse a year nobody alive was born in."""
        year: int | None = self.cleaned_data["birth_year"]
        if year is not None and not self.year - OLDEST <= year <= self.year:
            raise forms.ValidationError(
                _("%(year)s cannot be a year of birth. Write four figures, or leave it blank."),
                params={"year": year},
            )
        return year

    def clean(self) -> dict[str, Any]:
        """What is written is kept only with an agreement; a call needs a number."""
        cleaned = super().clean() or {}
        written = cleaned.get("name") or cleaned.get("phone")
        if written and not cleaned.get("keep_identity"):
            self.add_error(
                "keep_identity", _("Tick this box, or erase your first name and telephone.")
            )
        if cleaned.get("keep_identity") and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", _("Write a first name, or untick the box that keeps it."))
        if cleaned.get("follow_up") and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("To be called, leave a number, or untick the last box."))
        return cleaned

    @property
    def agreed(self) -> set[Purpose]:
        """The purposes said yes to."""
        return {purpose for purpose in Purpose if self.cleaned_data.get(purpose.value)}
