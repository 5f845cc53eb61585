"""What is typed at a till: its act, a count, a deposit, a reason."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from filiere.accounts.models import Membership, Role
from filiere.rules.carriers import Sale, known_forms
from filiere.rules.tills import HELD_MEANS, Means
from filiere.web.forms.programmes import DATE_INPUT, EurosField
from filiere.web.till_words import form_words, means_words, sale_words


class TillForm(forms.Form):
    """What the act of creation of a till says."""

    name = forms.CharField(
        label=_("Name of the till"), max_length=120, help_text=_("As the act writes it.")
    )
    act_number = forms.CharField(label=_("Number of the act of creation"), max_length=60)
    act_on = forms.DateField(label=_("Date of the act"), widget=DATE_INPUT)
    purpose = forms.CharField(
        label=_("What it cashes"), max_length=300, help_text=_("The article that names the income.")
    )
    sales = forms.MultipleChoiceField(
        label=_("What may it sell?"), widget=forms.CheckboxSelectMultiple
    )
    means = forms.MultipleChoiceField(
        label=_("How may people pay?"), widget=forms.CheckboxSelectMultiple
    )
    cash_limit = EurosField(
        label=_("Most cash in hand, in euros"),
        min_value=Decimal("0.01"),
        help_text=_("Above it, cash is refused until some is deposited."),
    )
    deposit_days = forms.IntegerField(
        label=_("Deposit at least every (days)"), min_value=1, max_value=31, initial=30
    )
    opened_on = forms.DateField(label=_("First day"), widget=DATE_INPUT)
    manager = forms.ModelChoiceField(
        label=_("Who is named to hold it (régisseur)?"), queryset=Membership.objects.none(),
        empty_label=_("Choose"),
    )  # fmt: skip

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sales"].choices = [  # type: ignore[attr-defined]
            (one.value, sale_words(one)) for one in Sale
        ]
        self.fields["means"].choices = [  # type: ignore[attr-defined]
            (one.value, capfirst(means_words(one))) for one in Means
        ]
        set_people(self, "manager", organisation_id)


class DutyForm(forms.Form):
    """Who is named at a till, for what, from when."""

    member = forms.ModelChoiceField(
        label=_("Who?"), queryset=Membership.objects.none(), empty_label=_("Choose")
    )
    duty = forms.ChoiceField(label=_("To do what?"))
    from_on = forms.DateField(label=_("From which day?"), widget=DATE_INPUT)

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = [  # type: ignore[attr-defined]
            ("deputy", _("Record what people pay (deputy)")),
            ("manager", _("Hold the till (régisseur), instead of today’s")),
        ]
        set_people(self, "member", organisation_id)


def set_people(form: forms.Form, name: str, organisation_id: int) -> None:
    """Offer the current managers and mediators of an organisation, by name."""
    field = form.fields[name]
    field.queryset = (  # type: ignore[attr-defined]
        Membership.objects.filter(
            organisation=organisation_id, ended_on=None, role__in=[Role.MANAGER, Role.MEDIATOR]
        )
        .select_related("user")
        .order_by("user__display_name", "pk")
    )
    field.label_from_instance = lambda one: str(one.user)  # type: ignore[attr-defined]


class CountForm(forms.Form):
    """The cash, as counted."""

    counted = EurosField(label=_("Cash counted, in euros"))
    note = forms.CharField(label=_("If it differs, why?"), max_length=200, required=False)


class DepositForm(forms.Form):
    """What leaves the till for the Treasury account, as its slip says."""

    means = forms.ChoiceField(label=_("What?"))
    amount = EurosField(label=_("How much, in euros?"), min_value=Decimal("0.01"))
    reference = forms.CharField(
        label=_("Reference of the slip"), max_length=60, help_text=_("As the Treasury wrote it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["means"].choices = [  # type: ignore[attr-defined]
            (one.value, capfirst(means_words(one))) for one in HELD_MEANS
        ]


class PackageSaleForm(forms.Form):
    """Which package is sold before any session, to whom, how it is paid."""

    what = forms.ChoiceField(label=_("Which package?"), widget=forms.RadioSelect)
    reference = forms.CharField(
        label=_("Reference of one of the person’s sessions"),
        max_length=20,
        help_text=_("Booked or past, at one of your places: it says whose package it is."),
    )
    means = forms.ChoiceField(label=_("How does the person pay?"), widget=forms.RadioSelect)
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(
        self,
        *args: Any,
        packages: list[tuple[str, str]],
        means: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """Offer what is for sale today.

        Args:
            packages: value and words of each package, by public.
            means: value and words of each means of payment of the till.
        """
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = packages  # type: ignore[attr-defined]
        self.fields["means"].choices = means  # type: ignore[attr-defined]

    def chosen(self) -> tuple[int, str]:
        """Give the offer, and the band the person is of; blank for the full price."""
        offer, _sign, band = self.cleaned_data["what"].partition(":")
        return int(offer), band


class ReversalForm(forms.Form):
    """Why a receipt is undone."""

    reason = forms.CharField(
        label=_("Why?"), max_length=200, help_text=_("The public accountant reads it.")
    )


class SendBackForm(forms.Form):
    """Why a month is sent back."""

    reason = forms.CharField(
        label=_("What is wrong?"), max_length=200, help_text=_("The manager of the till reads it.")
    )


class CarrierForm(forms.Form):
    """The legal form one asks about."""

    statut = forms.ChoiceField(label=_("Legal form of the carrier"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statut"].choices = [  # type: ignore[attr-defined]
            (one, capfirst(form_words(one))) for one in known_forms()
        ]


class ActForm(forms.Form):
    """The act that closes a till."""

    act_number = forms.CharField(label=_("Number of the closing act"), max_length=60)
