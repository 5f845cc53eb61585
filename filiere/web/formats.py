"""How amounts, dates, hours, distances and phone numbers read, in French and in English.

Amounts are integer euro cents, distances kilometres, shares numbers from 0 to 1. Every function
answers in the active language, with no-break spaces and a true minus sign.
"""

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

NO_BREAK_SPACE = "\u00a0"
NARROW_SPACE = "\u202f"
MINUS = "\u2212"

Number = int | float | Decimal | Fraction


def is_french() -> bool:
    """Tell whether the person reads French (also the answer when no language is active)."""
    return (get_language() or "fr").startswith("fr")


def _rounded(value: Number, *, places: int) -> Decimal:
    exact = (
        Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction)
        else Decimal(str(value))
    )
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def number(value: Number, *, places: int = 0) -> str:
    """Write a number with grouped thousands: ``24 860`` in French, ``24,860`` in English."""
    rounded = _rounded(value, places=places)
    sign = MINUS if rounded < 0 else ""
    text = f"{abs(rounded):,.{places}f}"
    if is_french():
        text = text.replace(",", NARROW_SPACE).replace(".", ",")
    return sign + text


def euros(cents: int, *, short: bool = False) -> str:
    """Write euro cents: ``25,00 €`` in French, ``€25.00`` in English.

    Args:
        cents: signed amount, in euro cents.
        short: leave the cents out when they are zero, for headings (``40 000 €``).
    """
    places = 0 if short and cents % 100 == 0 else 2
    amount = number(Decimal(abs(cents)) / 100, places=places)
    sign = MINUS if cents < 0 else ""
    return f"{sign}{amount}{NO_BREAK_SPACE}€" if is_french() else f"{sign}€{amount}"


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def day_words(value: date | datetime, *, year: bool = False) -> str:
    """Write a day with its weekday: ``mardi 24 novembre``, ``Tuesday 24 November``.

    Args:
        value: a day, or an instant, read in the active time zone.
        year: add the year.
    """
    day = _local(value).date() if isinstance(value, datetime) else value
    in_month = "1er" if day.day == 1 and is_french() else str(day.day)
    words = [str(WEEKDAYS[day.weekday()]), in_month, str(MONTHS[day.month])]
    if year:
        words.append(str(day.year))
    return NO_BREAK_SPACE.join(words[:2]) + " " + " ".join(words[2:])


def date_words(value: date | datetime) -> str:
    """Write a date without its weekday: ``1er novembre 2026``, ``1 November 2026``."""
    return day_words(value, year=True).partition(NO_BREAK_SPACE)[2]


def hour_words(value: time | datetime) -> str:
    """Write an hour: ``9 h 30`` in French, ``9:30 am`` in English."""
    if isinstance(value, datetime):
        value = _local(value)
    if is_french():
        words = [str(value.hour), "h"] + ([f"{value.minute:02}"] if value.minute else [])
        return NO_BREAK_SPACE.join(words)
    clock = str(value.hour % 12 or 12) + (f":{value.minute:02}" if value.minute else "")
    return f"{clock}{NO_BREAK_SPACE}{'am' if value.hour < 12 else 'pm'}"


def distance(km: Number | None) -> str:
    """Write a distance: ``900 m`` under one kilometre, ``1,2 km`` under ten, then ``11 km``."""
    if km is None:
        return _("distance not known")
    if km < Decimal("0.975"):
        metres = int(_rounded(Fraction(str(km)) * 20, places=0)) * 50
        return f"{max(metres, 50)}{NO_BREAK_SPACE}m"
    tenths = _rounded(km, places=1)
    places = 1 if tenths < 10 and tenths % 1 else 0
    return f"{number(tenths, places=places)}{NO_BREAK_SPACE}km"


def phone_digits(phone: str) -> str:
    """Reduce a phone number to what a telephone dials: ``+33`` and nine digits, or as given."""
    digits = "".join(character for character in phone if character.isdigit() or character == "+")
    digits = digits.replace("+330", "+33").removeprefix("00")
    if digits.startswith("33") and len(digits) == 11:
        return "+" + digits
    return "+33" + digits[1:] if digits.startswith("0") and len(digits) == 10 else digits


def phone_pairs(phone: str) -> str:
    """Write a French number in pairs, ``05 36 49 00 12``; any other number as it was given."""
    dialled = phone_digits(phone)
    if not dialled.startswith("+33") or len(dialled) != 12:
        return phone.strip()
    national = "0" + dialled[3:]
    return NO_BREAK_SPACE.join(national[index : index + 2] for index in range(0, 10, 2))


def phone_link(phone: str) -> str:
    """Give the address that calls a phone number, ``tel:+33536490012``."""
    return f"tel:{phone_digits(phone)}"


def percent(share: Number | None, *, places: int = 0) -> str:
    """Write a share from 0 to 1: ``44 %`` in French, ``44%`` in English; ``None`` is unknown."""
    if share is None:
        return _("not known")
    hundred = Fraction(str(share)) * 100
    return number(hundred, places=places) + (f"{NO_BREAK_SPACE}%" if is_french() else "%")
