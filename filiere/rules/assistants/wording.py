"""How values are written inside the sentences of an assistant, in French and in English.

A placeholder says its unit by its last word: ``{threshold_cents}`` is money, ``{credit_rate}`` a
share of one; dates, whole numbers and sentences are written as they are.

Source: usual typography of each language.
"""

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from filiere.rules.carriers import Worded

NO_BREAK_SPACE = "\u00a0"
NARROW_SPACE = "\u202f"
MONTHS_FR = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

Filling = int | Fraction | date | str | Worded
LOOSE = re.compile(r" (?=[:;?!»€%])|(?<=«) ")


def typeset(french: str) -> str:
    r"""Make the spaces of French signs no-break ones.

    >>> typeset("Vrai ? « oui »") == "Vrai\u00a0? «\u00a0oui\u00a0»"
    True
    """
    return LOOSE.sub(NO_BREAK_SPACE, french)


def number(value: int, language: str) -> str:
    r"""Write a whole number with grouped thousands; a true minus sign.

    >>> number(1234, "en"), number(-1234, "fr") == "\u22121\u202f234"
    ('1,234', True)
    """
    text = f"{abs(value):,}"
    if not language.startswith("en"):
        text = text.replace(",", NARROW_SPACE)
    return ("\u2212" if value < 0 else "") + text


def euros(cents: int, language: str) -> str:
    """Write euro cents, without the cents when there are none.

    >>> euros(8_001_100, "en"), euros(50, "en")
    ('€80,011', '€0.50')
    """
    whole, rest = divmod(abs(cents), 100)
    english = language.startswith("en")
    text = number(whole, language)
    if rest:
        text += f"{'.' if english else ','}{rest:02}"
    sign = "\u2212" if cents < 0 else ""
    return f"{sign}€{text}" if english else f"{sign}{text}{NO_BREAK_SPACE}€"


def day(value: date, language: str) -> str:
    """Write a day.

    >>> day(date(2026, 9, 1), "fr"), day(date(2026, 9, 1), "en")
    ('1er septembre 2026', '1 September 2026')
    """
    if language.startswith("en"):
        return f"{value.day} {MONTHS_EN[value.month - 1]} {value.year}"
    first = "1er" if value.day == 1 else str(value.day)
    return f"{first} {MONTHS_FR[value.month - 1]} {value.year}"


def percent(share: Fraction | int, language: str) -> str:
    """Write a share of one in percent, two decimals at most, rounded down.

    >>> percent(Fraction(55, 1000), "en"), percent(Fraction(2, 5), "en")
    ('5.5%', '40%')
    """
    whole, rest = divmod(int(Fraction(share) * 10_000), 100)
    text = f"{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else str(whole)
    if language.startswith("en"):
        return f"{text}%"
    return f"{text.replace('.', ',')}{NO_BREAK_SPACE}%"


def written(name: str, value: Filling, language: str) -> str:
    """Write one value by the last word of its placeholder.

    Raises:
        ValueError: an amount that is not whole cents (a caller's bug).

    >>> written("gift_cents", 900_000, "en"), written("years", 3, "en")
    ('€9,000', '3')
    """
    if isinstance(value, Worded):
        return value.words(language)
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, str):
        return value
    if name.endswith("_cents"):
        if not isinstance(value, int):
            raise ValueError(f"{name} is not whole cents: {value}")
        return euros(value, language)
    if name.endswith("_rate"):
        return percent(value, language)
    if isinstance(value, int):
        return str(value) if name.endswith("year") else number(value, language)
    raise ValueError(f"{name} has no way to be written: {value!r}")


def filled(sentence: str, values: Mapping[str, Filling], language: str) -> str:
    """Put values into a sentence.

    Raises:
        KeyError: the sentence has a placeholder without a value (a caller's bug).

    >>> filled("At most {most_cents}.", {"most_cents": 100}, "en")
    'At most €1.'
    """
    if "{" not in sentence:
        return sentence
    return sentence.format(**{name: written(name, one, language) for name, one in values.items()})
