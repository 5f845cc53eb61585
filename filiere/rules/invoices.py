"""An invoice or a credit note as a document, whatever draws it; and the sentences it must carry.

Amounts are integer euro cents, quantities hundredths of a unit. The sentences of the law are in
French on every invoice, whatever the language of the page: they are quoted, not translated.

Source: Code de commerce, art. L. 441-9, L. 441-10 and D. 441-5; CGI, annexe II, art. 242 nonies A.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from filiere.rules import parameters
from filiere.rules.vat import BASIS_POINTS, Treatment


class TypeCode(StrEnum):
    """What the document is, in the code list UNTDID 1001."""

    INVOICE = "380"
    CREDIT_NOTE = "381"


class Quantity(StrEnum):
    """Unit of a line's quantity, in the code list UN/ECE Recommendation 20."""

    PIECE = "C62"
    HOUR = "HUR"


@dataclass(frozen=True, slots=True)
class Party:
    """Who invoices or who is invoiced; a blank is not known. A person has a name at most."""

    name: str
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    legal_form: str = ""
    registration: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"

    def address(self) -> tuple[str, ...]:
        """Give the lines of the address that are known."""
        town = f"{self.postcode} {self.city}".strip()
        return tuple(line for line in (self.street, town) if line)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``net_cents`` without tax; ``detail`` may be blank."""

    wording: str
    detail: str
    unit: Quantity
    quantity_hundredths: int
    unit_price_cents: int
    net_cents: int
    treatment: Treatment
    rate_bp: int


@dataclass(frozen=True, slots=True)
class VatLine:
    """One group of treatment and rate: its base and its tax, in cents."""

    treatment: Treatment
    rate_bp: int
    base_cents: int
    vat_cents: int


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence of the invoice; ``code`` tells programs what it is about (UNTDID 4451)."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """An issued invoice or credit note, ready to be written as XML or drawn.

    Attributes:
        paid_cents: what was paid before it was issued; 0 <= paid_cents <= total_cents.
        buyer_reference: the service of a public body that takes the invoice (Chorus Pro).
        order_reference: the engagement number of a public body, or an order number.
        corrected: number and day of the invoice a credit note corrects.
    """

    number: str
    type_code: TypeCode
    issued_on: date
    due_on: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    groups: tuple[VatLine, ...]
    net_cents: int
    vat_cents: int
    total_cents: int
    paid_cents: int = 0
    iban: str = ""
    notes: tuple[Note, ...] = ()
    delivered_from: date | None = None
    delivered_to: date | None = None
    buyer_reference: str = ""
    order_reference: str = ""
    corrected: tuple[str, date] | None = None

    @property
    def due_cents(self) -> int:
        """What is still to be paid."""
        return self.total_cents - self.paid_cents


def percent(basis_points: int) -> str:
    """Write a rate in percent, with a point and no needless zero: 2000 is "20", 550 is "5.5".

    Source: plain arithmetic.

    >>> percent(2000), percent(550), percent(1045)
    ('20', '5.5', '10.45')
    """
    whole, rest = divmod(basis_points, BASIS_POINTS // 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else str(whole)


def number_of(*, code: str, year: int, rank: int) -> str:
    """Write the number of a document: its series, its year, its rank, never a gap.

    Args:
        rank: >= 1.

    Source: CGI, annexe II, art. 242 nonies A, I-7: a unique number in an unbroken sequence.

    >>> number_of(code="F", year=2026, rank=42)
    'F-2026-000042'
    """
    if rank < 1:
        raise ValueError(f"rank is not above 0: {rank}")
    return f"{code}-{year}-{rank:06}"


def payment_notes(*, late_rate_bp: int, on: date, professional: bool) -> tuple[Note, ...]:
    """Give the sentences about late payment and discount.

    Args:
        late_rate_bp: yearly rate of late penalties, in basis points.
        on: day of issue.
        professional: the recovery fee is due between professionals only.

    Source: Code de commerce, art. L. 441-10 and D. 441-5; ``invoice.recovery_fee_cents``.

    >>> [note.code for note in payment_notes(
    ...     late_rate_bp=1200, on=date(2026, 11, 22), professional=True)]
    ['AAB', 'PMD', 'PMT']
    """
    discount = Note("AAB", "Pas d’escompte pour paiement anticipé.")
    if not professional:
        return (discount,)
    rate = percent(late_rate_bp).replace(".", ",")
    fee = parameters.whole("invoice.recovery_fee_cents", on)
    return (
        discount,
        Note("PMD", f"Pénalités de retard : {rate} % par an, exigibles sans rappel."),
        Note(
            "PMT",
            f"Indemnité forfaitaire pour frais de recouvrement en cas de retard : {fee // 100} €.",
        ),
    )
