"""What the terms of a programme may say: publics it is meant for, and the order of payers.

Source: publics are those of the national standard of places; the orders of payers are our own
choice (the person always pays last).
"""

from functools import cache

from filiere.rules.national_lists import entries, label_of

PUBLICS = "publics_specifiquement_adresses"
CARE = "prise_en_charge_specifique"
PAYER_ORDERS = (
    ("voucher", "third_party", "person"),
    ("third_party", "voucher", "person"),
)


@cache
def known_publics() -> tuple[str, ...]:
    """Give the keys of the publics a programme or a funder may name, in a fixed order.

    Source: national standard, publics addressed and specific needs.

    >>> "seniors" in known_publics(), "deafness" in known_publics()
    (True, True)
    """
    return tuple(entry.key for column in (PUBLICS, CARE) for entry in entries(column))


def public_label(key: str, language: str = "fr") -> str:
    """Name a public in French or English.

    Args:
        key: one of ``known_publics``.
        language: ``fr`` or ``en``.

    Raises:
        KeyError: no public has this key.

    Source: national standard.

    >>> public_label("seniors", "en")
    'Older people'
    """
    column = PUBLICS if any(entry.key == key for entry in entries(PUBLICS)) else CARE
    return label_of(column, key, language)
