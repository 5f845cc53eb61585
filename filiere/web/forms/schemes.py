"""What is typed about a scheme: who gives, to whom, until when, how much; a list of schemes."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filiere.projects.forms import catalogue
from filiere.projects.models import Scheme
from filiere.projects.services.schemes import MOST_BYTES
from filiere.projects.services.sources import SELF_BROUGHT
from filiere.web.forms.programmes import DATE_INPUT, public_choices
from filiere.web.plan_words import KINDS, REGIMES
from filiere.web.project_amounts import AmountField
from filiere.web.project_words import NATURES, said
from filiere.web.scheme_words import FLAT_RATES, RECURRENCES
from filiere.web.written_names import LinesField, find_territories, written_territory

# How the published lists name who may ask; kept in their words, so that both are found together.
BENEFICIARIES = (
    "Associations", "Communes", "Intercommunalités / Pays", "Départements", "Régions",
    "Entreprises privées", "Coopératives", "Fondations",
    "Établissements publics (écoles, bibliothèques…) / Services de l'État",
)  # fmt: skip
AID_TYPES = ("Subvention", "Autre aide financière", "Prêt", "Avance récupérable",
             "Ingénierie technique", "Ingénierie financière",
             "Ingénierie Juridique / administrative")  # fmt: skip


class ShareField(forms.CharField):
    """A share typed as a percentage; cleans to millionths, None when blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 12, "required": False} | kwargs))
        self.widget.attrs.setdefault("inputmode", "decimal")

    def prepare_value(self, value: Any) -> Any:
        """Show millionths as a typed percentage."""
        if not isinstance(value, int):
            return value
        return f"{(Decimal(value) / 10_000).normalize():f}".replace(".", ",")

    def clean(self, value: Any) -> int | None:
        """Give millionths, 0 to 1,000,000."""
        text = "".join(super().clean(value).split()).removesuffix("%").replace(",", ".")
        if not text:
            return None
        try:
            share = Decimal(text)
        except InvalidOperation:
            share = Decimal(-1)
        if not (text.replace(".", "", 1).isdecimal() and text.isascii() and 0 <= share <= 100):
            raise forms.ValidationError(gettext("Type a share between 0 and 100, for instance 80."))
        return int(share * 10_000)


def _kinds() -> list[tuple[str, Any]]:
    return [("", "—")] + [
        (key, words) for key, words in KINDS.items() if key not in list(SELF_BROUGHT)
    ]


class SchemeForm(forms.Form):
    """One scheme with its terms; what is not known stays blank."""

    funder_name = forms.CharField(label=_("Who gives?"), max_length=200)
    name = forms.CharField(label=_("Name of the scheme"), max_length=250)
    source = forms.CharField(
        label=_("Where did you read it?"),
        help_text=_("The page, the call, the letter: it is shown beside the terms."),
        max_length=120,
    )
    link = forms.URLField(
        label=_("Address of its page"), max_length=300, required=False, assume_scheme="https"
    )
    kind = forms.ChoiceField(label=_("Where does the money come from?"), choices=_kinds)
    beneficiaries = forms.MultipleChoiceField(
        label=_("Who may ask?"), help_text=_("None ticked: not stated."), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    aid_types = forms.MultipleChoiceField(
        label=_("What does it give?"), help_text=_("None ticked: not stated."), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    territory = LinesField(
        label=_("For which territory?"),
        help_text=_("One: a name, or a level and a code, as “département 23”. Blank: everywhere."),
        find=find_territories,
        widget=forms.TextInput(),
        required=False,
    )
    publics = forms.MultipleChoiceField(
        label=_("For whom?"), help_text=_("None ticked: everyone."), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    recurrence = forms.ChoiceField(
        label=_("How often?"), choices=list(RECURRENCES.items()), initial="unknown"
    )
    is_call = forms.BooleanField(label=_("It is a call for projects"), required=False)
    opens_on = forms.DateField(label=_("Opens on"), widget=DATE_INPUT, required=False)
    closes_on = forms.DateField(label=_("Closes on"), widget=DATE_INPUT, required=False)
    rate_max_ppm = ShareField(label=_("Most it pays of the costs it counts, in %"))
    floor_cents = AmountField(label=_("Least it gives, in euros"), required=False)
    ceiling_cents = AmountField(label=_("Most it gives, in euros"), required=False)
    eligible_natures = forms.MultipleChoiceField(
        label=_("Which costs does it count?"), help_text=_("None ticked: all."), required=False,
        choices=list(NATURES.items()), widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    flat_rate = forms.ChoiceField(label=_("Flat rate"), choices=list(FLAT_RATES.items()))
    counts_vat = forms.BooleanField(
        label=_("It counts VAT that is not recovered"), required=False, initial=True
    )
    counts_in_kind = forms.BooleanField(label=_("It counts what is given in kind"), required=False)
    public_cap_ppm = ShareField(label=_("Most public money in all, in %"))
    self_funding_min_ppm = ShareField(label=_("Least the carrier brings itself, in %"))
    investment_max_ppm = ShareField(label=_("Most investment, in %"))
    eligible_from_on = forms.DateField(
        label=_("First day of the costs it counts"), widget=DATE_INPUT, required=False
    )
    eligible_until_on = forms.DateField(
        label=_("Last day of the costs it counts"), widget=DATE_INPUT, required=False
    )
    regime = forms.ChoiceField(
        label=_("Which State aid rule does it come under?"), choices=list(REGIMES.items())
    )
    form_key = forms.ChoiceField(label=_("Which of our forms is nearest?"), required=False)

    def __init__(self, *args: Any, scheme: Scheme | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = (("beneficiaries", BENEFICIARIES), ("aid_types", AID_TYPES))
        for name, known in named:
            held = list(getattr(scheme, name)) if scheme else []
            choices = [*known, *(one for one in held if one not in known)]
            self._choose(name, [(one, one) for one in choices])
        self._choose("publics", public_choices())
        titles = sorted((said(one.title), key) for key, one in catalogue().items())
        self._choose("form_key", [("", "—"), *((key, title) for title, key in titles)])
        if scheme is not None:
            self.initial = typed_scheme(scheme) | dict(self.initial)

    def _choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean_territory(self) -> int | None:
        """Take one territory at most."""
        found = self.cleaned_data["territory"]
        if len(found) > 1:
            raise forms.ValidationError(gettext("Give one territory, or none."))
        return found[0] if found else None

    def clean(self) -> dict[str, Any]:
        """Refuse days and amounts the wrong way round."""
        given = super().clean() or {}
        pairs = (("opens_on", "closes_on"), ("eligible_from_on", "eligible_until_on"))
        for first, last in pairs:
            if given.get(first) and given.get(last) and given[last] < given[first]:
                self.add_error(last, gettext("The last day comes before the first."))
        floor, ceiling = given.get("floor_cents"), given.get("ceiling_cents")
        if floor and ceiling and floor > ceiling:
            self.add_error("ceiling_cents", gettext("The most is below the least."))
        return given

    def terms(self) -> dict[str, Any]:
        """Give what the services take."""
        given = dict(self.cleaned_data)
        return given | {"territory_id": given.pop("territory")}


def typed_scheme(scheme: Scheme) -> dict[str, Any]:
    """Give what the form of a scheme shows before anything is typed."""
    names = [name for name in SchemeForm.base_fields if name != "territory"]
    where = written_territory(scheme.territory) if scheme.territory else ""
    return {name: getattr(scheme, name) for name in names} | {"territory": where}


class SchemeListForm(forms.Form):
    """A list of schemes, and who publishes it."""

    file = forms.FileField(
        label=_("The list, in CSV"),
        help_text=_("UTF-8, with a line of titles, 10 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    source = forms.CharField(
        label=_("Who publishes it?"), help_text=_("Shown beside each scheme."), max_length=120
    )

    def clean_file(self) -> Any:
        """Refuse a file too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext("This file is larger than 10 MB."))
        return file
