"""What is typed about a project: its description, its lists, its members, its versions."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filiere.projects.models import ProjectFile
from filiere.projects.services import ActionWanted, IndicatorWanted, PartnerWanted
from filiere.projects.services.files import MOST_YEARS
from filiere.web.forms.programmes import DATE_INPUT, public_choices
from filiere.web.project_words import RIGHTS
from filiere.web.written_names import (
    LinesField,
    find_organisations,
    find_territories,
    written,
    written_territory,
)

MOST_ROWS = 60
BLANK_ROWS = 3


class DescriptionForm(forms.Form):
    """What a project is: title, need, for whom, where, between which days."""

    title = forms.CharField(label=_("Title"), max_length=200)
    need = forms.CharField(
        label=_("Which need does it answer?"),
        help_text=_("Two or three sentences. Funders' longer questions come later, one by one."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DATE_INPUT)
    ends_on = forms.DateField(label=_("Last day"), widget=DATE_INPUT)
    territories = LinesField(
        label=_("Where?"),
        help_text=_("One territory a line: a name, or a level and a code, as “département 23”."),
        find=find_territories,
        required=False,
    )
    publics = forms.MultipleChoiceField(
        label=_("For whom?"),
        help_text=_("None ticked: everyone."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        publics: Any = self.fields["publics"]
        publics.choices = public_choices()

    def clean(self) -> dict[str, Any]:
        """Refuse days the wrong way round."""
        given = super().clean() or {}
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", gettext("The last day comes before the first."))
        elif first and last and last.year - first.year > MOST_YEARS:
            words = gettext("A project lasts at most %(most)s years here: check the years.")
            self.add_error("ends_on", words % {"most": MOST_YEARS})
        return given

    def terms(self) -> dict[str, Any]:
        """Give what the services take."""
        given = {name: self.cleaned_data[name] for name in ("title", "need", "starts_on")}
        return given | {
            "ends_on": self.cleaned_data["ends_on"],
            "publics": self.cleaned_data["publics"],
            "territory_ids": self.cleaned_data["territories"],
        }


def described(project: ProjectFile) -> dict[str, Any]:
    """Give what the description shows before anything is typed."""
    territories = project.territories.order_by("folded", "code")
    return {
        "title": project.title,
        "need": project.need,
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
        "territories": written(written_territory(one) for one in territories),
        "publics": project.publics,
        "edition": project.edition,
    }


def read_again(form: forms.Form, edition: int) -> None:
    """Keep what was typed, and take note of what somebody else saved: saving again replaces it."""
    given: Any = form.data
    typed = given.copy()
    typed["edition"] = str(edition)
    form.data = typed


class PartnerForm(forms.Form):
    """One partner; a row without name is left out."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    part = forms.CharField(label=_("What they bring"), max_length=300, required=False)
    first = "name"

    def wanted(self) -> PartnerWanted:
        """Give the row as the service takes it."""
        given = self.cleaned_data
        return PartnerWanted(name=given["name"], part=given["part"])


class ActionForm(forms.Form):
    """One action of the calendar; a row without words is left out."""

    label = forms.CharField(label=_("What is done"), max_length=200, required=False)
    starts_on = forms.DateField(label=_("First day"), widget=DATE_INPUT, required=False)
    ends_on = forms.DateField(label=_("Last day"), widget=DATE_INPUT, required=False)
    place = forms.CharField(label=_("Where"), max_length=120, required=False)
    first = "label"

    def clean(self) -> dict[str, Any]:
        """Ask for both days, in order."""
        given = super().clean() or {}
        if not given.get("label"):
            return given
        first, last = given.get("starts_on"), given.get("ends_on")
        for name in ("starts_on", "ends_on"):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, gettext("Give the day, even approximate."))
        if first and last and last < first:
            self.add_error("ends_on", gettext("The last day comes before the first."))
        return given

    def wanted(self) -> ActionWanted:
        """Give the row as the service takes it."""
        given = {name: self.cleaned_data[name] for name in self.fields}
        return ActionWanted(**given)


class IndicatorForm(forms.Form):
    """One indicator; blank is not known, never zero."""

    label = forms.CharField(label=_("What is measured"), max_length=200, required=False)
    unit = forms.CharField(label=_("In what unit"), max_length=40, required=False)
    baseline = forms.DecimalField(
        label=_("At the start"), max_digits=14, decimal_places=2, localize=True, required=False
    )
    target = forms.DecimalField(
        label=_("Aimed at"), max_digits=14, decimal_places=2, localize=True, required=False
    )
    measured = forms.DecimalField(
        label=_("Measured so far"), max_digits=14, decimal_places=2, localize=True, required=False
    )
    due_on = forms.DateField(label=_("By when"), widget=DATE_INPUT, required=False)
    first = "label"

    def wanted(self) -> IndicatorWanted:
        """Give the row as the service takes it."""
        given = {name: self.cleaned_data[name] for name in self.fields}
        return IndicatorWanted(**given)


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows typed one under the other: a row whose first field is emptied goes away."""

    def wanted(self) -> list[Any]:
        """Give the rows kept, in the order of the page."""
        kept = [one for one in self.forms if one.cleaned_data.get(one.first)]
        return [one.wanted() for one in kept]

    def clean(self) -> None:
        """Name a row that has details and no name: it would be lost without a word."""
        for one in self.forms:
            given = getattr(one, "cleaned_data", {})
            told = any(value for name, value in given.items() if name != one.first)
            if told and not given.get(one.first) and not one.errors:
                one.add_error(one.first, gettext("Give it a name, or empty the whole row."))


def rows_of(form: type[forms.Form], data: Any, initial: Sequence[Any], prefix: str) -> Rows:
    """Build the rows of a list: those that are kept, then a few blank ones."""
    made: Any = forms.formset_factory(
        form, formset=Rows, extra=BLANK_ROWS, max_num=MOST_ROWS, validate_max=True
    )
    return cast("Rows", made(data, initial=list(initial), prefix=prefix))


class MemberForm(forms.Form):
    """An organisation, or one person of it, and what they may do."""

    organisation = LinesField(
        label=_("Which organisation?"),
        help_text=_("Its name or its SIRET."),
        find=find_organisations,
        widget=forms.TextInput(attrs={"rows": None}),
    )
    email = forms.EmailField(
        label=_("Only one person of it: their e-mail address"),
        help_text=_("Blank: everybody in charge of its projects."),
        required=False,
    )
    right = forms.ChoiceField(
        label=_("What may they do?"),
        choices=[(right, capfirst(words)) for right, words in RIGHTS.items()],
        widget=forms.RadioSelect,
    )

    def clean_organisation(self) -> int:
        """Keep the one organisation named."""
        found: list[int] = self.cleaned_data["organisation"]
        return found[0]


class VersionForm(forms.Form):
    """The name of a picture of the file."""

    name = forms.CharField(
        label=_("Name of this version"),
        help_text=_("For instance “Sent to the Région” or “Before the board”."),
        max_length=120,
    )
