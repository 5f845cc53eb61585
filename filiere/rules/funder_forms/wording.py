"""How a funder reads a value: French amounts, days and lists, and texts cut at the end of a word."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

NO_BREAK = "\u00a0"
ELLIPSIS = "…"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


def euros(cents: int, *, whole: bool = False) -> str:
    r"""Write an amount.

    Args:
        cents: signed.
        whole: rounded to the euro, half away from zero.

    Source: French typography; our own choice of a true minus.

    >>> euros(123_456)
    '1\xa0234,56\xa0€'
    >>> euros(-123_450, whole=True)
    '−1\xa0235\xa0€'
    """
    sign = "−" if cents < 0 else ""
    units, rest = divmod(abs(cents), 100)
    if whole:
        units, rest = units + (rest >= 50), 0
    grouped = f"{units:,}".replace(",", NO_BREAK)
    return f"{sign}{grouped}{'' if whole else f',{rest:02}'}{NO_BREAK}€"


def day(iso: str) -> str:
    """Write a day; a text that is no day is given back.

    >>> day("2027-01-01"), day("2027-03-12")
    ('1er janvier 2027', '12 mars 2027')
    """
    try:
        on = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{'1er' if on.day == 1 else on.day} {MONTHS[on.month - 1]} {on.year}"


def percent(share: str) -> str:
    r"""Write a share, an exact fraction as text, to the tenth of a percent.

    >>> percent("4/5"), percent("1/3")
    ('80\xa0%', '33,3\xa0%')
    """
    try:
        tenths = round(Fraction(share) * 1000)
    except (ValueError, ZeroDivisionError):
        return share
    units, rest = divmod(abs(tenths), 10)
    sign = "−" if tenths < 0 else ""
    return f"{sign}{units}{f',{rest}' if rest else ''}{NO_BREAK}%"


def listed(items: Sequence[str]) -> str:
    """Write a list in one line.

    >>> listed(["Rosny", "Vitry"])
    'Rosny, Vitry'
    """
    return ", ".join(item for item in items if item)


def cut(text: str, limit: int) -> tuple[str, str]:
    """Shorten a text to a number of characters, at the end of a word, and give what is lost.

    The ellipsis counts. A word longer than the limit is cut inside.

    Args:
        limit: most characters, >= 1.

    Returns:
        ``(kept, lost)``; ``lost`` is empty when the text fits.

    >>> cut("Apprendre à se servir d’Internet", 15)
    ('Apprendre à se…', 'servir d’Internet')
    """
    if limit < 1:
        raise ValueError(f"limit is not 1 or more: {limit}")
    text = text.strip()
    if len(text) <= limit:
        return text, ""
    room = limit - 1
    end = room if text[room].isspace() else _last_space(text, room)
    kept = text[: end or room].rstrip(" \t\r\n\u00a0,;:.(–-")
    return kept + ELLIPSIS, text[end or room :].strip()


def _last_space(text: str, before: int) -> int:
    """Give the place of the last space before a position, 0 when there is none."""
    return next((place for place in range(before, 0, -1) if text[place - 1].isspace()), 0)
