"""The letter that carries one voucher: plain words above, the voucher to cut out below."""

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from filiere.kernel.calendar import legal_day
from filiere.kernel.pdf import compile_pdf
from filiere.kernel.wording import Euros
from filiere.vouchers.models import Lot, LotMode
from filiere.vouchers.paper import words
from filiere.vouchers.paper.booklets import voucher
from filiere.vouchers.services.issue import IssuedCode

LETTER = Path(__file__).with_name("letter.typ")


def letter_pdf(
    *,
    lot: Lot,
    issued: IssuedCode,
    worth_cents: int,
    name: str,
    sender: str,
    phone: str,
    at: datetime,
    square: str = "",
) -> bytes:
    """Draw one sheet of A4; the result holds a secret code.

    Args:
        worth_cents: what is left on the voucher, in cents.
        name: the holder, as in an address; on the voucher itself only if the lot is nominal.
            Blank when no name is kept.
        sender: organisation that hands it out.
        square: text of its signed square; blank puts the code in it.

    Raises:
        PdfFailed: nothing was drawn.
    """
    said = words.lot_words(lot)
    data = {
        "title": _("Your digital help voucher"),
        "author": sender,
        "language": words.language(),
        "kind": sender,
        "territory": said.commissioner,
        "addressee": [name] if name else [],
        "on": words.day_words(legal_day(at)),
        "heading": _("Here is your digital help voucher"),
        "sentences": [
            _(
                "It is worth %(worth)s, until %(day)s. It is paid by %(funders)s; you have nothing"
                " to pay to receive it."
            )
            % {
                "worth": Euros(worth_cents),
                "day": said.last_day,
                "funders": ", ".join(said.funders),
            },
            _(
                "Cut out the voucher below and take it to your session. The place scans it, or"
                " types its number and its 8 framed signs."
            ),
            _(
                "Keep it like money: never put a photograph of it online. If you lose it, call"
                " us: we stop it and make you a new one, with what was left."
            ),
            _(
                "Its square code opens no website. Nobody will ever ask you for your password or"
                " your bank card to use it."
            ),
        ],
        "phone_label": _("To call:"),
        "phone": phone,
        "cut": _("Cut here"),
        "terms": words.terms(worth_cents, said),
        "voucher": voucher(issued, name if lot.mode == LotMode.NOMINAL else "", square=square),
    }
    return compile_pdf(LETTER, data, at=at)
