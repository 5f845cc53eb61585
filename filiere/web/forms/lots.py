"""What is typed to prepare a lot of vouchers, entrust its booklets, call vouchers back."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.accounts.models import Organisation, Role
from filiere.programmes.models import Programme
from filiere.vouchers.models import LotMode, RecallScope
from filiere.web.forms.programmes import DATE_INPUT, EurosField
from filiere.web.forms.serials import SerialField

MODES = [
    (LotMode.PSEUDONYMOUS, _("To a person followed without name")),
    (LotMode.NOMINAL, _("In the person's name, if they agree")),
    (LotMode.BEARER, _("To the bearer: nothing is known of who holds it")),
]
SCOPES = [
    (RecallScope.UNIT, _("One voucher, by its number")),
    (RecallScope.BOOKLET, _("The booklet of this voucher")),
    (RecallScope.LOT, _("The whole lot")),
]


class LotForm(forms.Form):
    """A lot: how many, how much, until when, in which booklets."""

    label = forms.CharField(
        label=_("Name of the lot"),
        help_text=_("For you and the operator; for example “Autumn, CCAS of Guéret”."),
        max_length=80,
        required=False,
    )
    count = forms.IntegerField(label=_("How many vouchers?"), min_value=1, max_value=1_000_000)
    face_cents = EurosField(label=_("Value of one voucher, in euros"), min_value=Decimal("0.01"))
    booklet_size = forms.IntegerField(
        label=_("Vouchers in a booklet"), min_value=1, max_value=100, initial=10
    )
    mode = forms.ChoiceField(label=_("Who will hold them?"), widget=forms.RadioSelect)
    use_until = forms.DateField(
        label=_("Last day of use"),
        help_text=_("Last day of a session that these vouchers pay."),
        widget=DATE_INPUT,
    )
    tolerance_until = forms.DateField(
        label=_("Last day to record a session"),
        help_text=_("Blank: one month after the last day of use."),
        widget=DATE_INPUT,
        required=False,
    )
    present_until = forms.DateField(
        label=_("Last day for places to claim"),
        help_text=_("Blank: two months after the last day of use."),
        widget=DATE_INPUT,
        required=False,
    )

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        initial = {"use_until": programme.ends_on, "mode": LotMode.PSEUDONYMOUS.value}
        super().__init__(*args, **({"initial": initial} | kwargs))
        self.fields["mode"].choices = MODES  # type: ignore[attr-defined]

    def terms(self) -> dict[str, Any]:
        """What the service asks."""
        return {**self.cleaned_data, "mode": LotMode(self.cleaned_data["mode"])}


class EntrustForm(forms.Form):
    """Booklets from one number to another, and who keeps them from now on."""

    organisation = forms.ModelChoiceField(
        label=_("To which organisation?"),
        help_text=_("Organisations that send people. Only the one chosen may hand these out."),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Nobody: they come back to the operator"),
    )
    serial_from = SerialField(
        label=_("From the voucher number"), help_text=_("First number of a booklet.")
    )
    serial_to = SerialField(
        label=_("To the voucher number"), help_text=_("Last number of a booklet.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = (  # type: ignore[attr-defined]
            Organisation.objects.filter(
                memberships__role=Role.PRESCRIBER, memberships__ended_on=None
            )
            .distinct()
            .order_by("folded", "pk")
        )


class RecallForm(forms.Form):
    """What is called back, and why."""

    scope = forms.ChoiceField(label=_("What do you call back?"), widget=forms.RadioSelect)
    serial = SerialField(
        label=_("Number of the voucher"),
        help_text=_("Printed on it. Not needed for the whole lot."),
        required=False,
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Read by operators and auditors; never a person's name."),
        max_length=300,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = SCOPES  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A voucher or booklet needs a number."""
        cleaned: dict[str, Any] = super().clean() or {}
        needs_number = cleaned.get("scope") in {RecallScope.UNIT, RecallScope.BOOKLET}
        if needs_number and not cleaned.get("serial") and "serial" not in self.errors:
            self.add_error("serial", _("Give the number printed on the voucher."))
        return cleaned


class ReasonForm(forms.Form):
    """Why two people answer for a lot few people can use."""

    reason = forms.CharField(
        label=_("Why activate it all the same?"),
        help_text=_("Published with the lot, with the two people who answer for it."),
        max_length=300,
    )
