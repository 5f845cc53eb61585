"""Shapes of what a manager states of prices: amounts, packages, brackets, solidarity, home help."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.billing.models import BandBasis, HomeHelpNature, PriceKind
from filiere.billing.services import Package
from filiere.rules.pricing import PACKAGES, Band

CENTS = 100
MINUTES = 60
MOST_BANDS = 8
DATE_INPUT = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
PRICE_KINDS = [
    (PriceKind.FREE, _("Free of charge")),
    (PriceKind.SESSION, _("A price for each session")),
    (PriceKind.HOURLY, _("A price by the hour")),
    (PriceKind.PACK, _("A package: several sessions or hours, paid once")),
    (PriceKind.SUBSCRIPTION, _("A subscription: as many sessions as wanted for a time")),
]
BASES = [
    (BandBasis.PUBLIC, _("By public: students, job seekers, members…")),
    (BandBasis.INCOME, _("By income bracket, as the person says it; no income is written down")),
]
NATURES = [
    (HomeHelpNature.TRAINING, _("Teaching someone at home")),
    (HomeHelpNature.INSTALLATION, _("Installing a device at home")),
    (HomeHelpNature.MAINTENANCE, _("Software maintenance at home")),
    (HomeHelpNature.DELIVERY, _("Delivering a device at home")),
    (HomeHelpNature.REMOTE, _("Help from a distance (no tax credit)")),
    (HomeHelpNature.REPAIR, _("Repairing a device (no tax credit)")),
    (HomeHelpNature.SALE, _("Selling a device (no tax credit)")),
]


def _amount(**more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=Decimal(0), max_value=Decimal(10_000), decimal_places=2, required=False,
        localize=True, **more,
    )  # fmt: skip


def cents_of(amount: Decimal | None) -> int:
    """Give an amount typed in euros in cents; 0 when blank."""
    return int((amount or Decimal(0)) * CENTS)


class PriceForm(forms.Form):
    """The price of one service from one day on."""

    offer = forms.ChoiceField(label=_("For which service?"))
    kind = forms.ChoiceField(
        label=_("What do people pay?"), choices=PRICE_KINDS, widget=forms.RadioSelect
    )
    amount = _amount(
        label=_("Amount in euros"),
        help_text=_("For instance 25 or 12.50. Leave it blank when it is free."),
    )
    pack_sessions = forms.IntegerField(
        label=_("Number of sessions in the package"), min_value=1, max_value=500, required=False
    )
    pack_hours = forms.DecimalField(
        label=_("Or number of hours in the package"), min_value=Decimal(0),
        max_value=Decimal(1_000), decimal_places=2, required=False, localize=True,
    )  # fmt: skip
    valid_days = forms.IntegerField(
        label=_("For how many days does it last?"), min_value=1, max_value=3_660, required=False,
        help_text=_("For instance 90, or 365 for a year."),
    )  # fmt: skip
    single = _amount(
        label=_("Price of one session without the package, in euros"),
        help_text=_("Leave it blank when everybody takes the package."),
    )
    basis = forms.ChoiceField(
        label=_("Who pays another amount?"), choices=BASES, required=False,
        widget=forms.RadioSelect, initial=BandBasis.PUBLIC,
    )  # fmt: skip
    bands = forms.CharField(
        label=_("Other amounts"), required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One line for each, then a colon and the amount. Students: 5"),
    )  # fmt: skip
    fund = forms.CharField(
        label=_("Name of a solidarity fund"), max_length=80, required=False,
        help_text=_("Those who pay more than the cost let others pay less; its balance is shown."),
    )  # fmt: skip
    cost = _amount(
        label=_("What a session, or an hour, costs you in euros"),
        help_text=_("Needed with a solidarity fund only."),
    )
    from_on = forms.DateField(label=_("From which day?"), widget=DATE_INPUT)

    def __init__(self, *args: Any, offers: list[tuple[str, str]], today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["offer"].choices = offers  # type: ignore[attr-defined]

    def clean_from_on(self) -> dt.date:
        """Refuse the past: people were told another price."""
        day: dt.date = self.cleaned_data["from_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day is past. A price begins today or later."))
        return day

    def clean_bands(self) -> list[Band]:
        """Read one amount a line; a line that cannot be read is quoted."""
        lines = [line.strip() for line in self.cleaned_data["bands"].splitlines() if line.strip()]
        bands = [self._band(line) for line in lines]
        if len({band.label for band in bands}) < len(bands):
            raise forms.ValidationError(_("Two lines have the same name."))
        if len(bands) > MOST_BANDS:
            raise forms.ValidationError(_("At most %(most)s lines."), params={"most": MOST_BANDS})
        return bands

    def _band(self, line: str) -> Band:
        label, _colon, amount = line.rpartition(":")
        written = amount.replace("€", "").replace(",", ".").replace("\u00a0", "").strip()
        try:
            euros = Decimal(written)
        except InvalidOperation:
            euros = Decimal(-1)
        if not label.strip() or not 0 <= euros <= 10_000 or euros * CENTS % 1:
            raise forms.ValidationError(
                _("“%(line)s” cannot be read. Write for instance Students: 5"),
                params={"line": line},
            )
        return Band(label.strip()[:80], int(euros * CENTS))

    def clean(self) -> dict[str, Any]:
        """An amount goes with a price, none with what is free; a package says what it holds."""
        cleaned: dict[str, Any] = super().clean() or {}
        kind, amount = cleaned.get("kind"), cleaned.get("amount")
        if kind == PriceKind.FREE and amount:
            self.add_error("amount", _("Free of charge has no amount. Leave it blank."))
        elif kind and kind != PriceKind.FREE and "amount" not in self.errors and not amount:
            self.add_error("amount", _("Give the amount, or choose “free of charge”."))
        if kind == PriceKind.FREE and cleaned.get("bands"):
            self.add_error("bands", _("Free of charge has no other amount. Leave it blank."))
        self._check_package(kind, cleaned)
        if cleaned.get("fund") and not cleaned.get("cost"):
            self.add_error("cost", _("Say what it costs you, so that the fund has a balance."))
        if cleaned.get("fund") and kind in PACKAGES:
            self.add_error("fund", _("A package cannot enter a solidarity fund. Leave it blank."))
        return cleaned

    def _check_package(self, kind: str | None, cleaned: dict[str, Any]) -> None:
        if kind not in PACKAGES:
            return
        if not cleaned.get("valid_days") and "valid_days" not in self.errors:
            self.add_error("valid_days", _("Say for how many days it lasts."))
        sessions, hours = cleaned.get("pack_sessions"), cleaned.get("pack_hours")
        if kind == PriceKind.PACK and bool(sessions) == bool(hours):
            self.add_error("pack_sessions", _("Give a number of sessions, or a number of hours."))

    def cents(self) -> int:
        """Give the amount in cents."""
        return cents_of(self.cleaned_data["amount"])

    def package(self) -> Package | None:
        """What the package holds; None for other prices."""
        given = self.cleaned_data
        if given["kind"] not in PACKAGES:
            return None
        is_pack = given["kind"] == PriceKind.PACK
        hours = given["pack_hours"]
        return Package(
            valid_days=given["valid_days"],
            sessions=given["pack_sessions"] if is_pack else None,
            minutes=int(hours * MINUTES) if is_pack and hours else None,
            single_cents=None if given["single"] is None else cents_of(given["single"]),
        )


class HomeHelpForm(forms.Form):
    """That a service is given at home, under a declaration."""

    offer = forms.ChoiceField(label=_("Which service is given at home?"))
    number = forms.CharField(
        label=_("Number of your declaration for personal services"), max_length=20,
        help_text=_("SAP and nine digits, on the receipt of your declaration."),
    )  # fmt: skip
    nature = forms.ChoiceField(label=_("What is done?"), choices=NATURES)
    from_on = forms.DateField(label=_("From which day?"), widget=DATE_INPUT)

    def __init__(self, *args: Any, offers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offer"].choices = offers  # type: ignore[attr-defined]
