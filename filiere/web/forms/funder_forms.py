"""What is typed about a funder's form: its own questions, another wording, the request itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filiere.kernel.calendar import bounds_of_day
from filiere.projects.models import FormAnswer
from filiere.projects.services.answers import MOST_CHARACTERS
from filiere.projects.services.form_answers import type_own
from filiere.rules.funder_forms.shape import FormSpec
from filiere.web.forms.programmes import DATE_INPUT
from filiere.web.project_amounts import AmountField
from filiere.web.project_words import said

LONG_FROM = 160


def asked_fields(spec: FormSpec) -> list[str]:
    """Give the fields that only this form asks, in its order."""
    return [field.key for field in spec.fields if spec.is_asked(field.key)]


class OwnAnswersForm(forms.Form):
    """The questions only this form asks. Each carries the edition and the value that were read."""

    def __init__(
        self, *args: Any, spec: FormSpec, present: Mapping[str, FormAnswer], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.keys = asked_fields(spec)
        for key in self.keys:
            self.fields[key] = own_field(spec, key)
            self.fields[key].show_hidden_initial = True
            self.fields[f"edition_{key}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False
            )
            one = present.get(key)
            self.initial[key] = one.value if one else False if spec.is_tick(key) else ""
            self.initial[f"edition_{key}"] = one.edition if one else 0

    @property
    def questions(self) -> list[Any]:
        """Give the fields a person answers."""
        return [self[key] for key in self.keys]

    @property
    def unseen(self) -> list[SafeString]:
        """Give the hidden fields: editions, and values as they were read."""
        editions = [self[f"edition_{key}"].as_widget() for key in self.keys]
        return editions + [self[key].as_hidden(only_initial=True) for key in self.keys]

    def answers(self) -> dict[str, type_own]:
        """Give what was changed on this page; the rest is left as others may have written it."""
        return {key: self.cleaned_data[key] for key in self.keys if key in self.changed_data}

    def editions(self) -> dict[str, int]:
        """Give the edition of each answer that was read."""
        return {key: self.cleaned_data[f"edition_{key}"] or 0 for key in self.keys}


def own_field(spec: FormSpec, key: str) -> forms.Field:
    """Make the field of one question: a tick, a choice among few, a line or a paragraph."""
    field = spec.field(key)
    label, help_text = said(field.label), said(field.help)
    if spec.is_tick(key):
        return forms.BooleanField(label=label, help_text=help_text, required=False)
    choices = spec.choices(key)
    if choices:
        return forms.ChoiceField(
            label=label, help_text=help_text, required=False,
            choices=[("", "—"), *((one, one) for one in choices)],
        )  # fmt: skip
    if field.limit:
        most = gettext("At most %(most)s characters.") % {"most": field.limit}
        help_text = f"{help_text} {most}".strip()
    is_long = (field.limit or MOST_CHARACTERS) > LONG_FROM
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5}) if is_long else forms.TextInput(),
    )  # fmt: skip


class RewordForm(forms.Form):
    """One text written otherwise for one form."""

    text = forms.CharField(
        label=_("For this form alone"),
        help_text=_("Blank: the form takes what the project says again."),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SendForm(forms.Form):
    """The request itself: how much, and until when it may be sent."""

    amount = AmountField(
        label=_("Amount asked, in euros"),
        help_text=_("What the project would receive: a grant has no VAT."),
    )
    deadline_on = forms.DateField(
        label=_("Last day to send it"),
        help_text=_("As the call says. Blank: that of the scheme, or none."),
        widget=DATE_INPUT,
        required=False,
    )
    deadline_hour = forms.TimeField(
        label=_("Last hour, when the call says one"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        required=False,
    )
    read = forms.BooleanField(
        label=_("I have compared this form with the funder's own, and I send what is above."),
        error_messages={"required": _("Read the form, then tick this.")},
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the day of an hour."""
        given = super().clean() or {}
        if given.get("deadline_hour") and not given.get("deadline_on"):
            self.add_error("deadline_on", gettext("Give the day of this hour, or empty the hour."))
        return given

    def deadline(self) -> datetime | None:
        """Give the last moment, in legal French time; None when none was typed."""
        on, hour = self.cleaned_data["deadline_on"], self.cleaned_data["deadline_hour"]
        if on is None:
            return None
        begins, ends = bounds_of_day(on)
        if hour is None:
            return ends - timedelta.resolution
        return begins.replace(hour=hour.hour, minute=hour.minute)
