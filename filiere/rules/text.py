"""Keys of names: search, sort and likeness without accents, case or punctuation traps.

Pure functions on text. They replace what a database would need ICU for.

Source: Unicode NFKD; abbreviations of « Saint » as French addresses write them.
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o",
        "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'",
    }
)  # fmt: skip
_HYPHENS = re.compile(r"[-‐‑‒–—―−_]+")
_SAINT = re.compile(r"(?<![\w'])st(e?)\b\.?")
_DIGITS = re.compile(r"\d+")
_SORT_DIGITS = 6


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Give the key under which a name is searched: no accents, no case, one spelling.

    Ligatures are opened, apostrophes made straight, hyphens turned into spaces, « St » and
    « Ste » written out, spaces collapsed. Folding twice changes nothing more.

    Args:
        text: any text, in any Unicode form.

    Returns:
        The key; empty for blank text.

    Source: our own choice, see the module.

    >>> fold("Saint-Étienne-du-Bois")
    'saint etienne du bois'
    >>> fold("STE  Marie sur L’Œuvre")
    "sainte marie sur l'oeuvre"
    """
    opened = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()
    plain = "".join(c for c in unicodedata.normalize("NFKD", opened) if not _is_mark(c))
    spaced = " ".join(_HYPHENS.sub(" ", plain.translate(_LETTERS)).split())
    return " ".join(_SAINT.sub(r"saint\1 ", spaced).split())


def _is_mark(character: str) -> bool:
    """Say whether a character is a combining mark (an accent on its own)."""
    return unicodedata.combining(character) != 0


def sort_key(text: str) -> str:
    """Give the key under which a name is sorted: folded, numbers by value.

    Args:
        text: any text.

    Returns:
        A key to compare with ``<``; numbers up to six digits sort by their value.

    Source: our own choice.

    >>> sorted(["Étampes", "Lyon 10e", "Lyon 2e", "Eu"], key=sort_key)
    ['Étampes', 'Eu', 'Lyon 2e', 'Lyon 10e']
    """
    folded = " ".join(fold(text).replace("'", " ").split())
    return _DIGITS.sub(lambda found: found[0].zfill(_SORT_DIGITS), folded)


def similar(a: str, b: str) -> float:
    """Measure how alike two names are, for « did you mean ».

    Args:
        a: one name.
        b: the other.

    Returns:
        0.0 (nothing in common) to 1.0 (same key); the order of the arguments does not matter.
        About 0.3 and above is worth suggesting.

    Source: shared trigrams over all trigrams (Jaccard), as the pg_trgm extension counts them.

    >>> similar("Guéret", "gueret")
    1.0
    >>> similar("Gueretz", "Guéret") > similar("Gueretz", "Limoges")
    True
    """
    left, right = _trigrams(fold(a)), _trigrams(fold(b))
    either = left | right
    return len(left & right) / len(either) if either else 0.0


def _trigrams(folded: str) -> set[str]:
    """Give the groups of three characters of each word, padded as pg_trgm does."""
    return {
        padded[start : start + 3]
        for word in folded.replace("'", " ").split()
        for padded in (f"  {word} ",)
        for start in range(len(padded) - 2)
    }
