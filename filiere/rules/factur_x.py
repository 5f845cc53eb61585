"""An invoice as the XML of Factur-X, profile EN 16931: a Cross Industry Invoice.

Pure text: what people wrote is escaped, control characters are left out, and the order of elements
is that of the schema. The same document gives the same bytes.

Source: Factur-X 1.0 (FNFE-MPE), UN/CEFACT Cross Industry Invoice D22B, EN 16931-1.
"""

import re
from collections.abc import Iterable
from datetime import date
from xml.sax.saxutils import escape

from filiere.rules.invoices import Document, Line, Party, VatLine, percent
from filiere.rules.vat import Treatment, wordings

PROFILE = "urn:cen.eu:en16931:2017"
SERVICES = "S1"
"""Business process: an invoice for services, filed by their provider."""
HUNDRED = 100
SIREN, SIRET = ' schemeID="0002"', ' schemeID="0009"'
ADDRESSED = ' schemeID="0225"'
"""Electronic address of an enterprise in the French directory: its SIREN."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What writes a name or an amount backwards.
BACKWARDS = re.compile("[\u202a-\u202e\u2066-\u2069]")
OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rsm:CrossIndustryInvoice'
    ' xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
    ' xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"'
    ' xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"'
    ' xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100">'
)


def write(document: Document) -> bytes:
    """Write the XML of an invoice or a credit note, in UTF-8.

    The amounts are written as they are: it is for the caller that they add up.

    Raises:
        ValueError: no line, or a name of the seller that is blank.

    Source: see the module.

    >>> write.__name__
    'write'
    """
    if not document.lines or not document.seller.name:
        raise ValueError("an invoice has a seller and a line")
    parts = [
        OPENING,
        _context(),
        _heading(document),
        "<rsm:SupplyChainTradeTransaction>",
        *(_line(place, line) for place, line in enumerate(document.lines, start=1)),
        _agreement(document),
        _delivery(document),
        _settlement(document),
        "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>",
    ]
    return "".join(parts).encode()


def money(cents: int) -> str:
    """Write cents as euros with two decimals.

    Source: plain arithmetic.

    >>> money(123456), money(5)
    ('1234.56', '0.05')
    """
    return f"{cents // HUNDRED}.{cents % HUNDRED:02}"


def _text(words: str) -> str:
    return escape(BACKWARDS.sub("", NOT_XML.sub(" ", words)).strip())


def _element(name: str, words: str, attributes: str = "") -> str:
    """One element of text; nothing at all when the text is blank."""
    said = _text(words)
    return f"<ram:{name}{attributes}>{said}</ram:{name}>" if said else ""


def _day(day: date, kind: str = "udt") -> str:
    return f'<{kind}:DateTimeString format="102">{day:%Y%m%d}</{kind}:DateTimeString>'


def _context() -> str:
    return (
        "<rsm:ExchangedDocumentContext>"
        "<ram:BusinessProcessSpecifiedDocumentContextParameter>"
        f"<ram:ID>{SERVICES}</ram:ID>"
        "</ram:BusinessProcessSpecifiedDocumentContextParameter>"
        f"<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{PROFILE}</ram:ID>"
        "</ram:GuidelineSpecifiedDocumentContextParameter>"
        "</rsm:ExchangedDocumentContext>"
    )


def _heading(document: Document) -> str:
    notes = "".join(
        f"<ram:IncludedNote>{_element('Content', note.text)}"
        f"{_element('SubjectCode', note.code)}</ram:IncludedNote>"
        for note in document.notes
    )
    return (
        f"<rsm:ExchangedDocument>{_element('ID', document.number)}"
        f"{_element('TypeCode', document.type_code)}"
        f"<ram:IssueDateTime>{_day(document.issued_on)}</ram:IssueDateTime>"
        f"{notes}</rsm:ExchangedDocument>"
    )


def _rate(treatment: Treatment, rate_bp: int) -> str:
    """The rate; what is outside the tax has none, not even 0."""
    if treatment == Treatment.NOT_SUBJECT:
        return ""
    return f"<ram:RateApplicablePercent>{percent(rate_bp)}</ram:RateApplicablePercent>"


def _line(place: int, line: Line) -> str:
    category = wordings()[line.treatment].category
    quantity = money(line.quantity_hundredths)
    return (
        "<ram:IncludedSupplyChainTradeLineItem>"
        "<ram:AssociatedDocumentLineDocument>"
        f"<ram:LineID>{place}</ram:LineID></ram:AssociatedDocumentLineDocument>"
        f"<ram:SpecifiedTradeProduct>{_element('Name', line.wording)}"
        f"{_element('Description', line.detail)}</ram:SpecifiedTradeProduct>"
        "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>"
        f"<ram:ChargeAmount>{money(line.unit_price_cents)}</ram:ChargeAmount>"
        "</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
        "<ram:SpecifiedLineTradeDelivery>"
        f'<ram:BilledQuantity unitCode="{line.unit.value}">{quantity}</ram:BilledQuantity>'
        "</ram:SpecifiedLineTradeDelivery>"
        "<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>"
        f"<ram:CategoryCode>{category}</ram:CategoryCode>{_rate(line.treatment, line.rate_bp)}"
        "</ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"<ram:LineTotalAmount>{money(line.net_cents)}</ram:LineTotalAmount>"
        "</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>"
        "</ram:IncludedSupplyChainTradeLineItem>"
    )


def _party(party: Party, *, tax: str) -> str:
    """One party.

    Args:
        tax: its registration for tax, ready made; blank without one.
    """
    organisation = _element("ID", party.siren, SIREN)
    address = _element("URIID", party.siren, ADDRESSED)
    reached = f"<ram:URIUniversalCommunication>{address}</ram:URIUniversalCommunication>"
    legal = f"<ram:SpecifiedLegalOrganization>{organisation}</ram:SpecifiedLegalOrganization>"
    return (
        f"{_element('GlobalID', party.siret, SIRET)}"
        f"{_element('Name', party.name)}{_element('Description', _described(party))}"
        f"{legal if organisation else ''}"
        "<ram:PostalTradeAddress>"
        f"{_element('PostcodeCode', party.postcode)}{_element('LineOne', party.street)}"
        f"{_element('CityName', party.city)}{_element('CountryID', party.country)}"
        f"</ram:PostalTradeAddress>{reached if address else ''}{tax}"
    )


def _described(party: Party) -> str:
    return ", ".join(words for words in (party.legal_form, party.registration) if words)


def _tax_of(number: str, scheme: str) -> str:
    registered = _element("ID", number, f' schemeID="{scheme}"')
    return (
        f"<ram:SpecifiedTaxRegistration>{registered}</ram:SpecifiedTaxRegistration>"
        if registered
        else ""
    )


def _is_outside(document: Document) -> bool:
    return any(group.treatment == Treatment.NOT_SUBJECT for group in document.groups)


def _agreement(document: Document) -> str:
    seller, buyer = document.seller, document.buyer
    if _is_outside(document):
        seller_tax = buyer_tax = ""
    else:
        # Who has no number for this tax is known to the tax office by its SIREN.
        known = bool(seller.vat_number)
        seller_tax = _tax_of(seller.vat_number if known else seller.siren, "VA" if known else "FC")
        buyer_tax = _tax_of(buyer.vat_number, "VA")
    order = _element("IssuerAssignedID", document.order_reference)
    ordered = f"<ram:BuyerOrderReferencedDocument>{order}</ram:BuyerOrderReferencedDocument>"
    return (
        "<ram:ApplicableHeaderTradeAgreement>"
        f"{_element('BuyerReference', document.buyer_reference)}"
        f"<ram:SellerTradeParty>{_party(seller, tax=seller_tax)}</ram:SellerTradeParty>"
        f"<ram:BuyerTradeParty>{_party(_plain(buyer), tax=buyer_tax)}</ram:BuyerTradeParty>"
        f"{ordered if order else ''}</ram:ApplicableHeaderTradeAgreement>"
    )


def _plain(buyer: Party) -> Party:
    """A buyer is described by its name alone."""
    return Party(
        name=buyer.name,
        siren=buyer.siren,
        siret=buyer.siret,
        street=buyer.street,
        postcode=buyer.postcode,
        city=buyer.city,
        country=buyer.country,
    )


def _delivery(document: Document) -> str:
    if document.delivered_to is None:
        return "<ram:ApplicableHeaderTradeDelivery/>"
    return (
        "<ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent>"
        f"<ram:OccurrenceDateTime>{_day(document.delivered_to)}</ram:OccurrenceDateTime>"
        "</ram:ActualDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery>"
    )


def _settlement(document: Document) -> str:
    return (
        "<ram:ApplicableHeaderTradeSettlement>"
        f"{_element('PaymentReference', document.number)}"
        "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>"
        f"{_means(document.iban)}{''.join(_tax(document.groups))}{_period(document)}"
        "<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>"
        f"{_day(document.due_on)}</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>"
        f"{_sums(document)}{_corrected(document)}"
        "</ram:ApplicableHeaderTradeSettlement>"
    )


def _means(iban: str) -> str:
    """Payment by SEPA credit transfer, when an account is told."""
    if not iban:
        return ""
    return (
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode>"
        f"<ram:PayeePartyCreditorFinancialAccount>{_element('IBANID', iban)}"
        "</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>"
    )


def _tax(groups: Iterable[VatLine]) -> Iterable[str]:
    for group in groups:
        words = wordings()[group.treatment]
        yield (
            "<ram:ApplicableTradeTax>"
            f"<ram:CalculatedAmount>{money(group.vat_cents)}</ram:CalculatedAmount>"
            f"<ram:TypeCode>VAT</ram:TypeCode>{_element('ExemptionReason', words.mention)}"
            f"<ram:BasisAmount>{money(group.base_cents)}</ram:BasisAmount>"
            f"<ram:CategoryCode>{words.category}</ram:CategoryCode>"
            f"{_element('ExemptionReasonCode', words.reason_code)}"
            f"{_rate(group.treatment, group.rate_bp)}</ram:ApplicableTradeTax>"
        )


def _period(document: Document) -> str:
    if document.delivered_from is None or document.delivered_to is None:
        return ""
    return (
        "<ram:BillingSpecifiedPeriod>"
        f"<ram:StartDateTime>{_day(document.delivered_from)}</ram:StartDateTime>"
        f"<ram:EndDateTime>{_day(document.delivered_to)}</ram:EndDateTime>"
        "</ram:BillingSpecifiedPeriod>"
    )


def _sums(document: Document) -> str:
    return (
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{money(document.net_cents)}</ram:LineTotalAmount>"
        f"<ram:TaxBasisTotalAmount>{money(document.net_cents)}</ram:TaxBasisTotalAmount>"
        f'<ram:TaxTotalAmount currencyID="EUR">{money(document.vat_cents)}</ram:TaxTotalAmount>'
        f"<ram:GrandTotalAmount>{money(document.total_cents)}</ram:GrandTotalAmount>"
        f"<ram:TotalPrepaidAmount>{money(document.paid_cents)}</ram:TotalPrepaidAmount>"
        f"<ram:DuePayableAmount>{money(document.due_cents)}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
    )


def _corrected(document: Document) -> str:
    if document.corrected is None:
        return ""
    number, day = document.corrected
    return (
        f"<ram:InvoiceReferencedDocument>{_element('IssuerAssignedID', number)}"
        f"<ram:FormattedIssueDateTime>{_day(day, 'qdt')}</ram:FormattedIssueDateTime>"
        "</ram:InvoiceReferencedDocument>"
    )
