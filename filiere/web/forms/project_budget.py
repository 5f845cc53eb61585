"""What is typed about a cost of a project and about its attachments. Integer euro cents."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from filiere.projects.models import BudgetLine, Nature, ProjectFile
from filiere.projects.services.attachments import MOST_BYTES
from filiere.projects.services.budget import product_cents
from filiere.web.forms.programmes import DATE_INPUT
from filiere.web.project_amounts import AmountField
from filiere.web.project_words import ATTACHMENTS, NATURES

NONE, PAID, RECOVERED, PARTLY = "none", "paid", "recovered", "partly"
TAXES = [
    (NONE, _("There is no VAT on it (wages, rent of a public room, a gift in kind…)")),
    (PAID, _("With VAT: we do not get it back")),
    (RECOVERED, _("Without VAT: we get it back")),
    (PARTLY, _("In between: we get a part of the VAT back")),
]
# Which other amounts each choice needs.
NEEDED = {NONE: (), PAID: ("without_vat",), RECOVERED: ("with_vat",)}
BOTH = ("without_vat", "with_vat")


class LineForm(forms.Form):
    """One cost of one year: an amount, or a quantity times a price."""

    label = forms.CharField(label=_("What is it?"), max_length=200)
    nature = forms.ChoiceField(
        label=_("Account"),
        choices=[("", "—"), *NATURES.items()],
        help_text=_("French chart of accounts of associations. What is given without money is 86."),
    )
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    amount = AmountField(
        label=_("What the project pays, in euros"),
        help_text=_("Blank when you give a quantity and a price below."),
        required=False,
    )
    quantity = forms.DecimalField(
        label=_("Quantity"),
        help_text=_("Months, hours, kilometres…"),
        max_digits=10,
        decimal_places=2,
        localize=True,
        required=False,
    )
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    unit_price = AmountField(label=_("Price of one, in euros"), required=False)
    vat = forms.ChoiceField(
        label=_("Is VAT in that amount?"), choices=TAXES, widget=forms.RadioSelect, initial=NONE
    )
    without_vat = AmountField(label=_("The whole cost without VAT, in euros"), required=False)
    with_vat = AmountField(label=_("The whole cost with VAT, in euros"), required=False)
    is_investment = forms.BooleanField(
        label=_("It is an investment"),
        help_text=_("Something that serves for several years: a van, computers, works."),
        required=False,
    )
    is_indirect = forms.BooleanField(
        label=_("It is an overhead"),
        help_text=_("Shared with your other activities: accounting, part of the rent."),
        required=False,
    )
    borne_by = forms.ChoiceField(label=_("Which partner pays it?"), required=False)
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, project: ProjectFile, *args: Any, partners: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        years = range(project.starts_on.year, project.ends_on.year + 1)
        year: Any = self.fields["year"]
        year.choices = [(one, str(one)) for one in years]
        self.carrier_id = project.carrier_id
        borne_by: Any = self.fields["borne_by"]
        borne_by.choices = [(str(pk), name) for pk, name in partners]
        if len(partners) < 2:
            del self.fields["borne_by"]

    def clean_quantity(self) -> Any:
        """Refuse nothing, and less than nothing, in words."""
        quantity = self.cleaned_data["quantity"]
        if quantity is not None and quantity <= 0:
            raise forms.ValidationError(gettext("Write a quantity above 0."))
        return quantity

    def clean(self) -> dict[str, Any]:
        """Settle the amount, then what it is with and without VAT."""
        given = super().clean() or {}
        if self.errors:
            return given
        self._settle_amount(given)
        if not self.errors:
            self._settle_taxes(given)
        if given.get("is_investment") and given.get("nature") == Nature.IN_KIND:
            self.add_error("is_investment", gettext("What is given in kind is no investment."))
        return given

    def _settle_amount(self, given: dict[str, Any]) -> None:
        """Read one amount: the one typed, or the product; both when they agree."""
        quantity, price, amount = given["quantity"], given["unit_price"], given["amount"]
        if (quantity is None) != (price is None):
            missing = "unit_price" if price is None else "quantity"
            self.add_error(
                missing, gettext("Give both the quantity and the price of one, or neither.")
            )
        elif quantity is not None:
            product = product_cents(quantity, price)
            if amount not in (None, product):
                self.add_error(
                    "amount",
                    gettext("Quantity × price is not this amount. Leave one of the two blank."),
                )
            given["amount"] = product
        elif amount is None:
            self.add_error("amount", gettext("Write what it costs, or a quantity and a price."))

    def _settle_taxes(self, given: dict[str, Any]) -> None:
        """Ask for the other amounts the choice needs; refuse what contradicts it."""
        needed = NEEDED.get(given["vat"], BOTH)
        for name in BOTH:
            if name in needed and given[name] is None:
                self.add_error(
                    name, gettext("Give this amount too: funders count one or the other.")
                )
            elif name not in needed and given[name] not in (None, given["amount"]):
                self.add_error(
                    name,
                    gettext("It does not go with your answer about VAT: change one of the two."),
                )
        if self.errors:
            return
        without = given["without_vat"] or given["amount"]
        with_vat = given["with_vat"] or given["amount"]
        if without > given["amount"]:
            self.add_error(
                "without_vat", gettext("Without VAT it is not dearer than what is paid.")
            )
        if with_vat < given["amount"]:
            self.add_error("with_vat", gettext("With VAT it is not cheaper than what is paid."))

    def terms(self) -> dict[str, Any]:
        """Give what the services take."""
        given = self.cleaned_data
        borne_by = int(given.get("borne_by") or self.carrier_id)
        return {
            "label": given["label"],
            "nature": given["nature"],
            "year": given["year"],
            "amount_cents": given["amount"],
            "quantity": given["quantity"],
            "unit": given["unit"],
            "unit_price_cents": given["unit_price"],
            "without_vat_cents": given["without_vat"] or given["amount"],
            "with_vat_cents": given["with_vat"] or given["amount"],
            "is_investment": given["is_investment"],
            "is_indirect": given["is_indirect"],
            "borne_by_id": None if borne_by == self.carrier_id else borne_by,
        }


def typed(line: BudgetLine) -> dict[str, Any]:
    """Give what the form of a line shows before anything is typed."""
    without, amount, with_vat = line.without_vat_cents, line.amount_cents, line.with_vat_cents
    vat = PARTLY
    if without == amount:
        vat = NONE if amount == with_vat else RECOVERED
    elif amount == with_vat:
        vat = PAID
    shown = NEEDED.get(vat, BOTH)
    return {
        "label": line.label,
        "nature": line.nature,
        "year": line.year,
        "amount": None if line.quantity is not None else amount,
        "quantity": None if line.quantity is None else Decimal(f"{line.quantity.normalize():f}"),
        "unit": line.unit,
        "unit_price": line.unit_price_cents,
        "vat": vat,
        "without_vat": without if "without_vat" in shown else None,
        "with_vat": with_vat if "with_vat" in shown else None,
        "is_investment": line.is_investment,
        "is_indirect": line.is_indirect,
        "borne_by": str(line.borne_by_id or line.project.carrier_id),
        "edition": line.edition,
    }


class AttachmentForm(forms.Form):
    """One file to keep, what it is, until when it is good."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=[("", "—"), *ATTACHMENTS.items()])
    file = forms.FileField(
        label=_("File"), help_text=_("PDF, image, Word or Excel, at most 5 MB, without macros.")
    )
    expires_on = forms.DateField(
        label=_("Last day it is good"),
        help_text=_("Blank: it does not go out of date."),
        widget=DATE_INPUT,
        required=False,
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read whole."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext("This file is larger than 5 MB."))
        return file
