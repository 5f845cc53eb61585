"""PDF files drawn by Typst from our own templates: tagged, archivable, the same bytes every time.

What people and organisations wrote goes to the template as data, never as markup: a name holding
``#let`` or ``$`` is printed as it is. A template reaches the files of this package and nothing
else; it downloads nothing. Templates are given ``data``, the mapping, by ``library.typ``.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError

PACKAGE = Path(__file__).resolve().parent.parent
FONTS = Path(__file__).with_name("fonts")
LETTERHEAD = Path(__file__).with_name("paper") / "document.typ"
# Archivable for decades and readable by a screen reader (ISO 19005-2 level A, ISO 14289-1).
STANDARDS = ("a-2a", "ua-1")
# The same, for a document that carries a file (ISO 19005-3 level A).
WITH_A_FILE = ("a-3a", "ua-1")
# Half characters, and those each font draws as it likes.
NOT_A_CHARACTER = re.compile("[\ud800-\udfff\ue000-\uf8ff]")
# Control characters, and those that write a name or an amount backwards.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
TURNS_TO_FORGET = 12
PLACE_OF_FAULT = re.compile(r"([\w-]+\.typ:\d+)")


class PdfFailed(FiliereError):
    """Typst refused. Its own words are not repeated: they quote what was to be printed."""

    code = "kernel.pdf_failed"
    message = _("This document could not be drawn (%(where)s).")
    remedy = _("Tell the operator which document it was; nothing was printed.")
    http_status = 500


def compile_pdf(
    template: Path,
    data: Mapping[str, Any],
    *,
    at: datetime,
    standards: tuple[str, ...] = STANDARDS,
) -> bytes:
    """Draw one document: PDF/A-2a and PDF/UA-1.

    A character that none of our fonts has (an emoji, a Chinese name) is against these standards:
    the document is then drawn as an ordinary tagged PDF, with an empty box for it.

    Args:
        template: a ``.typ`` file of this package.
        data: plain values (text, whole numbers, booleans, lists, mappings), with the keys
            ``title`` and ``language`` ("fr" or "en").
        at: date of creation written in the file; same data and date, same bytes.
        standards: what the file must follow; ``WITH_A_FILE`` when the template attaches one.

    Raises:
        PdfFailed: the template cannot be drawn with these data; nothing is written.
        ValueError: ``at`` has no time zone.
        TypeError: a value is not plain, or is a float.
    """
    if at.tzinfo is None:
        raise ValueError("at: an aware moment")
    text = json.dumps(_printable(data), ensure_ascii=False, allow_nan=False, default=_refuse)
    try:
        return _draw(template, text, at, standards)
    except typst.TypstError as refusal:
        if "could not be displayed with font" not in refusal.message:
            raise _failed(template, refusal) from None
    try:
        return _draw(template, text, at, ())
    except typst.TypstError as refusal:
        raise _failed(template, refusal) from None


def forget() -> None:
    """Give back the memory of what was drawn: whoever draws thousands of sheets calls it between.

    Typst keeps its working memory until it has drawn ten other documents, so ten blank ones are
    drawn: about 50 ms.
    """
    for _turn in range(TURNS_TO_FORGET):
        typst.compile(b"", format="pdf", font_paths=_fonts(), ignore_system_fonts=True)


def _draw(template: Path, data: str, at: datetime, standards: tuple[str, ...]) -> bytes:
    """Run the compiler in this process, without network, packages or fonts of the system."""
    drawn: bytes = typst.compile(  # type: ignore[call-overload]
        template,
        format="pdf",
        root=PACKAGE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        package_path=PACKAGE / "no-packages",
        package_cache_path=PACKAGE / "no-packages",
        sys_inputs={"data": data},
        pdf_standards=list(standards),
        timestamp=int(at.timestamp()),
    )
    return drawn


@cache
def _fonts() -> typst.Fonts:
    """Read our fonts, and those Typst carries for the alphabets ours do not have, once."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)]
    )


def _printable(value: Any) -> Any:
    """Replace what no paper can show, and what would turn the reading order round."""
    if isinstance(value, str):
        return CONTROL.sub(" ", NOT_A_CHARACTER.sub("\ufffd", value))
    if isinstance(value, Mapping):
        return {str(key): _printable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one) for one in value]
    if isinstance(value, float):
        raise TypeError("a float in a document: write the amount or the share in words")
    return value


def _refuse(value: object) -> str:
    """Refuse what is not plain, so that no object is printed by accident."""
    raise TypeError(f"not a plain value: {type(value).__name__}")


def _failed(template: Path, refusal: typst.TypstError) -> PdfFailed:
    """Name the line of the template at fault, without a word of what was to be printed."""
    place = PLACE_OF_FAULT.search(refusal.diagnostic)
    return PdfFailed(where=place.group(1) if place else template.name)
