"""The bank file of a batch: a SEPA credit transfer (pain.001.001.09), the same at each writing.

Pure: no database and no clock. The schema is the one sepaxml ships.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError, try_valid_xml

from filiere.rules.sepa import sepa_text
from filiere.settlement.errors import BankFileRefused

SCHEMA = "pain.001.001.09"
MASK = "XXXX"
_IBAN = re.compile(r"<IBAN>([^<]+)</IBAN>")
NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"


@dataclass(frozen=True, slots=True)
class Debtor:
    """The ring-fenced account that pays: holder's name, IBAN, BIC."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One line of the file; ``amount_cents`` is above 0."""

    name: str
    iban: str
    bic: str
    amount_cents: int
    end_to_end_id: str
    remittance: str


def write_bank_file(
    *,
    label: str,
    debtor: Debtor,
    transfers: Sequence[Transfer],
    created_at: datetime,
    execute_on: date,
) -> str:
    """Write the file of a batch, checked against the banks' schema.

    The same arguments give the same text, so that a file written twice is one file.

    Args:
        label: name of the batch, at most 26 capitals, digits and hyphens.
        created_at: moment written in the file.
        execute_on: day the bank is asked to pay.

    Raises:
        BankFileRefused: the result does not follow the schema, or its total is not the batch's.

    Source: ISO 20022 pain.001.001.09, European Payments Council implementation guidelines.
    """
    config = {
        "name": sepa_text(debtor.name),
        "IBAN": debtor.iban,
        "BIC": debtor.bic,
        "batch": True,
        "currency": "EUR",
    }
    sepa = SepaTransfer(config, schema=SCHEMA, clean=False)
    for transfer in transfers:
        payment = {
            "name": sepa_text(transfer.name),
            "IBAN": transfer.iban,
            "amount": transfer.amount_cents,
            "execution_date": execute_on,
            "description": sepa_text(transfer.remittance, 140),
            "endtoend_id": transfer.end_to_end_id,
        }
        if transfer.bic:
            payment["BIC"] = transfer.bic
        sepa.add_payment(payment)
    text = _stamped(sepa.export(validate=False), label=label, created_at=created_at)
    try:
        try_valid_xml(text.encode(), SCHEMA)
    except ValidationError as error:
        reason = getattr(error.__cause__, "reason", None) or str(error)
        raise BankFileRefused(reason=str(reason)[:200]) from error
    if control_sum(text) != sum(transfer.amount_cents for transfer in transfers):
        raise BankFileRefused(reason="control sum")
    return text


def masked(text: str) -> str:
    """Hide the accounts of a bank file, for whoever may read it and not send it.

    Only the last four signs of each IBAN stay; such a copy can no longer be given to a bank.
    """
    return _IBAN.sub(lambda found: f"<IBAN>{MASK}{found[1][-4:]}</IBAN>", text)


def control_sum(text: str) -> int:
    """Read the control sum of a bank file, in euro cents."""
    root = ET.fromstring(text.encode())  # noqa: S314 - we wrote it
    found = root.findtext(f".//{{{NAMESPACE}}}GrpHdr/{{{NAMESPACE}}}CtrlSum")
    return int((found or "0").replace(".", ""))


def _stamped(xml: bytes, *, label: str, created_at: datetime) -> str:
    """Replace the library's random references and clock with the batch's own."""
    ET.register_namespace("", NAMESPACE)
    root = ET.fromstring(xml)  # noqa: S314 - we wrote it
    stamps = {
        "MsgId": label,
        "PmtInfId": label,
        "CreDtTm": created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for name, value in stamps.items():
        for node in root.iter(f"{{{NAMESPACE}}}{name}"):
            node.text = value
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ET.tostring(root, encoding="unicode") + "\n"
