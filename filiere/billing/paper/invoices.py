"""One invoice as a Factur-X file: PDF/A-3 that a person reads, with the XML a program reads.

Drawing needs no database: a process of its own can do it. Invoices are written in French.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from filiere.kernel.pdf import WITH_A_FILE, compile_pdf
from filiere.kernel.pdf_metadata import MetadataUnknown, with_metadata
from filiere.kernel.wording import Day, Euros
from filiere.rules import factur_x
from filiere.rules.invoices import Document, Party, Quantity, TypeCode, VatLine, percent
from filiere.rules.vat import Treatment, wordings

TEMPLATE = Path(__file__).with_name("invoice.typ")
LANGUAGE = "fr"
LINES_ON_A_PAGE = 6
FILE_NAME = "factur-x.xml"
NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
# What the file says of itself: which file is in it, and how complete that one is.
FACTS = {
    "DocumentFileName": (FILE_NAME, "Name of the embedded XML invoice file"),
    "DocumentType": ("INVOICE", "Type of the embedded document"),
    "Version": ("1.0", "Version of the standard of the embedded XML"),
    "ConformanceLevel": ("EN 16931", "Conformance level of the embedded XML"),
}


def _schema() -> str:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
        f"<pdfaProperty:description>{words}</pdfaProperty:description>"
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
        for name, (_value, words) in FACTS.items()
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
        f"{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )


def _facts() -> str:
    told = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _words) in FACTS.items())
    return f'<rdf:Description rdf:about="" xmlns:fx="{NAMESPACE}">{told}</rdf:Description>'


SCHEMA, TOLD = _schema(), _facts()


def invoice_pdf(document: Document, *, at: datetime) -> bytes:
    """Draw one invoice or credit note.

    A character that no font of ours has is printed as an empty box, and the file then follows
    neither PDF/A nor the profile's metadata; its XML is right all the same.

    Args:
        at: moment written in the file; the moment of issue gives the same bytes each time.

    Raises:
        PdfFailed: it cannot be drawn; nothing is written.
    """
    with translation.override(LANGUAGE):
        data = _data(document)
    drawn = compile_pdf(TEMPLATE, data, at=at, standards=WITH_A_FILE)
    try:
        return with_metadata(drawn, schema=SCHEMA, facts=TOLD)
    except MetadataUnknown:
        return drawn


def _data(document: Document) -> dict[str, Any]:
    credit = document.type_code == TypeCode.CREDIT_NOTE
    kind = _("Credit note") if credit else _("Invoice")
    return {
        "title": f"{kind} {document.number}",
        "author": document.seller.name,
        "language": LANGUAGE,
        "kind": kind,
        "number": document.number,
        "on": str(Day(document.issued_on)),
        "seller": _seller(document.seller),
        "buyer-label": _("To the attention of"),
        "buyer": _buyer(document.buyer),
        "heading": _heading(document),
        "reason": _corrects(document),
        "facts": list(_about(document)),
        "head": [_("Service"), _("Quantity"), _("Price excl. tax"), _("Amount excl. tax")],
        "rows": [
            {
                "wording": line.wording,
                "detail": line.detail,
                "quantity": _quantity(line.quantity_hundredths, line.unit),
                "price": str(Euros(line.unit_price_cents)),
                "net": str(Euros(line.net_cents)),
            }
            for line in document.lines
        ],
        "sums": list(_sums(document)),
        "total": _total(document),
        "payment-title": _("How to pay"),
        "payment": list(_payment(document)),
        "sentences": list(_sentences(document)),
        "numbered": len(document.lines) > LINES_ON_A_PAGE,
        "foot": f"{document.seller.name} · {kind} {document.number}",
        "xml": factur_x.write(document).decode(),
        "xml-name": FILE_NAME,
        "xml-words": _("The same invoice, for programs (Factur-X, EN 16931)"),
    }


def _heading(document: Document) -> str:
    """The conclusion first: what is left to pay, or that nothing is."""
    if document.type_code == TypeCode.CREDIT_NOTE:
        return _("%(amount)s given back") % {"amount": Euros(document.total_cents)}
    if document.due_cents == 0:
        return _("Paid: nothing is left to pay")
    return _("%(amount)s to pay before %(day)s") % {
        "amount": Euros(document.due_cents),
        "day": Day(document.due_on),
    }


def _corrects(document: Document) -> str:
    if document.corrected is None:
        return ""
    number, day = document.corrected
    reason = next((note.text for note in document.notes if note.code == "AAI"), "")
    words = _("Corrects the invoice %(number)s of %(day)s. Reason: %(reason)s")
    return words % {"number": number, "day": Day(day), "reason": reason}


def _seller(party: Party) -> list[str]:
    numbers = (
        (_("SIREN %(number)s"), party.siren if not party.siret else ""),
        (_("SIRET %(number)s"), party.siret),
        (_("VAT number %(number)s"), party.vat_number),
    )
    told = [words % {"number": number} for words, number in numbers if number]
    form = [words for words in (party.legal_form, party.registration) if words]
    return [party.name, *form, *party.address(), *told]


def _buyer(party: Party) -> list[str]:
    siret = [_("SIRET %(number)s") % {"number": party.siret}] if party.siret else []
    return [party.name, *party.address(), *siret]


def _about(document: Document) -> Iterator[list[str]]:
    if document.delivered_from and document.delivered_to:
        if document.delivered_from == document.delivered_to:
            yield [_("Service of"), str(Day(document.delivered_to))]
        else:
            days = _("from %(first)s to %(last)s") % {
                "first": Day(document.delivered_from),
                "last": Day(document.delivered_to),
            }
            yield [_("Services"), days]
    if document.buyer_reference:
        yield [_("Service code (Chorus Pro, to verify)"), document.buyer_reference]
    if document.order_reference:
        yield [_("Engagement or order number (to verify)"), document.order_reference]


def _quantity(hundredths: int, unit: Quantity) -> str:
    exact = Decimal(hundredths) / 100
    number = number_format(exact.normalize() if exact % 1 else exact.to_integral_value())
    return f"{number}\u00a0h" if unit == Quantity.HOUR else number


def _sums(document: Document) -> Iterator[list[str]]:
    yield [_("Total excl. tax"), str(Euros(document.net_cents))]
    for group in document.groups:
        if group.treatment == Treatment.STANDARD:
            yield [_rate(group), str(Euros(group.vat_cents))]
    if document.paid_cents:
        yield [_("Total incl. tax"), str(Euros(document.total_cents))]
        yield [_("Already paid"), str(Euros(-document.paid_cents))]


def _rate(group: VatLine) -> str:
    rate = percent(group.rate_bp).replace(".", ",")
    return _("VAT %(rate)s %% on %(base)s") % {"rate": rate, "base": Euros(group.base_cents)}


def _total(document: Document) -> list[str]:
    if document.type_code == TypeCode.CREDIT_NOTE:
        return [_("Given back, incl. tax"), str(Euros(document.total_cents))]
    if document.paid_cents:
        return [_("Left to pay"), str(Euros(document.due_cents))]
    return [_("To pay, incl. tax"), str(Euros(document.total_cents))]


def _payment(document: Document) -> Iterator[list[str]]:
    if document.due_cents == 0 or not document.iban:
        return
    groups = [document.iban[at : at + 4] for at in range(0, len(document.iban), 4)]
    yield [_("By transfer to"), "\u00a0".join(groups)]
    yield [_("Write as reference"), document.number]
    yield [_("Before"), str(Day(document.due_on))]


def _sentences(document: Document) -> Iterator[str]:
    """The sentence of the law on the tax, once each, then those on payment."""
    seen = set()
    for group in document.groups:
        mention = wordings()[group.treatment].mention
        if mention and mention not in seen:
            seen.add(mention)
            yield f"{mention}."
    for note in document.notes:
        if note.code != "AAI":
            yield note.text
