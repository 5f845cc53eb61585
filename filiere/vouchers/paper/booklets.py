"""Booklets as PDF: for each, a notice in large print, then three vouchers a sheet to cut out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from filiere.kernel.pdf import compile_pdf
from filiere.vouchers.models import Lot
from filiere.vouchers.paper import qr, words
from filiere.vouchers.services.issue import IssuedCode

BOOKLET = Path(__file__).with_name("booklet.typ")
GROUP = 4


def booklet_pdf(
    *,
    lot: Lot,
    booklets: Sequence[Sequence[IssuedCode]],
    at: datetime,
    phone: str = "",
    holders: Mapping[int, str] | None = None,
    signed: Mapping[int, str] | None = None,
) -> bytes:
    """Draw some booklets of one lot: A4, black, PDF/A-2a and PDF/UA-1.

    The result holds secret codes: the caller writes the printing in the audit trail, keeps the
    file from other readers, and never logs it.

    Args:
        lot: with its programme and commissioner, best read with ``select_related``.
        booklets: vouchers of each booklet, in order of number. About 500 vouchers at a time keep
            the memory small.
        at: creation date of the file; same vouchers and date, same bytes.
        phone: whom to call; blank leaves a line to write on.
        holders: names by number, for a nominal lot only; else nobody is named.
        signed: texts of signed squares by number; without one, a square holds the code.

    Raises:
        PdfFailed: nothing was drawn.
    """
    said = words.lot_words(lot)
    named, squares = holders or {}, signed or {}
    data = {
        "title": _("Digital help vouchers no. %(first)s to %(last)s")
        % {
            "first": words.number_words(booklets[0][0].serial),
            "last": words.number_words(booklets[-1][-1].serial),
        },
        "author": said.issuer,
        "language": words.language(),
        "kind": _("Booklet of vouchers"),
        "territory": said.commissioner,
        "terms": words.terms(lot.face_cents, said),
        "notice": words.notice(lot, said),
        "booklets": [
            {
                "title": words.booklet_title([one.serial for one in booklet]),
                "phone": phone,
                "vouchers": [
                    voucher(one, named.get(one.serial, ""), square=squares.get(one.serial, ""))
                    for one in booklet
                ],
            }
            for booklet in booklets
        ],
    }
    return compile_pdf(BOOKLET, data, at=at)


def voucher(issued: IssuedCode, holder: str = "", *, square: str = "") -> dict[str, Any]:
    """Give one voucher as the template takes it: number, groups of the code, square code.

    Args:
        square: text of a signed square; blank puts the code in it.
    """
    number = words.number_words(issued.serial)
    return {
        "number": number,
        "groups": [issued.code[at : at + GROUP] for at in range(0, len(issued.code), GROUP)],
        "qr": qr.svg(square or issued.code),
        "alt": _("Square code of voucher no. %(number)s, written in letters below")
        % {"number": number},
        "holder": holder,
    }
