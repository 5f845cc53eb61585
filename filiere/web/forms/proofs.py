"""What is typed to prove the costs of a project, and the time spent looking for its money."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filiere.projects.models import Attachment, BudgetLine, FundingSource
from filiere.projects.services.attachments import MOST_BYTES
from filiere.web.forms.programmes import DATE_INPUT
from filiere.web.plan_words import COSTS, TASKS
from filiere.web.project_amounts import AmountField


def line_choices(lines: Sequence[BudgetLine]) -> list[tuple[str, str]]:
    """Give the lines that facts may prove, each with its year."""
    return [(str(one.pk), f"{one.label} ({one.year})") for one in lines]


class CostForm(forms.Form):
    """A cost that Filière does not know by itself, with its bill."""

    line = forms.ChoiceField(label=_("Which line of the budget?"))
    label = forms.CharField(label=_("What is it?"), max_length=200)
    spent_on = forms.DateField(label=_("Day it was spent"), widget=DATE_INPUT)
    amount = AmountField(
        label=_("Amount, in euros"),
        help_text=_("As the line counts it: with the VAT you do not get back."),
    )
    cost = forms.ChoiceField(label=_("Kind of cost"), choices=list(COSTS.items()), initial="other")
    document = forms.ChoiceField(label=_("A document already attached"), required=False)
    file = forms.FileField(
        label=_("Or its bill"),
        help_text=_("PDF, image, Word or Excel, at most 5 MB. It can be added later."),
        required=False,
    )

    def __init__(
        self, *args: Any, lines: Sequence[BudgetLine], documents: Sequence[Attachment],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        line: Any = self.fields["line"]
        line.choices = [("", "—"), *line_choices(lines)]
        document: Any = self.fields["document"]
        document.choices = [("", gettext("None")), *((str(one.pk), one.name) for one in documents)]
        if not documents:
            del self.fields["document"]

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read whole."""
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(gettext("This file is larger than 5 MB."))
        return file

    def clean(self) -> dict[str, Any]:
        """Refuse two documents for one cost."""
        given = super().clean() or {}
        if given.get("file") and given.get("document"):
            self.add_error("file", gettext("Choose one document, or send one: not both."))
        return given


class SessionsForm(forms.Form):
    """Sessions given over a period, and what an hour of them costs."""

    ligne = forms.ChoiceField(label=_("Which line of the budget?"))
    cout = forms.ChoiceField(label=_("Which cost of a session?"), choices=list(COSTS.items()))
    du = forms.DateField(label=_("First day"), widget=DATE_INPUT)
    au = forms.DateField(label=_("Last day"), widget=DATE_INPUT)
    heure = AmountField(
        label=_("Cost of one hour, in euros"),
        help_text=_("Wages and charges of the mediator, or rent of the room, for one hour."),
    )
    lieux = forms.MultipleChoiceField(
        label=_("In which places?"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, lines: Sequence[BudgetLine], places: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.years = {str(one.pk): one.year for one in lines}
        line: Any = self.fields["ligne"]
        line.choices = [("", "—"), *line_choices(lines)]
        found: Any = self.fields["lieux"]
        found.choices = [(str(pk), name) for pk, name in places]

    def clean(self) -> dict[str, Any]:
        """Keep the period in the year of the line, the right way round."""
        given = super().clean() or {}
        first, last, year = given.get("du"), given.get("au"), self.years.get(given.get("ligne", ""))
        if first and last and last < first:
            self.add_error("au", gettext("The last day comes before the first."))
        elif first and last and year and not first.year == last.year == year:
            self.add_error(
                "au",
                gettext("This line is of %(year)s: keep both days in that year.") % {"year": year},
            )
        return given

    def terms(self) -> dict[str, Any]:
        """Give what the query and the service take, but for the line."""
        given = self.cleaned_data
        return {
            "place_ids": [int(pk) for pk in given["lieux"]],
            "first_on": given["du"],
            "last_on": given["au"],
            "cost": given["cout"],
            "hour_cents": given["heure"],
        }


class NumberField(forms.DecimalField):
    """A number with a comma or a point, whatever the language."""

    def to_python(self, value: Any) -> Any:
        """Read a comma as a point."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class RateForm(forms.Form):
    """The yearly rate a bank asks for; nothing is kept."""

    taux = NumberField(
        label=_("Yearly rate of your bank, in %"),
        help_text=_("For instance 4,5. Nothing is kept."),
        min_value=0,
        max_value=30,
        max_digits=5,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def rate(self) -> Fraction | None:
        """Give the rate between 0 and 1, None when nobody typed one that holds."""
        given = self.cleaned_data.get("taux") if self.is_valid() else None
        return None if given is None else Fraction(given) / 100


class HoursForm(forms.Form):
    """Time one day took to look for money."""

    source = forms.ChoiceField(label=_("For whom?"), required=False)
    task = forms.ChoiceField(label=_("Doing what?"), choices=list(TASKS.items()))
    day = forms.DateField(label=_("Day"), widget=DATE_INPUT)
    hours = NumberField(
        label=_("Hours"),
        help_text=_("For instance 1,5 for one hour and a half."),
        min_value=0,
        max_value=24,
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    is_pooled = forms.BooleanField(
        label=_("It also served other projects or carriers"), required=False
    )

    def __init__(self, *args: Any, sources: Sequence[FundingSource], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source: Any = self.fields["source"]
        source.choices = [
            ("", gettext("The whole project")), *((str(one.pk), one.funder_name) for one in sources),
        ]  # fmt: skip

    def minutes(self) -> int:
        """Give whole minutes, rounded to the nearest."""
        hours: Decimal = self.cleaned_data["hours"]
        return round(hours * 60)


class PoolingForm(forms.Form):
    """Writing files once for several carriers, against each alone."""

    structures = forms.IntegerField(label=_("How many carriers?"), min_value=1, max_value=500)
    dossiers = forms.IntegerField(label=_("How many files each?"), min_value=1, max_value=500)
    seul = forms.IntegerField(
        label=_("Hours a file takes one carrier alone"), min_value=0, max_value=1_000
    )
    commun = forms.IntegerField(
        label=_("Hours of the part written once for all"), min_value=0, max_value=1_000
    )
    propre = forms.IntegerField(
        label=_("Hours each still does for its own file"), min_value=0, max_value=1_000
    )
    heure = AmountField(label=_("Cost of one hour, in euros"))
