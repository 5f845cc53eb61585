"""What a commissioner writes to open a programme, promise money, and match it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from filiere.accounts.models import Organisation, Role
from filiere.programmes.models import Programme, Tranche
from filiere.rules.funding_terms import PAYER_ORDERS, known_publics, public_label
from filiere.rules.national_lists import entries
from filiere.web.written_names import (
    LinesField,
    find_organisations,
    find_places,
    find_territories,
    written,
    written_territory,
)

MOST_EUROS = Decimal(100_000_000)
DATE_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ORDERS = [
    (",".join(PAYER_ORDERS[0]), _("The voucher first, then third parties")),
    (",".join(PAYER_ORDERS[1]), _("Third parties first, then the voucher")),
]


def _language() -> str:
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def public_choices() -> list[tuple[str, str]]:
    """Publics of the national standard, in the reader's language."""
    return [(key, public_label(key, _language())) for key in known_publics()]


def service_choices() -> list[tuple[str, str]]:
    """Services of the national standard, in the reader's language."""
    english = _language() == "en"
    return [(one.key, one.en if english else one.fr) for one in entries("services")]


class EurosField(forms.DecimalField):
    """An amount typed in euros; cleans to integer cents, or None when blank."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {
            "min_value": Decimal(0),
            "max_value": MOST_EUROS,
            "decimal_places": 2,
        }
        super().__init__(**(given | {"localize": True} | kwargs))

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        """Forget spaces, and give cents."""
        text = "".join(str(value).split()).removesuffix("€") if value is not None else None
        euros = super().clean(text)
        return None if euros is None else int(euros * 100)


class ProgrammeForm(forms.Form):
    """The terms of a programme, all on one page."""

    name = forms.CharField(label=_("Name of the programme"), max_length=200)
    starts_on = forms.DateField(label=_("First day"), widget=DATE_INPUT)
    ends_on = forms.DateField(label=_("Last day"), widget=DATE_INPUT)
    territories = LinesField(
        label=_("Where may its vouchers be used?"),
        help_text=_("One territory a line: a name, or a level and a code, as “département 23”."),
        find=find_territories,
    )
    services = forms.MultipleChoiceField(
        label=_("For which services?"),
        help_text=_("None ticked: all of them."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    publics = forms.MultipleChoiceField(
        label=_("For whom?"),
        help_text=_("None ticked: everyone."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    providers = LinesField(
        label=_("Which organisations may take its vouchers?"),
        help_text=_("One a line, name or SIRET. Blank: all those whose places are qualified."),
        find=find_organisations,
        required=False,
    )
    places = LinesField(
        label=_("At which places only?"),
        help_text=_("One a line: name, commune. Blank: all the places of these organisations."),
        find=find_places,
        required=False,
    )
    regulated_price = EurosField(
        label=_("Highest price of a session, in euros"),
        help_text=_("Blank: each place asks its own price."),
        required=False,
    )
    person_pays_nothing = forms.BooleanField(
        label=_("The person pays nothing at the counter"),
        help_text=_("What vouchers and third parties do not reach is not paid to the place."),
        required=False,
    )
    cap = EurosField(
        label=_("Most that one person may use in a year, in euros"),
        help_text=_("Blank: no ceiling."),
        required=False,
    )
    payer_order = forms.ChoiceField(
        label=_("Who pays first?"), choices=ORDERS, widget=forms.RadioSelect, initial=ORDERS[0][0]
    )
    commission = forms.DecimalField(
        label=_("Commission of the operator, in percent of what places are paid"),
        help_text=_("All taxes included, paid by a promise of its own. Never out of vouchers."),
        required=False,
        min_value=0,
        max_value=20,
        decimal_places=2,
        localize=True,
        initial=0,
    )
    commission_per_use = EurosField(
        label=_("Commission for each use of a voucher, in euros"), required=False
    )
    reach_minutes = forms.IntegerField(
        label=_("Longest way to a place, in minutes"), min_value=1, max_value=240, initial=30
    )
    reach_share_percent = forms.IntegerField(
        label=_("Share of people who must have one that near, in percent"),
        help_text=_("A lot cannot be activated where fewer people have a place in reach."),
        min_value=0,
        max_value=100,
        initial=80,
    )
    funnel_is_public = forms.BooleanField(
        label=_("Anyone may read how its vouchers are used"), required=False
    )
    offline_use = forms.BooleanField(
        label=_("Vouchers may be taken where there is no network"),
        help_text=_("Of two uses of one voucher, the first received is paid; the other is not."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = service_choices()  # type: ignore[attr-defined]
        self.fields["publics"].choices = public_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The last day is before the first one."))
        return cleaned

    def terms(self) -> dict[str, Any]:
        """Give what ``create_programme`` and ``edit_programme`` take."""
        typed = self.cleaned_data
        same = ("name", "starts_on", "ends_on", "services", "publics", "person_pays_nothing",
                "reach_minutes", "reach_share_percent", "funnel_is_public", "offline_use")  # fmt: skip
        return {name: typed[name] for name in same} | {
            "territory_ids": typed["territories"],
            "provider_ids": typed["providers"],
            "place_ids": typed["places"],
            "regulated_price_cents": typed["regulated_price"],
            "cap_cents_per_person_year": typed["cap"],
            "payer_order": typed["payer_order"].split(","),
            "commission_basis_points": int((typed["commission"] or 0) * 100),
            "commission_cents_per_use": typed["commission_per_use"] or 0,
        }


def initial_of(programme: Programme) -> dict[str, Any]:
    """Write a draft back into its form."""
    same = ("name", "starts_on", "ends_on", "services", "publics", "person_pays_nothing",
            "reach_minutes", "reach_share_percent", "funnel_is_public", "offline_use")  # fmt: skip
    places = programme.places.select_related("commune").order_by("pk")
    price, cap = programme.regulated_price_cents, programme.cap_cents_per_person_year
    return {name: getattr(programme, name) for name in same} | {
        "territories": written(
            written_territory(one) for one in programme.territories.order_by("pk")
        ),
        "providers": written(programme.providers.order_by("pk").values_list("name", flat=True)),
        "places": written(f"{one.name}, {one.commune.name}" for one in places),
        "regulated_price": None if price is None else Decimal(price) / 100,
        "cap": None if cap is None else Decimal(cap) / 100,
        "payer_order": ",".join(programme.payer_order),
        "commission": Decimal(programme.commission_basis_points) / 100,
        "commission_per_use": Decimal(programme.commission_cents_per_use) / 100 or None,
    }


class PromiseForm(forms.Form):
    """What one funder promises."""

    funder = forms.ChoiceField(label=_("Who promises?"))
    amount = EurosField(label=_("How much, in euros?"), min_value=Decimal("0.01"))
    rank = forms.IntegerField(
        label=_("In which order is it spent?"),
        help_text=_("1 is spent first. Same number: shared in proportion to what each has left."),
        min_value=1,
        max_value=99,
        initial=1,
    )
    pays_fees = forms.BooleanField(
        label=_("It pays the operator’s commission, never vouchers"), required=False
    )
    earmark_territories = LinesField(
        label=_("Only for these territories"),
        help_text=_("One a line. Blank: the whole programme."),
        find=find_territories,
        required=False,
    )
    earmark_publics = forms.MultipleChoiceField(
        label=_("Only for these publics"),
        help_text=_("None ticked: everyone the programme is meant for."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        funders = (
            Organisation.objects.filter(memberships__role=Role.COMMISSIONER)
            | Organisation.objects.filter(tranches__isnull=False)
        ).distinct()
        self.fields["funder"].choices = [("", _("Choose"))] + [  # type: ignore[attr-defined]
            (str(one.pk), one.name) for one in funders.order_by("folded", "pk")
        ]
        self.fields["earmark_publics"].choices = public_choices()  # type: ignore[attr-defined]


class MatchForm(forms.Form):
    """The euros of one promise call those of another."""

    trigger = forms.ChoiceField(label=_("Whose euros call?"))
    matching = forms.ChoiceField(label=_("Whose euros are called?"))
    per = EurosField(label=_("For how many euros of the first?"), min_value=Decimal("0.01"))
    called = EurosField(label=_("How many euros of the second?"), min_value=Decimal("0.01"))
    cap = EurosField(label=_("Up to how many euros in all?"), min_value=Decimal("0.01"))

    def __init__(self, *args: Any, tranches: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("trigger", "matching"):
            self.fields[name].choices = [("", _("Choose")), *tranches]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two different promises."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("trigger") and cleaned.get("trigger") == cleaned.get("matching"):
            self.add_error("matching", _("Choose another promise than the first."))
        return cleaned


def tranche_words(tranche: Tranche, amount: str) -> str:
    """Name a promise in a list."""
    return f"{tranche.funder.name}, {amount}"
