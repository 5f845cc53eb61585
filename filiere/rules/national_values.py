"""Single values of the national standard: identifiers, telephones, e-mails, addresses, points.

Each function returns the value to keep (None when it must be dropped) and the reason code of
what happened, None when nothing did. No value is lost without a reason.

Source: national schema of digital mediation places, version 1.0; numbering plan of ARCEP.
"""

import re
from datetime import date
from functools import cache

from filiere.rules import geo
from filiere.rules.parameters import load_yaml

NO_PIVOT = "00000000000000"

_PIVOT = re.compile(r"^[a-zA-Z0-9]{9,14}$")
_COMMUNE = re.compile(r"^([013-9]\d|2[AB1-9])\d{3}$")
_INTERNATIONAL = re.compile(r"^\+(33|590|594|262|596|269|687|689|508|681)\d{6,9}$")
_SHORT_NUMBER = re.compile(r"^(3\d{3}|1\d{1,2}|115|116\d{3}|10\d{2})$")
_EMAIL = re.compile(r"^[^@\s|;,]+@[^@\s|;,]+\.[a-z]{2,}$")
_MOBILE = re.compile(r"^\+(33[67]|590690|590691|594694|262692|262693|262639|596696|596697)")
_TWO_NAMES = re.compile(r"^[a-zà-ÿ]+(?:-[a-zà-ÿ]+)*\.[a-zà-ÿ]{2,}(?:-[a-zà-ÿ]+)*$")
_URL = re.compile(r"^https?://[^\s/]+\.[^\s/]{2,}(/\S*)?$", re.IGNORECASE)
_OVERSEAS = {
    "0590": "+590", "0690": "+590", "0691": "+590", "0594": "+594", "0694": "+594",
    "0262": "+262", "0263": "+262", "0692": "+262", "0693": "+262", "0639": "+262",
    "0269": "+262", "0596": "+596", "0696": "+596", "0697": "+596",
}  # fmt: skip
Read = tuple[str | None, str | None]


def read_pivot(text: str) -> Read:
    """Read a SIRET, RNA or RIDET number; fourteen zeros mean that it is not known.

    >>> read_pivot("434 933 123 00029"), read_pivot("00000000000000")
    (('43493312300029', None), (None, None))
    """
    compact = re.sub(r"[\s.-]", "", text)
    if not compact.strip("0"):
        return None, None
    return (compact.upper(), None) if _PIVOT.match(compact) else (None, "pivot_malformed")


def read_postcode(text: str) -> Read:
    """Read a postcode; a leading zero lost by a spreadsheet is given back.

    >>> read_postcode("1000"), read_postcode("B-1000")
    (('01000', 'leading_zero_restored'), (None, 'postcode_malformed'))
    """
    return _five_digits(text, re.compile(r"^\d{5}$"), "postcode_malformed")


def read_commune_code(text: str) -> Read:
    """Read the official code of a commune (COG); a lost leading zero is given back.

    >>> read_commune_code("2a004"), read_commune_code("1053")
    (('2A004', None), ('01053', 'leading_zero_restored'))
    """
    return _five_digits(text, _COMMUNE, "commune_code_malformed")


def _five_digits(text: str, pattern: re.Pattern[str], reason: str) -> Read:
    """Read a five-character code, restoring one lost zero."""
    compact = text.replace(" ", "").upper().removesuffix(".0")
    if not compact:
        return None, None
    if re.fullmatch(r"\d{4}", compact):
        return f"0{compact}", "leading_zero_restored"
    return (compact, None) if pattern.match(compact) else (None, reason)


def read_phone(text: str) -> Read:
    """Read one telephone number into its international form.

    >>> read_phone("04 79 61 30 69"), read_phone("3646")
    (('+33479613069', None), ('3646', 'phone_short_number'))
    """
    digits = re.sub(r"(?!^\+)\D", "", text.replace("(0)", ""))
    if not digits:
        return None, "phone_malformed" if text.strip() else None
    if _SHORT_NUMBER.match(digits):
        return digits, "phone_short_number"
    digits = re.sub(r"^(00|\+)(33|262|590|594|596)0(?=\d{9}$)", r"+\2", digits)
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    if re.fullmatch(r"0\d{9}", digits):
        digits = _OVERSEAS.get(digits[:4], "+33") + digits[1:]
    elif re.fullmatch(r"[1-7]\d{8}", digits):
        digits = f"+33{digits}"
    elif re.fullmatch(r"33[1-9]\d{8}", digits):
        digits = f"+{digits}"
    if not _INTERNATIONAL.match(digits):
        return None, "phone_malformed"
    return digits, "personal_mobile" if _MOBILE.match(digits) else None


def read_email(text: str) -> Read:
    """Read one e-mail address; one that looks like a person's own is kept and flagged.

    >>> read_email("Contact@arqa.fr"), read_email("jeanne.martin@exemple.fr")
    (('contact@arqa.fr', None), ('jeanne.martin@exemple.fr', 'personal_email'))
    """
    plain = text.strip().removeprefix("mailto:").strip().lower()
    if not plain:
        return None, None
    if not _EMAIL.match(plain):
        return None, "email_malformed"
    local = plain.partition("@")[0]
    if _TWO_NAMES.match(local) and not _is_service(local, plain.partition("@")[2]):
        return plain, "personal_email"
    return plain, None


@cache
def _service_words() -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """Give the words, starts of words and domains that name a service, not a person."""
    raw = load_yaml("national-standard-1.0.yaml")
    starts, domains = tuple(raw["service_starts"]), frozenset(raw["service_domains"])
    return frozenset(raw["service_words"]), starts, domains


def _is_service(local: str, domain: str) -> bool:
    """Say whether an address is a service's, such as ``espace.numerique`` before the @."""
    known, starts, domains = _service_words()
    return domain in domains or any(
        word in known or word.startswith(starts) for word in re.split(r"[.-]", local)
    )


def read_url(text: str) -> Read:
    """Read one web address; a missing ``https://`` is added.

    >>> read_url("www.exemple.fr"), read_url("voir la mairie")
    (('https://www.exemple.fr', 'url_scheme_added'), (None, 'url_malformed'))
    """
    plain = text.strip()
    if not plain:
        return None, None
    if _URL.match(plain):
        return plain, None
    if "://" not in plain and _URL.match(f"https://{plain}"):
        return f"https://{plain}", "url_scheme_added"
    return None, "url_malformed"


def read_date(text: str) -> tuple[date | None, str | None]:
    """Read a day written ``2024-04-02``, with or without an hour, or ``02/04/2024``.

    >>> read_date("2024-04-02")[0], read_date("02/04/2024")[1]
    (datetime.date(2024, 4, 2), 'date_reordered')
    """
    plain = text.strip()
    if not plain:
        return None, None
    french = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", plain)
    try:
        if french:
            day, month, year = (int(part) for part in french.groups())
            return date(year, month, day), "date_reordered"
        return date.fromisoformat(plain[:10]), None
    except ValueError:
        return None, "date_malformed"


def read_point(latitude: str, longitude: str) -> tuple[tuple[float, float] | None, str | None]:
    """Read coordinates; outside every French territory they are dropped, swapped put right.

    >>> read_point("46,17", "1,87"), read_point("0", "0")
    (((46.17, 1.87), None), (None, 'coordinates_implausible'))
    >>> read_point("-0.58", "44.84")
    ((44.84, -0.58), 'coordinates_swapped')
    """
    if not latitude.strip() and not longitude.strip():
        return None, None
    try:
        lat, lon = (float(part.strip().replace(",", ".")) for part in (latitude, longitude))
    except ValueError:
        return None, "coordinates_malformed"
    if geo.plausible(lat, lon):
        return (lat, lon), None
    if geo.plausible(lon, lat):
        return (lon, lat), "coordinates_swapped"
    return None, "coordinates_implausible"
