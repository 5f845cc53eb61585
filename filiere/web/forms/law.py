"""Shapes of what is typed for a decision aid: its questions, and the day of the rules."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiere.kernel.signatures import MOST_SOURCE
from filiere.rules.assistants.shape import Answer, Kind, Question, Sheet
from filiere.rules.parameters import FIRST_YEAR, LAST_YEAR
from filiere.web.project_amounts import AmountField

DAY = "le"
ROWS_AT_MOST = 11
MOST_COUNT = 10**9
TAXES = ("HT", "TTC")
YES, NO = "oui", "non"


class DayField(forms.DateField):
    """A day, as a date input or typed ``24/11/2026``, within the years the rules know."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **more)
        self.error_messages["invalid"] = gettext_lazy("Write the day like this: 24/11/2026.")

    def clean(self, value: Any) -> dt.date | None:
        """Refuse a slip in the year."""
        day: dt.date | None = super().clean(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("Choose a year from %(first)s to %(last)s.")
                % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return day


class SumField(AmountField):
    """An amount in euros where the question itself says with or without VAT."""

    def clean(self, value: Any) -> int | None:
        """Give cents; what is typed beside the figures is refused in words."""
        if str(value or "").strip().upper().endswith(TAXES):
            raise forms.ValidationError(_("Type the amount alone, in euros."))
        return super().clean(value)


class CountField(forms.CharField):
    """A whole number from 0, with or without spaces between thousands."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=20, **more)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        """Read it."""
        text = "".join(super().clean(value).split())
        if not text:
            return None
        if not (text.isdecimal() and len(text) <= 10 and int(text) <= MOST_COUNT):
            raise forms.ValidationError(_("Type a whole number, 0 or more, in figures."))
        return int(text)


def _choice(pairs: list[tuple[str, str]], **common: Any) -> forms.ChoiceField:
    if len(pairs) > ROWS_AT_MOST:
        return forms.ChoiceField(choices=[("", "—"), *pairs], **common)
    return forms.ChoiceField(choices=pairs, widget=forms.RadioSelect, **common)


def _field(question: Question, language: str) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.label.words(language),
        "help_text": question.help.words(language),
        "required": False,
    }
    match question.kind:
        case Kind.YES_NO:
            return _choice([(YES, _("Yes")), (NO, _("No"))], **common)
        case Kind.CHOICE:
            return _choice(
                [(one.key, one.label.words(language)) for one in question.options], **common
            )
        case Kind.AMOUNT:
            return SumField(zero_is_possible=True, **common)
        case Kind.COUNT:
            return CountField(**common)
        case Kind.DATE:
            return DayField(**common)


class QuestionsForm(forms.Form):
    """The questions of one assistant; none is required here, the assistant says what it lacks."""

    def __init__(self, data: Mapping[str, str] | None, *, sheet: Sheet, language: str) -> None:
        super().__init__(data, auto_id="q_%s")
        self.sheet = sheet
        for question in sheet.questions:
            self.fields[question.key] = _field(question, language)
        self.fields[DAY] = DayField(
            label=_("Rules of which day?"),
            help_text=_("Today, or a past day: the answer is then the one of that day."),
            required=False,
        )

    def answers(self) -> dict[str, Answer]:
        """Give what was answered well, by key of question; an amount in cents."""
        found: dict[str, Answer] = {}
        for question in self.sheet.questions:
            value = getattr(self, "cleaned_data", {}).get(question.key)
            if value is None or value == "":
                continue
            found[question.key] = value == YES if question.kind == Kind.YES_NO else value
        return found

    def shown(self, answers: Mapping[str, Answer]) -> Iterator[BoundField]:
        """Give the questions that the answers so far make useful, in order."""
        for question in self.sheet.questions:
            if self._is_useful(question, answers) or question.key in self.errors:
                yield self[question.key]

    def _is_useful(self, question: Question, answers: Mapping[str, Answer]) -> bool:
        """Tell whether it is asked, and what makes it asked is asked too."""
        while question.only_if is not None:
            if not question.is_asked(answers):
                return False
            question = self.sheet.question(question.only_if[0])
        return True


class ValuesForm(forms.Form):
    """Which day the page of figures shows, and whether only what waits to be verified."""

    le = DayField(label=gettext_lazy("Figures of which day?"), required=False)
    a_verifier = forms.BooleanField(label=gettext_lazy("Only those to verify"), required=False)


class SignForm(forms.Form):
    """What somebody read, and whether it says the same."""

    source_read = forms.CharField(
        label=gettext_lazy("What did you read?"), max_length=MOST_SOURCE,
        help_text=gettext_lazy("The article and its date, or the address of the page."),
    )  # fmt: skip
    is_right = forms.ChoiceField(
        label=gettext_lazy("Does it say the same?"),
        choices=[
            ("1", gettext_lazy("Yes, the source says exactly this")),
            ("0", gettext_lazy("No, the source says something else")),
        ],
        widget=forms.RadioSelect,
    )
    reading = forms.CharField(widget=forms.HiddenInput)


class ElsewhereForm(forms.Form):
    """What an organisation sold outside Filière: its own figure, typed each time."""

    ailleurs = SumField(
        label=gettext_lazy("Sold elsewhere this year, in euros"),
        required=False,
        zero_is_possible=True,
        help_text=gettext_lazy("What did not pass through Filière, without VAT. It is not kept."),
    )
    ailleurs_avant = SumField(
        label=gettext_lazy("Sold elsewhere last year, in euros"),
        required=False,
        zero_is_possible=True,
    )
