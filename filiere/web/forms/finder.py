"""Shapes of the finder's four steps. Each is sent by GET: the answers stay in the address."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from filiere.rules.needs import NeedGroup, all_needs
from filiere.territories.queries import Match, find_commune
from filiere.web.answers import ACCESS, MODES, MOMENTS, WHEN

GROUPS: dict[NeedGroup, str | Promise] = {
    NeedGroup.URGENT: _("It is urgent"),
    NeedGroup.UNSURE: _("Not sure?"),
    NeedGroup.TIME: _("I have some time"),
}


class NeedForm(forms.Form):
    """First step: what for."""

    besoin = forms.ChoiceField(
        label=_("What do you need?"),
        help_text=_("Choose one answer. You can change it later. Nothing is stored."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you need, or “I do not know where to start”.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "fr"
        self.fields["besoin"].choices = [  # type: ignore[attr-defined]
            (str(words), [(n.key, n.label(language)) for n in all_needs() if n.group == group])
            for group, words in GROUPS.items()
        ]

    @property
    def details(self) -> dict[str, tuple[str, str]]:
        """Give the icon and the examples of each need."""
        language = get_language() or "fr"
        return {need.key: (need.icon, need.example(language)) for need in all_needs()}


class CommuneForm(forms.Form):
    """Second step: where. Forgiving of accents and small mistakes; never guesses alone."""

    lieu = forms.CharField(
        label=_("Where do you live?"),
        help_text=_("Name of your commune, or its postcode. For example: Guéret, or 23000."),
        max_length=120,
        error_messages={"required": _("Write the name of your commune, or its postcode.")},
    )
    commune = forms.ChoiceField(
        label=_("Which one?"), widget=forms.RadioSelect, required=False, choices=()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lieu"].widget.attrs |= {"autocomplete": "address-level2"}
        self.matches: list[Match] = []
        if self.is_bound:
            text = str(self.data.get("lieu", ""))
            self.matches = find_commune(text) if text.strip() else []
            exact = [match for match in self.matches if match.is_exact]
            self.matches = exact or self.matches[:5]
            self.fields["commune"].choices = [  # type: ignore[attr-defined]
                (match.code, self.words(match)) for match in self.matches
            ]

    @staticmethod
    def words(match: Match) -> str:
        """Tell two communes of the same name apart."""
        words = f"{match.name} ({', '.join(match.postcodes[:3]) or match.departement_code})"
        if match.departement_name and match.departement_name != match.name:
            words = f"{words}, {match.departement_name}"
        if match.former_name:
            words = _now("%(commune)s, which now includes %(former)s") % {
                "commune": words, "former": match.former_name,
            }  # fmt: skip
        return words

    def clean(self) -> dict[str, Any]:
        """Keep the one commune meant, else say what to do."""
        cleaned = super().clean() or {}
        text = cleaned.get("lieu")
        self.errors.pop("commune", None)  # a choice made for another name is only forgotten
        if not text or cleaned.get("commune"):
            return cleaned
        if not self.matches:
            self.add_error(
                "lieu",
                _("“%(text)s” does not exist. Check the spelling, or write the postcode.")
                % {"text": text},
            )
        elif not self.matches[0].is_exact:
            self.add_error(
                "lieu",
                _("“%(text)s” does not exist. Perhaps %(commune)s?")
                % {"text": text, "commune": self.matches[0].label},
            )
        elif len(self.matches) > 1:
            self.add_error("commune", _("Several communes answer to this. Choose yours."))
        else:
            cleaned["commune"] = self.matches[0].code
        return cleaned


class MomentsForm(forms.Form):
    """Third step: when."""

    quand = forms.ChoiceField(
        label=_("When can you come?"), choices=list(WHEN.items()), widget=forms.RadioSelect
    )
    moment = forms.ChoiceField(
        label=_("At what time of the day?"), choices=list(MOMENTS.items()), widget=forms.RadioSelect
    )


class ComingForm(forms.Form):
    """Fourth step: how the person comes, and what the place must have."""

    venir = forms.ChoiceField(
        label=_("How will you come?"), choices=list(MODES.items()), widget=forms.RadioSelect
    )
    acces = forms.MultipleChoiceField(
        label=_("Do you need something in particular?"),
        help_text=_("Optional. Places that do not say so are shown after the others."),
        choices=list(ACCESS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
