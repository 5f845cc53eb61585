"""What is typed about invoices: who issues, whom they are addressed to, lines, credit notes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.billing.services import Address, BillingIdentity, LineWanted
from filiere.web.forms.programmes import EurosField
from filiere.web.invoice_words import REGIMES, SIZES

HUNDRED = 100


class IssuerForm(forms.Form):
    """What an organisation's invoices must bear of itself."""

    legal_name = forms.CharField(label=_("Legal name"), max_length=120)
    legal_form = forms.CharField(
        label=_("Legal form"), max_length=80,
        help_text=_("For instance: Association loi 1901, SCIC SA, commune."),
    )  # fmt: skip
    siren = forms.CharField(label=_("SIREN"), max_length=11, help_text=_("9 figures."))
    siret = forms.CharField(label=_("SIRET"), max_length=17, required=False)
    registration = forms.CharField(
        label=_("Register and capital"), max_length=120, required=False,
        help_text=_("For a company: RCS, town, capital."),
    )  # fmt: skip
    street = forms.CharField(label=_("Street and number"), max_length=120)
    postcode = forms.RegexField(r"^\d{5}$", label=_("Postcode"))
    city = forms.CharField(label=_("City or village"), max_length=80)
    vat_regime = forms.ChoiceField(
        label=_("Value added tax"), choices=REGIMES, widget=forms.RadioSelect,
        help_text=_("The right sentence of the law is written on each invoice. If in doubt, ask"
                    " your accountant."),
    )  # fmt: skip
    vat_number = forms.CharField(label=_("VAT number"), max_length=20, required=False)
    size = forms.ChoiceField(
        label=_("Size of your organisation"), choices=SIZES, widget=forms.RadioSelect
    )
    iban = forms.CharField(label=_("IBAN where you are paid"), max_length=42, required=False)
    payment_days = forms.IntegerField(
        label=_("Days left to pay"), min_value=0, max_value=60, initial=30
    )
    late_rate = forms.DecimalField(
        label=_("Late penalties, in % a year"), min_value=Decimal(0), max_value=Decimal(100),
        decimal_places=2, localize=True,
        help_text=_("At least three times the legal rate of interest."),
    )  # fmt: skip

    def identity(self, *, is_invented: bool) -> BillingIdentity:
        """Give what was typed, as the service wants it."""
        given = dict(self.cleaned_data)
        rate = int(given.pop("late_rate") * HUNDRED)
        return BillingIdentity(**given, late_rate_bp=rate, is_invented=is_invented)


class AddressForm(forms.Form):
    """An organisation as its invoices must bear it."""

    legal_name = forms.CharField(label=_("Legal name"), max_length=120)
    street = forms.CharField(label=_("Street and number"), max_length=120)
    postcode = forms.RegexField(r"^\d{5}$", label=_("Postcode"))
    city = forms.CharField(label=_("City or village"), max_length=80)
    siret = forms.CharField(label=_("SIRET"), max_length=17, required=False)
    vat_number = forms.CharField(label=_("VAT number"), max_length=20, required=False)
    is_public = forms.BooleanField(
        label=_("It is a public body: it receives its invoices through Chorus Pro"), required=False
    )
    service_code = forms.CharField(
        label=_("Service code in Chorus Pro"), max_length=100, required=False,
        help_text=_("Given by the public body; check it before you send the invoice."),
    )  # fmt: skip

    def address(self) -> Address:
        """Give what was typed, as the service wants it."""
        names = Address.__dataclass_fields__
        return Address(**{name: self.cleaned_data[name] for name in names})


class InvoiceForm(AddressForm):
    """An invoice to one organisation: of its sessions, or of one written line."""

    what = forms.ChoiceField(
        label=_("What do you invoice?"),
        choices=[
            ("sessions", _("The sessions it agreed to pay")),
            ("line", _("Something else, that I write")),
        ],
        widget=forms.RadioSelect,
    )
    wording = forms.CharField(label=_("What the line says"), max_length=200, required=False)
    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=Decimal("0.01"), max_value=Decimal(100_000),
        decimal_places=2, required=False, localize=True, initial=1,
    )  # fmt: skip
    price = EurosField(label=_("Price of one, without tax, in euros"), required=False)
    order_reference = forms.CharField(
        label=_("Engagement or order number"), max_length=50, required=False,
        help_text=_("Public bodies often ask for it."),
    )  # fmt: skip
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def clean(self) -> dict[str, Any]:
        """A written line has a wording and a price."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("what") == "line":
            for name in ("wording", "quantity", "price"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill this in: the invoice needs it."))
        return given

    def line(self) -> LineWanted:
        """Give the written line."""
        given = self.cleaned_data
        return LineWanted(
            wording=given["wording"],
            unit_price_cents=given["price"],
            quantity_hundredths=int(given["quantity"] * HUNDRED),
        )


class CreditNoteForm(forms.Form):
    """Why an invoice is given back, and how much of each line; blank gives back all."""

    reason = forms.CharField(
        label=_("Why?"), help_text=_("It is printed on the credit note."), max_length=200
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args: Any, lines: list[tuple[int, str, int]], **kwargs: Any) -> None:
        """Add one amount for each line.

        Args:
            lines: id, wording and what is left of each line, in cents without tax.
        """
        super().__init__(*args, **kwargs)
        self.line_fields = []
        for pk, wording, left in lines:
            name = f"line_{pk}"
            self.fields[name] = EurosField(
                label=wording, required=False, max_value=Decimal(left) / HUNDRED
            )
            self.line_fields.append((self[name], left))

    def net_by_line(self) -> dict[int, int] | None:
        """Give the amounts typed, in cents by line; None when none is."""
        found = {
            int(name.removeprefix("line_")): cents
            for name, cents in self.cleaned_data.items()
            if name.startswith("line_") and cents
        }
        return found or None
