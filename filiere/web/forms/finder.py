"""The four questions of the finder. Each is one step, answered by GET; names stand in addresses."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from filiere.rules.needs import NeedGroup, all_needs
from filiere.territories.models import Kind, Territory
from filiere.territories.queries import Match, find_commune
from filiere.web.answers import ACCESS, MODES, MOMENTS, WHEN, Answers

GROUPS: dict[NeedGroup, str | Promise] = {
    NeedGroup.URGENT: _("It is urgent"),
    NeedGroup.TIME: _("I have a little time"),
    NeedGroup.UNSURE: _("Not sure?"),
}
MATCHES = 40
SUGGESTED = 3


class NeedForm(forms.Form):
    """What the person comes for."""

    besoin = forms.ChoiceField(
        label=_("What do you need?"),
        widget=forms.RadioSelect,
        help_text=_("Choose one answer. You can change it later. Nothing is recorded."),
        error_messages={"required": _("Choose one answer to go on.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "fr"
        self.fields["besoin"].choices = [  # type: ignore[attr-defined]
            (
                str(words),
                [(one.key, one.label(language)) for one in all_needs() if one.group == key],
            )
            for key, words in GROUPS.items()
        ]

    @property
    def details(self) -> dict[str, tuple[str, str]]:
        """Icon and example of each need."""
        language = get_language() or "fr"
        return {one.key: (one.icon, one.example(language)) for one in all_needs()}


class CommuneForm(forms.Form):
    """Where the person is: a name or a postcode, then one commune among those it may be.

    When ``is_valid()`` is false, ``matches`` holds the communes to choose among: those of the same
    name or postcode, else those that look alike.
    """

    lieu = forms.CharField(
        label=_("Your commune"),
        max_length=120,
        help_text=_("Its name or its postcode. For Paris, Lyon or Marseille, add the district."),
        error_messages={"required": _("Write the name of your commune, or its postcode.")},
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    commune = forms.ChoiceField(
        label=_("Which one is yours?"), widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matches: list[Match] = []
        written = str(self.data.get("lieu", "")).strip() if self.is_bound else ""
        self.found = find_commune(written[:120], limit=MATCHES) if written else []
        exact = [match for match in self.found if match.is_exact]
        if len(exact) == 1:
            exact += _districts(exact[0], self.found)
        self.exact = exact
        self.fields["commune"].choices = [  # type: ignore[attr-defined]
            (match.code, _label(match)) for match in exact or self.found[:SUGGESTED]
        ]
        # An earlier answer, carried in the address, may not be among those of what is now written.
        if self.is_bound and self.data.get("commune") not in {one.code for one in self.found}:
            self.data = {name: given for name, given in self.data.items() if name != "commune"}

    def clean(self) -> dict[str, Any]:
        """Settle which commune was meant, or say kindly why not."""
        cleaned = super().clean() or {}
        if not cleaned.get("lieu") or cleaned.get("commune"):
            return cleaned
        if len(self.exact) == 1:
            return cleaned | {"commune": self.exact[0].code}
        self.matches = self.exact or self.found[:SUGGESTED]
        self.add_error("lieu", _error(cleaned["lieu"], self.exact, self.matches))
        return cleaned


def _districts(city: Match, found: list[Match]) -> list[Match]:
    """Offer the districts of Paris, Lyon or Marseille beside the whole city."""
    districts = [
        match
        for match in found
        if match.kind == Kind.ARRONDISSEMENT and match.name.startswith(f"{city.name} ")
    ]
    return sorted(districts, key=lambda match: match.code)


def _label(match: Match) -> str:
    """Name a commune so that it is told from another of the same name."""
    if not match.departement_name:
        return match.label
    postcode = f"{match.postcodes[0]}, " if match.postcodes else ""
    return f"{match.name} ({postcode}{match.departement_name})"


def _error(written: str, exact: list[Match], matches: list[Match]) -> str:
    """Say what is wrong with what was written, and what it may be."""
    if exact:
        return str(_("Several communes answer to “%(text)s”. Choose yours.")) % {"text": written}
    if matches:
        words = _("“%(text)s” does not exist. Perhaps %(commune)s?")
        return str(words) % {"text": written, "commune": matches[0].label}
    words = _("“%(text)s” does not exist. Check the spelling, or write the postcode.")
    return str(words) % {"text": written}


class MomentsForm(forms.Form):
    """When the person is free."""

    quand = forms.ChoiceField(
        label=_("When can you come?"), widget=forms.RadioSelect, choices=list(WHEN.items())
    )
    moment = forms.ChoiceField(
        label=_("At which moments?"), widget=forms.RadioSelect, choices=list(MOMENTS.items())
    )


class ComingForm(forms.Form):
    """How the person comes, and what they need on the spot."""

    venir = forms.ChoiceField(
        label=_("How do you come?"), widget=forms.RadioSelect, choices=list(MODES.items())
    )
    acces = forms.MultipleChoiceField(
        label=_("Do you need something on the spot? (optional)"),
        widget=forms.CheckboxSelectMultiple,
        choices=list(ACCESS.items()),
        required=False,
        help_text=_("Few places state this. When it is not stated, we say so: never “no”."),
    )


def initial_of(answers: Answers) -> dict[str, Any]:
    """What a step shows before it is answered: the earlier answer, else the usual one."""
    return {
        "besoin": answers.need.key if answers.need else None,
        "lieu": _written(answers.commune) if answers.commune else "",
        "quand": answers.when,
        "moment": answers.moment,
        "venir": answers.mode.value,
        "acces": list(answers.access),
    }


def _written(commune: Territory) -> str:
    """Write a commune so that it is found again without asking which one."""
    return f"{commune.name} ({commune.postcodes[0]})" if commune.postcodes else commune.name
