"""How pages say what an issuer, an invoice and the calendar of electronic invoices are."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiere.billing.models import Invoice, InvoiceKind, Issuer, IssuerSize, VatRegime
from filiere.billing.queries.receivables import Position
from filiere.rules.e_invoicing import Size, Stance, duties
from filiere.rules.invoices import Document
from filiere.rules.parameters import Confidence
from filiere.rules.vat import Treatment, wordings
from filiere.web.formats import day_words, euros
from filiere.web.receivable_words import state_sentence

REGIMES = [
    (VatRegime.ASSOCIATION.value, gettext_lazy("No VAT: non-profit body (261-7-1° b)")),
    (VatRegime.FRANCHISE.value, gettext_lazy("No VAT: small turnover (293 B)")),
    (VatRegime.TRAINING.value, gettext_lazy("No VAT: training (261-4-4°)")),
    (VatRegime.NOT_SUBJECT.value, gettext_lazy("No VAT: public body (256 B)")),
    (VatRegime.STANDARD.value, gettext_lazy("VAT at 20 %")),
]
SIZES = [
    (IssuerSize.MICRO.value, gettext_lazy("Very small (under 10 people)")),
    (IssuerSize.SMALL.value, gettext_lazy("Small or medium (under 250 people)")),
    (IssuerSize.MIDDLE.value, gettext_lazy("Middle (under 5,000 people)")),
    (IssuerSize.LARGE.value, gettext_lazy("Large")),
]


def mentions(document: Document) -> list[str]:
    """Give the sentences of the law an invoice bears, those on the tax first; quoted in French."""
    told = wordings()
    on_tax = {told[group.treatment].mention: None for group in document.groups}
    return [*(words for words in on_tax if words), *(note.text for note in document.notes)]


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty in words: what, where one stands, and how sure it is."""

    what: str
    stance: str
    is_in_force: bool
    source: str


def kind_words(invoice: Invoice) -> str:
    """Name what was issued."""
    return _("Credit note") if invoice.kind == InvoiceKind.CREDIT_NOTE else _("Invoice")


def state_words(invoice: Invoice, *, position: Position | None, on: date) -> str:
    """Say where an invoice stands on a day: given back, paid, or what is left to pay and when.

    Args:
        position: its money; None for a credit note.
    """
    if position is None:
        return _("given back")
    if position.elsewhere_cents >= invoice.total_cents > position.credited_cents:
        return _("paid when it was issued")
    day = day_words(invoice.due_on, year=True)
    is_open = position.open_cents > 0 and on <= invoice.due_on
    if is_open and not position.settled_cents and not position.elsewhere_cents:
        if not position.credited_cents:
            return _("to pay before %(day)s") % {"day": day}
        words = _("to pay before %(day)s, less %(amount)s given back")
        return words % {"day": day, "amount": euros(position.credited_cents)}
    return state_sentence(position, due_on=invoice.due_on, on=on)


def duty_lines(issuer: Issuer, *, on: date) -> list[DutyLine]:
    """Write the calendar of electronic invoices for one issuer."""
    names = {
        "receive": _("Receive electronic invoices"),
        "issue": _("Send electronic invoices to enterprises"),
        "report": _("Report sales to persons"),
    }
    return [
        DutyLine(
            what=names[one.key],
            stance=_stance(one.stance, one.from_on),
            is_in_force=one.stance == Stance.IN_FORCE,
            source=_sourced(one.source, one.confidence),
        )
        for one in duties(Treatment(issuer.vat_regime), Size(issuer.size), on=on)
    ]


def _stance(stance: Stance, from_on: date) -> str:
    if stance == Stance.OUTSIDE:
        return _("does not concern you")
    words = _("since %(day)s") if stance == Stance.IN_FORCE else _("from %(day)s")
    return words % {"day": day_words(from_on, year=True)}


def _sourced(source: str, confidence: Confidence) -> str:
    if confidence == Confidence.MEMORY:
        return _("%(source)s; to check with your accountant") % {"source": source}
    return source
