"""What paper says of a lot: worth, dates, places, who paid, how to use it, what the law asks.

Sentences are in the active language. Nothing here names a person or holds a code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from filiere.accounts.models import Organisation
from filiere.kernel.wording import Euros
from filiere.rules.national_lists import label_of
from filiere.territories.models import Territory
from filiere.vouchers.models import Lot

NO_BREAK_SPACE = "\u00a0"
MOST_NAMED = 6  # services, or territories; beyond, the rest are counted


@dataclass(frozen=True, slots=True)
class LotWords:
    """What is the same on every voucher of a lot."""

    commissioner: str
    funders: tuple[str, ...]
    services: str
    where: str
    last_day: str
    present_day: str
    issuer: str
    year: int


def language() -> str:
    """The two letters of the active language, as a document declares it."""
    return (get_language() or "fr")[:2]


def number_words(serial: int) -> str:
    """A voucher's number, three figures at a time: ``1 000 123``."""
    return f"{serial:,}".replace(",", NO_BREAK_SPACE)


def day_words(on: date) -> str:
    """A day with its weekday and year: ``jeudi 31 décembre 2026``."""
    words = date_format(on, "l j F Y")
    return words.replace(" 1 ", " 1er ") if language() == "fr" else words


def lot_words(lot: Lot) -> LotWords:
    """Read once, for a whole lot, all the names it prints; five queries."""
    funders = Organisation.objects.filter(tranches__lot_parts__lot=lot).distinct().order_by("name")
    territories = Territory.objects.filter(pk__in=lot.territory_ids).order_by("name")
    commissioner = lot.programme.commissioner.name
    return LotWords(
        commissioner=commissioner,
        funders=tuple(funders.values_list("name", flat=True)),
        services=_listed([_service(key) for key in lot.services])
        or _("every digital help session"),
        where=_listed(list(territories.values_list("name", flat=True))),
        last_day=day_words(lot.use_until),
        present_day=day_words(lot.present_until),
        issuer=settings.PAYER_NAME or commissioner,
        year=lot.use_until.year,
    )


def terms(face_cents: int, words: LotWords) -> dict[str, Any]:
    """The printed words of one voucher that are the same for the whole lot.

    Args:
        face_cents: what the voucher is worth, in cents.
    """
    commissioner = [[_("On behalf of"), words.commissioner]]
    return {
        "name": _("Digital help voucher"),
        "face": str(Euros(face_cents)),
        "until": _("Use it until"),
        "last_day": words.last_day,
        "year": _("Year %(year)s") % {"year": words.year},
        "holder_label": _("In the name of"),
        "lines": [
            [_("Paid by"), ", ".join(words.funders)],
            [_("For"), words.services],
            [_("Where"), words.where],
            [_("Issued by"), words.issuer],
            *(commissioner if words.commissioner != words.issuer else []),
        ],
        "legal": _("No change is given. It is not refunded, sold or lent."),
        "number_label": _("Number"),
        "typed": _("No camera? Give the number and the 8 framed signs."),
        "accepted": _("Accepted by (name, SIREN or RNA, address)"),
    }


def notice(lot: Lot, words: LotWords) -> dict[str, Any]:
    """The first page of a booklet: plain words in large print, then the legal mentions."""
    return {
        "lead": _(
            "Each voucher is worth %(face)s. It pays for help with a computer, a telephone or"
            " online procedures. You pay nothing to receive it."
        )
        % {"face": Euros(lot.face_cents)},
        "parts": [
            _part(
                _("How to use it"),
                [
                    _("Choose a place, or ask the person who gave you this booklet."),
                    _(
                        "At the end of the session, show one voucher. The place scans it or types"
                        " its number and its 8 framed signs."
                    ),
                    _("You keep the voucher while money is left on it. No change is given."),
                    _("Use it until %(day)s.") % {"day": words.last_day},
                ],
                numbered=True,
            ),
            _part(
                _("Lost or stolen?"),
                [
                    _(
                        "Tell the person who gave it to you, with its number if you have it. The"
                        " voucher is stopped, and what was left is put on a new one."
                    ),
                ],
            ),
            _part(
                _("Keep it like money"),
                [
                    _("Never put a photograph of it online: whoever reads its code can use it."),
                    _(
                        "Its square code opens no website. If a telephone opens one after reading"
                        " it, type nothing and show the voucher to the place."
                    ),
                ],
            ),
        ],
        "phone_label": _("To call:"),
        "legal": legal(words),
    }


def legal(words: LotWords) -> list[str]:
    """Who issues and pays, and the mentions of this kind of voucher.

    Source: articles L1611-6 and R1611-6 to R1611-9 of the code général des collectivités
    territoriales, from memory of a second source [M]: printed as to be verified.
    """
    return [
        _("Issued by %(issuer)s on behalf of %(commissioner)s. Paid by %(funders)s.")
        % {
            "issuer": words.issuer,
            "commissioner": words.commissioner,
            "funders": ", ".join(words.funders),
        },
        _(
            "Vouchers bear numbers in one continuous series and are valid for the year %(year)s."
            " No change is given; they are not refunded. The place is paid if it claims on"
            " %(day)s at the latest."
        )
        % {"year": words.year, "day": words.present_day},
        _(
            "Kind of voucher: chèque d’accompagnement personnalisé, article L1611-6 of the code"
            " général des collectivités territoriales (to be verified by the issuer)."
        ),
    ]


def booklet_title(serials: Sequence[int]) -> str:
    """Say how many vouchers a booklet holds, and their numbers."""
    sentence = ngettext(
        "Booklet of %(count)s voucher, no. %(first)s",
        "Booklet of %(count)s vouchers, no. %(first)s to %(last)s",
        len(serials),
    )
    return sentence % {
        "count": len(serials),
        "first": number_words(serials[0]),
        "last": number_words(serials[-1]),
    }


def _part(title: str, sentences: list[str], *, numbered: bool = False) -> dict[str, Any]:
    """One titled part of the notice."""
    return {"title": title, "sentences": sentences, "numbered": numbered}


def _service(key: str) -> str:
    """Name a service of the national standard; an unknown one is printed as it is written."""
    try:
        return label_of("services", key, language())
    except KeyError:
        return key


def _listed(names: list[str]) -> str:
    """Name the first ones and count the others."""
    shown = ", ".join(names[:MOST_NAMED])
    others = len(names) - MOST_NAMED
    if others <= 0:
        return shown
    more = ngettext("and %(count)s other", "and %(count)s others", others) % {"count": others}
    return f"{shown} {more}"
