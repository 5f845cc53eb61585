"""An amount of a project as people type it, read into integer euro cents or refused in words."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from filiere.projects.services.budget import MOST_CENTS

_CURRENCY = re.compile(r"(?:€|euros?|eur)\.?$", re.IGNORECASE)
_THOUSANDS = re.compile(
    r"(?:k€?|keur|m€|meur|milliers?.*|millions?.*|thousands?.*)$", re.IGNORECASE
)
_TAXES = re.compile(r"(?:ht|ttc|h\.t\.?|t\.t\.c\.?)$", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,'’])[0-9]{3})(?:\1[0-9]{3})*")
_PLAIN = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,2})?")
_BOTH = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})+(?!\1)[.,][0-9]{1,2}")


def read_cents(text: str) -> int:
    """Read an amount in euros: ``1 234,56 €``, ``1234.5``, ``1.234,56``.

    Raises:
        ValidationError: below zero, in thousands, with HT or TTC, with letters, or readable in
            two ways (``1.234``); its sentence says what to type.

    >>> read_cents("1 234,56 €"), read_cents("1234.5")
    (123456, 123450)
    """
    typed = text.strip()
    short = "".join(typed.split())
    if _TAXES.search(short):
        raise forms.ValidationError(
            _("Type the amount alone: with or without VAT is chosen beside it.")
        )
    if _THOUSANDS.search(short):
        raise forms.ValidationError(
            _("Type the amount in euros, not in thousands: 12 000 rather than 12 k€.")
        )
    short = _CURRENCY.sub("", short)
    if short[:1] in {"-", "−", "–"}:
        raise forms.ValidationError(
            _(
                "Type an amount above zero. A discount lowers the line it is on; money that comes"
                " in is written with those who pay."
            )
        )
    return _cents(short, typed)


def _cents(short: str, typed: str) -> int:
    if _BOTH.fullmatch(short):
        decimal = max(short.rfind("."), short.rfind(","))
        whole = re.sub(r"[.,]", "", short[:decimal])
        short = f"{whole}.{short[decimal + 1 :]}"
    elif _GROUPED.fullmatch(short) and len(short) > len("123.456"):
        short = re.sub(r"[^0-9]", "", short)
    elif _GROUPED.fullmatch(short) and not short.isdigit():
        raise forms.ValidationError(
            _("“%(typed)s” can be read in two ways. Type it without any point: %(one)s or %(two)s.")
            % {
                "typed": typed[:30],
                "one": re.sub(r"[^0-9]", "", short),
                "two": f"{short[:-4]},{short[-3:-1]}",
            }
        )
    if not (_PLAIN.fullmatch(short) and short.isascii()):
        raise forms.ValidationError(
            _("“%(typed)s” is no amount. Type euros in figures, for instance 1 234,56.")
            % {"typed": typed[:30]}
        )
    cents = int(Decimal(short.replace(",", ".")) * 100)
    if cents > MOST_CENTS:
        raise forms.ValidationError(_("This is more than a billion euros: check the zeros."))
    return cents


def typed_cents(cents: int | None) -> str:
    """Write an amount back as somebody would type it: ``1234,56``.

    >>> typed_cents(123456), typed_cents(None)
    ('1234,56', '')
    """
    return "" if cents is None else f"{cents // 100},{cents % 100:02}"


class AmountField(forms.CharField):
    """An amount typed in euros; cleans to cents above zero, or None when it may stay blank."""

    def __init__(self, *, zero_is_possible: bool = False, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 40} | kwargs))
        self.zero_is_possible = zero_is_possible
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        """Show cents as typed euros; what was typed stays as it was."""
        return typed_cents(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Give cents, or None when nothing was typed."""
        text = super().clean(value)
        if not text:
            return None
        cents = read_cents(text)
        if not cents and not self.zero_is_possible:
            raise forms.ValidationError(_("Write an amount above 0."))
        return cents
