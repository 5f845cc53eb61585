"""The XML of Factur-X, judged by its schema and its business rules (schema and schematron)."""

from dataclasses import replace
from datetime import date

import facturx
import pytest

from filiere.rules import factur_x
from filiere.rules.invoices import (
    Document,
    Line,
    Party,
    Quantity,
    TypeCode,
    VatLine,
    number_of,
    payment_notes,
    percent,
)
from filiere.rules.vat import Amount, Treatment, tax
from tests.schematron import FRENCH, broken_rules

PROFILE = {"flavor": "factur-x", "level": "en16931"}
DAY = date(2026, 11, 22)
SELLER = Party(
    name="Médiathèque & fils <du fil>",
    siren="732829320",
    siret="73282932000074",
    legal_form="Association loi 1901",
    street="1 rue du Fil",
    postcode="23000",
    city="Guéret",
)
BUYER = replace(SELLER, name="Caisse de la Creuse", legal_form="")


def document(*lines: tuple[Treatment, int, int], told: bool = True, **fields) -> Document:
    """An invoice of lines given as treatment, rate and cents."""
    amounts = [Amount(*line) for line in lines]
    taxed = tax(amounts, tax_included=told)
    number = any(one.treatment == Treatment.STANDARD for one in amounts)
    return Document(
        **{
            "number": "F-2026-000001",
            "type_code": TypeCode.INVOICE,
            "issued_on": DAY,
            "due_on": date(2026, 12, 22),
            "seller": replace(SELLER, vat_number="FR44732829320" if number else ""),
            "buyer": BUYER,
            "lines": tuple(
                Line(
                    "Atelier",
                    "3 séances",
                    Quantity.PIECE,
                    100,
                    net,
                    net,
                    one.treatment,
                    one.rate_bp,
                )
                for one, net in zip(amounts, taxed.nets, strict=True)
            ),
            "groups": tuple(
                VatLine(one.treatment, one.rate_bp, one.base_cents, one.vat_cents)
                for one in taxed.groups
            ),
            "net_cents": taxed.net_cents,
            "vat_cents": taxed.vat_cents,
            "total_cents": taxed.total_cents,
            "iban": "FR7630006000011234567890189",
            "notes": payment_notes(late_rate_bp=1200, on=DAY, professional=True),
            "delivered_from": date(2026, 11, 1),
            "delivered_to": date(2026, 11, 20),
        }
        | fields
    )


STANDARD = (Treatment.STANDARD, 2000, 3001)
CASES = {
    "standard": document(STANDARD, (Treatment.STANDARD, 2000, 1250)),
    "unreachable sum with tax": document((Treatment.STANDARD, 2000, 3)),
    "two groups": document(STANDARD, (Treatment.TRAINING, 0, 5000), told=False),
    "franchise": document((Treatment.FRANCHISE, 0, 3000)),
    "association": document((Treatment.ASSOCIATION, 0, 3000)),
    "training": document((Treatment.TRAINING, 0, 3000)),
    "public seller": document((Treatment.NOT_SUBJECT, 0, 3000)),
    "public buyer": document(STANDARD, buyer_reference="SOCIAL", order_reference="ENG-42"),
    "person, paid": document(STANDARD, buyer=Party(name="Odile Marchand"), paid_cents=3001),
    "credit note": document(
        STANDARD,
        type_code=TypeCode.CREDIT_NOTE,
        number="A-2026-000001",
        corrected=("F-2026-000001", DAY),
        iban="",
    ),
    "signs no XML may hold": document(
        STANDARD, buyer=Party(name="A\x00B\u202e ]]> & < \" ' \x1b \ufffe fin")
    ),
}

PERSONS = {"person, paid", "signs no XML may hold"}


@pytest.mark.parametrize("case", CASES)
def test_write_follows_the_schema_and_the_business_rules(case):
    xml = factur_x.write(CASES[case])
    assert facturx.xml_check_xsd(xml, **PROFILE)
    assert broken_rules(xml) == []


@pytest.mark.parametrize("case", sorted(set(CASES) - PERSONS))
def test_write_between_organisations_follows_the_french_rules(case):
    assert broken_rules(factur_x.write(CASES[case]), FRENCH) == []


def test_the_rules_would_have_refused_a_sum_that_is_false():
    wrong = replace(CASES["standard"], total_cents=9999)
    assert [rule[:10] for rule in broken_rules(factur_x.write(wrong))] == ["[BR-CO-15]"]


def test_write_gives_the_same_bytes_for_the_same_document():
    assert factur_x.write(CASES["standard"]) == factur_x.write(CASES["standard"])


def test_write_refuses_an_invoice_without_line_or_seller():
    for wrong in ({"lines": ()}, {"seller": Party(name="")}):
        with pytest.raises(ValueError, match="a seller and a line"):
            factur_x.write(replace(CASES["standard"], **wrong))


def test_number_of_refuses_rank_0():
    assert number_of(code="A", year=2027, rank=1_234_567) == "A-2027-1234567"
    with pytest.raises(ValueError, match="above 0"):
        number_of(code="F", year=2026, rank=0)


def test_payment_notes_ask_the_recovery_fee_of_professionals_only():
    assert "40\u00a0€" in payment_notes(late_rate_bp=1050, on=DAY, professional=True)[2].text
    assert "10,5\u00a0%" in payment_notes(late_rate_bp=1050, on=DAY, professional=True)[1].text
    assert [note.code for note in payment_notes(late_rate_bp=0, on=DAY, professional=False)] == [
        "AAB"
    ]
    assert percent(0) == "0"
