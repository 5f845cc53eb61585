"""Shapes of a referral: what the person needs, where from, what they agree to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.agreements.models import Commitment
from filiere.orientation.models import RefusalReason
from filiere.rules.needs import all_needs
from filiere.rules.procedures import all_procedures
from filiere.web.forms.serials import SerialField


class ReferralForm(forms.Form):
    """One person, one need. Only the need and the commune are required."""

    # Makes one page one referral, however often it is sent.
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    need = forms.ChoiceField(label=_("What does the person need?"))
    procedure = forms.ChoiceField(label=_("Which procedure?"), required=False)
    deadline_days = forms.IntegerField(
        label=_("In how many days at the latest?"), required=False, min_value=0, max_value=365,
        help_text=_("Leave blank if there is no deadline."),
    )  # fmt: skip
    commune = forms.CharField(
        label=_("In which commune does the person live?"), max_length=120,
        help_text=_("Name or postcode."),
    )  # fmt: skip
    birth_year = forms.IntegerField(
        label=_("Year of birth"), required=False, min_value=1900, max_value=2020
    )
    name = forms.CharField(
        label=_("Name"), required=False, max_length=120,
        help_text=_("Kept only if the person agrees below."),
    )  # fmt: skip
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=20)
    keep_identity = forms.BooleanField(
        label=_("The person agrees that the name and telephone are kept."), required=False
    )
    tell_sender = forms.BooleanField(
        label=_("The person agrees that I am told the result."), required=False
    )
    follow_up = forms.BooleanField(
        label=_("The person agrees to be called in one and in six months."), required=False
    )
    commitment = forms.ModelChoiceField(
        label=_("Who else pays a part?"), required=False,
        queryset=Commitment.objects.none(), empty_label=_("Nobody else"),
    )  # fmt: skip
    voucher_serial = SerialField(
        label=_("Number of the voucher you hand out"), required=False,
        help_text=_("The number printed on the voucher, not its secret code."),
    )  # fmt: skip

    def __init__(self, *args: Any, commitments: Any, language: str = "fr", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["need"].choices = [  # type: ignore[attr-defined]
            (need.key, need.label(language)) for need in all_needs()
        ]
        self.fields["procedure"].choices = [("", _("Not stated"))] + [  # type: ignore[attr-defined]
            (one.key, one.label(language)) for one in all_procedures()
        ]
        self.fields["commitment"].queryset = commitments  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A name may only be given with the agreement to keep it."""
        cleaned = super().clean() or {}
        if cleaned.get("name") and not cleaned.get("keep_identity"):
            self.add_error(
                "keep_identity",
                _("You wrote a name. Tick this box if the person agrees, or erase the name."),
            )
        return cleaned


REASONS = [
    (RefusalReason.FULL, _("We have no place left")),
    (RefusalReason.NOT_OUR_SERVICE, _("This is not our service")),
    (RefusalReason.WRONG_PUBLIC, _("We do not receive this public")),
    (RefusalReason.CLOSED, _("The place is closed")),
    (RefusalReason.OTHER, _("Another reason")),
]


def reason_words(reason: str) -> str:
    """Say why a place could not take the person; nothing when it gave no reason."""
    return next((str(words) for value, words in REASONS if value == reason), "")


class RefusalForm(forms.Form):
    """Why a place cannot take the person."""

    reason = forms.ChoiceField(
        label=_("Why can you not take this person?"), choices=REASONS, widget=forms.RadioSelect
    )
