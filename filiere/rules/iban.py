"""Account numbers: their control digits, their bank, whether SEPA transfers reach them.

Source: ISO 13616 (IBAN), checked by schwifty with the length and control digits of each country.
"""

from dataclasses import dataclass

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException


@dataclass(frozen=True, slots=True)
class Account:
    """One account number that can exist.

    Attributes:
        iban: capitals and digits, no space.
        bic: code of its bank; blank when no public list tells it.
        country: two capitals, ISO 3166.
        is_sepa: a SEPA credit transfer can reach it.
    """

    iban: str
    bic: str
    country: str
    is_sepa: bool


def read_iban(text: str) -> Account:
    """Read an account number as people type it, and check it.

    Args:
        text: any spacing, any case.

    Raises:
        ValueError: the length, the country or the control digits are wrong, those of the country
            included (the "RIB key" in France).

    Source: ISO 13616; European Payments Council, list of SEPA countries.

    >>> read_iban("fr14 2004 1010 0505 0001 3m02 606").iban
    'FR1420041010050500013M02606'
    >>> read_iban("BR15 0000 0000 0000 1093 2840 814P 2").is_sepa
    False
    """
    try:
        found = IBAN(text, validate_bban=True)
    except SchwiftyException as error:
        raise ValueError("not an account number") from error
    return Account(
        iban=str(found),
        bic=str(found.bic or ""),
        country=found.country_code,
        is_sepa=found.in_sepa_zone,
    )
