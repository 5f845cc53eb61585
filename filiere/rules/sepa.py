"""Texts and references that banks accept in a SEPA credit transfer.

Source: European Payments Council, SEPA credit transfer implementation guidelines: the basic
Latin character set, no slash at either end, no double slash; references of 35 characters.
"""

import re
import unicodedata

MAX_REFERENCE = 35

_REFUSED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_REFERENCE = re.compile(r"^[A-Z0-9][A-Z0-9-]*$")
_WRITTEN = str.maketrans(
    {
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l",
        "Ł": "L", "đ": "d", "Đ": "D", "’": "'", "‘": "'", "«": "'", "»": "'", "“": "'", "”": "'",
        "–": "-", "—": "-", "‑": "-", "&": "+", "€": "EUR", "@": "(at)", "…": "...", "_": "-",
        "°": "o", "ª": "a", "º": "o", ";": ",", '"': "'",
    }
)  # fmt: skip


def sepa_text(text: str, max_length: int = 70) -> str:
    """Write a text with the characters banks accept.

    Accents are dropped, ligatures opened, other signs replaced by the nearest one or by a
    space; the result is cut, and is empty when nothing can be written.

    Args:
        text: a name or a remittance text.
        max_length: characters kept at most: 70 for a name, 140 for a remittance text.

    Returns:
        The text, at most ``max_length`` characters.

    Raises:
        ValueError: ``max_length`` is under 1.

    Source: European Payments Council guidelines, basic Latin character set.

    >>> sepa_text("Médiathèque « L’Œuvre » & Cie")
    "Mediatheque ' L'OEuvre ' + Cie"
    >>> sepa_text("//Espace n°1//", 8)
    'Espace n'
    """
    if max_length < 1:
        raise ValueError(f"max_length is under 1: {max_length}")
    opened = unicodedata.normalize("NFKD", text.translate(_WRITTEN)).translate(_WRITTEN)
    plain = "".join(c for c in opened if not unicodedata.combining(c))
    single = re.sub(r"/{2,}", "/", _REFUSED.sub(" ", plain))
    return " ".join(single.split()).strip(" /")[:max_length].strip(" /")


def end_to_end_id(*, batch: str, position: int, attempt: int = 1) -> str:
    """Build the reference that follows one order from our books to the bank statement.

    A rejected order that is sent again takes the next attempt: a reference is never used twice.

    Args:
        batch: reference of the settlement batch, capitals, digits and hyphens.
        position: rank of the order in its batch, 1 to 999,999.
        attempt: 1 for the first sending.

    Returns:
        At most 35 characters, unique when the batch reference is.

    Raises:
        ValueError: an argument outside its range, or a batch reference too long.

    Source: European Payments Council guidelines, EndToEndId of 35 characters.

    >>> end_to_end_id(batch="RG-2026-047", position=12)
    'RG-2026-047-000012-1'
    """
    if not _REFERENCE.match(batch):
        raise ValueError(f"batch holds other signs than capitals, digits and hyphens: {batch}")
    if not 1 <= position <= 999_999:
        raise ValueError(f"position is not between 1 and 999999: {position}")
    if attempt < 1:
        raise ValueError(f"attempt is under 1: {attempt}")
    reference = f"{batch}-{position:06}-{attempt}"
    if len(reference) > MAX_REFERENCE:
        raise ValueError(f"reference is longer than {MAX_REFERENCE} characters: {reference}")
    return reference
