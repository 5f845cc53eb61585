"""What is typed about the funders of a project: requests, answers, payments, who pays a line."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filiere.projects.models import FundingSource, Scheme
from filiere.projects.queries import SourceRow
from filiere.projects.services import DueWanted
from filiere.web.formats import euros
from filiere.web.forms.programmes import DATE_INPUT
from filiere.web.plan_words import DUES, KINDS, REGIMES
from filiere.web.project_amounts import AmountField

GRANTED, REFUSED = "granted", "refused"


class SourceForm(forms.Form):
    """Somebody who may pay: under a scheme, or by hand."""

    funder_name = forms.CharField(label=_("Who pays?"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Where does the money come from?"), choices=[("", "—"), *KINDS.items()]
    )
    amount = AmountField(
        label=_("How much will you ask, in euros?"),
        help_text=_("What the project would receive: a grant has no VAT."),
    )
    likely = forms.IntegerField(
        label=_("What are its chances, out of 100?"),
        help_text=_("Blank: you do not know; it is then counted as sure."),
        min_value=0,
        max_value=100,
        required=False,
    )
    regime = forms.ChoiceField(
        label=_("Which State aid rule does it come under?"),
        help_text=_("Public money only; the text of the call says it."),
        choices=list(REGIMES.items()),
        initial="unknown",
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, only_later: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if only_later:
            for name in ("funder_name", "kind", "amount"):
                del self.fields[name]

    def terms(self) -> dict[str, Any]:
        """Give what the services take."""
        given = self.cleaned_data
        names = {"funder_name": "funder_name", "kind": "kind", "amount": "asked_cents",
                 "likely": "likely_percent", "regime": "regime"}  # fmt: skip
        return {term: given[name] for name, term in names.items() if name in self.fields}


def typed_source(source: FundingSource) -> dict[str, Any]:
    """Give what the form of a source shows before anything is typed."""
    return {
        "funder_name": source.funder_name,
        "kind": source.kind,
        "amount": source.asked_cents,
        "likely": source.likely_percent,
        "regime": source.regime,
        "edition": source.edition,
    }


def from_scheme(scheme: Scheme) -> dict[str, Any]:
    """Give what the form of a new source shows when it is asked under a scheme."""
    return {"funder_name": scheme.funder_name, "kind": scheme.kind, "regime": scheme.regime}


class AnswerForm(forms.Form):
    """What a funder answered."""

    answer = forms.ChoiceField(
        label=_("What did it answer?"),
        choices=[(GRANTED, _("Yes: it grants an amount")), (REFUSED, _("No"))],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(label=_("Day of its letter"), widget=DATE_INPUT)
    amount = AmountField(
        label=_("Amount granted, in euros"),
        help_text=_("As the letter says, even when it is less than what was asked."),
        required=False,
    )
    raised_because = forms.CharField(
        label=_("If it is more than asked: why?"), max_length=200, required=False
    )
    text = forms.CharField(
        label=_("What it says, in its words"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the amount of a yes; refuse one beside a no."""
        given = super().clean() or {}
        is_yes = given.get("answer") == GRANTED
        if is_yes and given.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", gettext("Give the amount of the letter."))
        if given.get("answer") == REFUSED and given.get("amount"):
            self.add_error("amount", gettext("A refusal has no amount: empty this, or choose yes."))
        return given


class _MovedForm(forms.Form):
    """Money that moved, on a day that has come."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        """Refuse a day that has not come."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(
                _("This day has not come yet. Give the day on the statement.")
            )
        return day


class GrantPaymentForm(_MovedForm):
    """Money a funder paid."""

    amount = AmountField(label=_("Amount received, in euros"))
    day = forms.DateField(label=_("Day it came"), widget=DATE_INPUT)
    due = forms.ChoiceField(label=_("Which payment is it?"), required=False)
    reference = forms.CharField(
        label=_("Reference"), max_length=70, required=False, help_text=_("Of the transfer.")
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args: Any, dues: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        due: Any = self.fields["due"]
        due.choices = [*((str(pk), words) for pk, words in dues), ("", _("None of these"))]


class ClawbackForm(_MovedForm):
    """Money a funder took back."""

    amount = AmountField(label=_("Amount taken back, in euros"))
    day = forms.DateField(label=_("Day it was taken back"), widget=DATE_INPUT)
    reason = forms.CharField(label=_("Why, in its words?"), max_length=300)
    reference = forms.CharField(label=_("Reference"), max_length=70, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)


class DueForm(forms.Form):
    """One sum a funder said it would pay; a row without amount is left out."""

    kind = forms.ChoiceField(label=_("Which part?"), choices=list(DUES.items()), required=False)
    due_on = forms.DateField(label=_("Day"), widget=DATE_INPUT, required=False)
    amount = AmountField(label=_("Amount, in euros"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the day of an amount, and the amount of a day."""
        given = super().clean() or {}
        if self.errors:
            return given
        if given.get("amount") and not given.get("due_on"):
            self.add_error("due_on", gettext("Give the day, even approximate."))
        if given.get("due_on") and not given.get("amount"):
            self.add_error("amount", gettext("Give the amount, or empty the day."))
        return given


class DueRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """The schedule of one funder."""

    def wanted(self) -> list[DueWanted]:
        """Give the rows that were filled in."""
        given = (one.cleaned_data for one in self.forms)
        return [
            DueWanted(kind=one["kind"], due_on=one["due_on"], amount_cents=one["amount"])
            for one in given
            if one.get("amount")
        ]


def due_rows(data: Any, initial: Sequence[dict[str, Any]]) -> DueRows:
    """Build the rows of a schedule: those it has, then three blank ones."""
    made: Any = forms.formset_factory(
        DueForm, formset=DueRows, extra=3, max_num=40, validate_max=True
    )
    rows: DueRows = made(data, initial=list(initial), prefix="dues")
    return rows


class LinePartsForm(forms.Form):
    """Who pays one line: an amount for each funder."""

    def __init__(
        self, *args: Any, rows: Sequence[SourceRow], given: dict[int, int], **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        for row in rows:
            cents = given.get(row.source.pk, 0)
            free = euros(row.free_cents + cents, short=True)
            self.fields[f"part_{row.source.pk}"] = AmountField(
                label=row.source.funder_name, required=False, zero_is_possible=True,
                initial=cents or None,
                help_text=gettext("Up to %(amount)s of it is free for this line.")
                % {"amount": free},
            )  # fmt: skip

    def parts(self) -> dict[int, int]:
        """Give cents by source."""
        return {
            int(name.removeprefix("part_")): cents or 0 for name, cents in self.cleaned_data.items()
        }
