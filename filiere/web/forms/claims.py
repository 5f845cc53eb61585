"""What is typed about vouchers taken without network: reasons, limits, guarantee funds."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.billing.queries import GuaranteeFund
from filiere.vouchers.models import Device
from filiere.web.formats import euros
from filiere.web.forms.programmes import DATE_INPUT, EurosField

MOST_WORDS = 300


class WordsForm(forms.Form):
    """Why somebody contests, or decides."""

    words = forms.CharField(
        label=_("Why?"),
        help_text=_("In a few words, without anybody’s name. The place and the operator read it."),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class GuaranteeForm(WordsForm):
    """Which fund pays, and why."""

    fund = forms.ChoiceField(label=_("Which fund pays?"), widget=forms.RadioSelect)

    def __init__(self, funds: Sequence[GuaranteeFund], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = [  # type: ignore[attr-defined]
            (
                str(one.commitment.pk),
                _("%(title)s: %(left)s left")
                % {"title": one.commitment.agreement.title, "left": euros(one.left_cents)},
            )
            for one in funds
        ]
        if len(funds) == 1:
            self.initial.setdefault("fund", str(funds[0].commitment.pk))


class LimitsForm(forms.Form):
    """What a device may take in one day without network."""

    vouchers = forms.IntegerField(label=_("Vouchers a day, at most"), min_value=1)
    cents = EurosField(label=_("Amount a day, at most, in euros"), min_value=Decimal("0.01"))

    def __init__(self, device: Device, *args: Any, **kwargs: Any) -> None:
        initial = {
            "vouchers": device.max_vouchers_per_day,
            "cents": Decimal(device.max_cents_per_day) / 100,
        }
        super().__init__(*args, **({"initial": initial} | kwargs))


class FundForm(forms.Form):
    """A capped fund for vouchers taken in good faith and not paid."""

    title = forms.CharField(
        label=_("Name of the fund"),
        help_text=_("Read on receipts; for example “Guarantee fund of the hub, 2027”."),
        max_length=200,
    )
    envelope_cents = EurosField(
        label=_("The most it gives in all, in euros"), min_value=Decimal("0.01")
    )
    most_per_session_cents = EurosField(
        label=_("The most for one session, in euros"), min_value=Decimal("0.01"), required=False
    )
    starts_on = forms.DateField(label=_("First day of the sessions it pays"), widget=DATE_INPUT)
    ends_on = forms.DateField(
        label=_("Last day of the sessions it pays"), widget=DATE_INPUT, required=False
    )

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order, at the field."""
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if isinstance(starts, date) and isinstance(ends, date) and ends < starts:
            self.add_error("ends_on", _("The last day is before the first one."))
        return cleaned


class FundCashForm(forms.Form):
    """Money a fund sent, as the bank wrote it."""

    amount_cents = EurosField(label=_("Amount received, in euros"), min_value=Decimal("0.01"))
    received_on = forms.DateField(label=_("Received on"), widget=DATE_INPUT)
    bank_reference = forms.CharField(label=_("Reference written by the bank"), max_length=60)
