"""The questionnaire as a form, built from its data: every question may be left blank."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.rules.diagnosis import Questionnaire, Request
from filiere.rules.procedures import all_procedures

DEADLINES = {
    "": _("No, or I do not know"),
    "3": _("Yes, within three days"),
    "15": _("Yes, within two weeks"),
    "60": _("Yes, later"),
}


class DiagnosisForm(forms.Form):
    """What the person comes for today, then the questions of one version."""

    deadline = forms.ChoiceField(
        label=_("Is there a deadline?"), choices=list(DEADLINES.items()),
        widget=forms.RadioSelect, required=False,
    )  # fmt: skip
    procedure = forms.ChoiceField(
        label=_("Are you stuck on a procedure?"), required=False,
        help_text=_("For example a tax return or a CAF account."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, questionnaire: Questionnaire, language: str = "fr", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questionnaire = questionnaire
        english = language.startswith("en")
        self.fields["procedure"].choices = [("", _("No"))] + [  # type: ignore[attr-defined]
            (one.key, one.label(language)) for one in all_procedures()
        ]
        for question in questionnaire.questions:
            self.fields[f"q_{question.key}"] = forms.ChoiceField(
                label=question.en if english else question.fr,
                choices=[(one.key, one.en if english else one.fr) for one in question.answers],
                widget=forms.RadioSelect,
                required=False,
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The questions of the questionnaire, in order."""
        return [self[f"q_{question.key}"] for question in self.questionnaire.questions]

    @property
    def answers(self) -> dict[str, str | None]:
        """The answers given, by question."""
        return {
            question.key: self.cleaned_data.get(f"q_{question.key}") or None
            for question in self.questionnaire.questions
        }

    @property
    def request(self) -> Request:
        """What the person comes for today."""
        deadline = self.cleaned_data.get("deadline")
        return Request(
            deadline_days=int(deadline) if deadline else None,
            procedure=self.cleaned_data.get("procedure") or None,
        )
