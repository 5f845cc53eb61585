"""What is typed about money due: a payment, a bounce, a balance given back, a plan, words."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.kernel.calendar import add_months
from filiere.web.forms.programmes import DATE_INPUT, EurosField
from filiere.web.receivable_words import MEANS

MOST_INSTALMENTS = 36


class MoneyForm(forms.Form):
    """A sum, its day, its means, its reference."""

    amount = EurosField(label=_("Amount, in euros"))
    day = forms.DateField(label=_("Day"), widget=DATE_INPUT)
    means = forms.ChoiceField(label=_("How?"), choices=MEANS, widget=forms.RadioSelect)
    reference = forms.CharField(
        label=_("Reference"), max_length=70, required=False,
        help_text=_("Of the transfer, the cheque or the receipt."),
    )  # fmt: skip
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def clean_amount(self) -> int:
        """Refuse an amount of 0."""
        cents: int = self.cleaned_data["amount"]
        if not cents:
            raise forms.ValidationError(_("Write an amount above 0."))
        return cents


class PaymentForm(MoneyForm):
    """A payment received, and what it pays: what is due first, or the amounts written."""

    spread = forms.ChoiceField(
        label=_("What does it pay?"),
        choices=[
            ("oldest", _("What is due first, first")),
            ("parts", _("The amounts I write below")),
        ],
        widget=forms.RadioSelect,
        initial="oldest",
    )

    def __init__(
        self,
        *args: Any,
        invoices: list[tuple[int, str]],
        lines: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        """Add one amount for each invoice to pay.

        Args:
            invoices: id and words of each.
            lines: id and words of each credit of the organisation's account not used yet.
        """
        super().__init__(*args, **kwargs)
        self.part_fields = []
        for pk, words in invoices:
            self.fields[f"part_{pk}"] = EurosField(label=words, required=False)
            self.part_fields.append(self[f"part_{pk}"])
        if lines:
            self.fields["bank_line"] = forms.TypedChoiceField(
                label=_("Line of the bank statement"),
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", _("None")), *lines],
                help_text=_("A line stands for one payment only."),
            )

    def parts(self) -> dict[int, int] | None:
        """Give the amounts written, in cents by invoice; None when what is due first comes first."""
        if self.cleaned_data["spread"] == "oldest":
            return None
        return {
            int(name.removeprefix("part_")): cents or 0
            for name, cents in self.cleaned_data.items()
            if name.startswith("part_")
        }


class BounceForm(forms.Form):
    """Why and when a payment did not hold."""

    day = forms.DateField(label=_("Day the bank took it back"), widget=DATE_INPUT)
    reason = forms.CharField(label=_("Why?"), max_length=200)


class PlanForm(forms.Form):
    """A payment plan: equal sums, month after month."""

    months = forms.IntegerField(
        label=_("In how many payments?"), min_value=1, max_value=MOST_INSTALMENTS, initial=3
    )
    first_on = forms.DateField(label=_("Day of the first payment"), widget=DATE_INPUT)

    def instalments(self, open_cents: int) -> list[tuple[date, int]]:
        """Give day and cents of each: equal to the cent, the first ones one cent larger."""
        count = min(self.cleaned_data["months"], open_cents)
        first: date = self.cleaned_data["first_on"]
        base, more = divmod(open_cents, count)
        return [(add_months(first, rank), base + (rank < more)) for rank in range(count)]


class WordsForm(forms.Form):
    """What is contested, or how it was settled."""

    words = forms.CharField(label=_("In a few words"), max_length=300)


class EndPlanForm(forms.Form):
    """Which plan ends: the form that agreed on it, sent twice, ends nothing."""

    running = forms.IntegerField(widget=forms.HiddenInput)


class SettleForm(WordsForm):
    """Which dispute is settled, and how: the form that opened it, sent twice, settles nothing."""

    running = forms.IntegerField(widget=forms.HiddenInput)


class SetAsideForm(forms.Form):
    """Why a reminder does not leave."""

    reason = forms.CharField(label=_("Why must it not leave?"), max_length=200)
