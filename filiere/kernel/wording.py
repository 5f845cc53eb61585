"""Amounts and days inside refusals, written in the language of whoever reads them, when they do."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Euros:
    """Integer euro cents: ``25,00 €`` in French, ``€25.00`` in English."""

    cents: int

    def __str__(self) -> str:
        amount = number_format(Decimal(self.cents) / 100, decimal_pos=2, force_grouping=True)
        return f"{amount}\u00a0€" if (get_language() or "fr").startswith("fr") else f"€{amount}"


@dataclass(frozen=True, slots=True)
class Day:
    """A date: ``31 octobre 2026`` in French, ``Oct. 31, 2026`` in English."""

    on: date

    def __str__(self) -> str:
        return date_format(self.on, "DATE_FORMAT")
