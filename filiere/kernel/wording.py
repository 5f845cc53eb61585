"""Amounts and days inside refusals, written in the language of whoever reads them, when they do."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

FIRST_OF_A_MONTH = re.compile(r"(?<!\d)1(?= [^\W\d])")


def _is_french() -> bool:
    return (get_language() or "fr").startswith("fr")


def day_words(value: date, form: str = "DATE_FORMAT") -> str:
    """Write a day, or a moment, in the current language: ``1er novembre 2026`` in French.

    Args:
        form: a format of Django, by its name or in letters, with the month in words.
    """
    words = date_format(value, form)
    if value.day == 1 and _is_french():
        return FIRST_OF_A_MONTH.sub("1er", words, count=1)
    return words


@dataclass(frozen=True, slots=True)
class Euros:
    """Integer euro cents: ``25,00 €`` in French, ``€25.00`` in English."""

    cents: int

    def __str__(self) -> str:
        amount = number_format(Decimal(self.cents) / 100, decimal_pos=2, force_grouping=True)
        return f"{amount}\u00a0€" if _is_french() else f"€{amount}"


@dataclass(frozen=True, slots=True)
class Day:
    """A date: ``31 octobre 2026`` in French, ``Oct. 31, 2026`` in English."""

    on: date

    def __str__(self) -> str:
        return day_words(self.on)
