"""What a bank answers to a file of credit transfers: pain.002.001.03, read safely.

Pure: bytes in, a ``StatusReport`` out. Definitions of types and entities are refused before the
text is parsed, so that a file can neither open another one nor swell in memory.

Source: ISO 20022 pain.002.001.03 (customer payment status report), European Payments Council
implementation guidelines; external code list of transaction statuses.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element

from filiere.rules import safe_xml

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"
MAX_BYTES = 20_000_000
_CENTS = 2


class StatusFileError(ValueError):
    """The file cannot be read as a pain.002.001.03; the text is technical, in English."""


class Verdict(StrEnum):
    """What the bank says of a transfer. PART is only said of a whole file."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WAITING = "waiting"
    PART = "part"


VERDICTS = {
    "RJCT": Verdict.REJECTED,
    "ACCP": Verdict.ACCEPTED,
    "ACSP": Verdict.ACCEPTED,
    "ACSC": Verdict.ACCEPTED,
    "ACWC": Verdict.ACCEPTED,
    "ACTC": Verdict.WAITING,
    "RCVD": Verdict.WAITING,
    "PDNG": Verdict.WAITING,
    "PART": Verdict.PART,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: an ISO 20022 reason code of at most 4 signs (blank when none), and the bank's words."""

    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class TransferStatus:
    """What the bank says of one transfer; ``amount_cents`` is None when it does not repeat it."""

    end_to_end_id: str
    verdict: Verdict
    reason: Reason
    amount_cents: int | None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One answer: which file it is about, what is said of all of it, and of single transfers.

    ``whole`` is None when nothing is said of the whole file.
    """

    message_id: str
    original_message_id: str
    whole: Verdict | None
    reason: Reason
    transfers: tuple[TransferStatus, ...]


def parse(content: bytes) -> StatusReport:
    """Read a bank's answer.

    A status said of the only payment group stands for the whole file when the file has none.

    Args:
        content: the file as received, at most 20 MB.

    Raises:
        StatusFileError: not XML, not a pain.002.001.03, holding a DTD or an entity, too long, a
            status or an amount that cannot be understood.

    Source: ISO 20022 pain.002.001.03.
    """
    root = _root(content)
    report = _child(root, "CstmrPmtStsRpt")
    if root.tag != _name("Document") or report is None:
        raise StatusFileError("not a pain.002.001.03 document")
    original = _child(report, "OrgnlGrpInfAndSts")
    message_id = _text(report, "GrpHdr", "MsgId")
    original_id = _text(original, "OrgnlMsgId") if original is not None else ""
    if original is None or not message_id or not original_id:
        raise StatusFileError("MsgId or OrgnlMsgId is missing")
    groups = report.findall(_name("OrgnlPmtInfAndSts"))
    said, reason = _status(original, "GrpSts"), _reason(original)
    if said is None and len(groups) == 1:
        said, reason = _status(groups[0], "PmtInfSts"), _reason(groups[0])
    return StatusReport(
        message_id=message_id,
        original_message_id=original_id,
        whole=said,
        reason=reason,
        transfers=tuple(_transfers(groups)),
    )


def _root(content: bytes) -> Element:
    if len(content) > MAX_BYTES:
        raise StatusFileError(f"longer than {MAX_BYTES} bytes")
    try:
        return safe_xml.parse(content)
    except safe_xml.UnsafeXml as error:
        raise StatusFileError(str(error)) from error
    except safe_xml.NotXml as error:
        raise StatusFileError(f"not well-formed XML: {error}") from error


def _transfers(groups: Iterable[Element]) -> Iterable[TransferStatus]:
    for group in groups:
        inherited = _status(group, "PmtInfSts")
        for node in group.findall(_name("TxInfAndSts")):
            verdict = _status(node, "TxSts") or inherited
            reference = _text(node, "OrgnlEndToEndId")
            if verdict is None or verdict == Verdict.PART or not reference:
                raise StatusFileError("a transfer without status or OrgnlEndToEndId")
            found = _reason(node)
            yield TransferStatus(
                end_to_end_id=reference,
                verdict=verdict,
                reason=found if found.code or found.text else _reason(group),
                amount_cents=_amount(node),
            )


def _status(node: Element, tag: str) -> Verdict | None:
    code = _text(node, tag)
    if not code:
        return None
    if code not in VERDICTS:
        raise StatusFileError(f"unknown status {code!r}")
    return VERDICTS[code]


def _reason(node: Element) -> Reason:
    information = _child(node, "StsRsnInf")
    if information is None:
        return Reason()
    code = _text(information, "Rsn", "Cd") or _text(information, "Rsn", "Prtry")
    texts = [one.text or "" for one in information.findall(_name("AddtlInf"))]
    return Reason(code[:4], " ".join(" ".join(texts).split())[:140])


def _amount(node: Element) -> int | None:
    reference = _child(node, "OrgnlTxRef")
    amount = None if reference is None else _child(reference, "Amt")
    written = "" if amount is None else _text(amount, "InstdAmt")
    if not written:
        return None
    whole, _point, part = written.partition(".")
    if not (whole + part).isdecimal() or not (whole + part).isascii() or len(part) > _CENTS:
        raise StatusFileError(f"amount {written!r} is not in cents")
    return int(whole or "0") * 100 + int(part.ljust(_CENTS, "0"))


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _child(node: Element, tag: str) -> Element | None:
    return node.find(_name(tag))


def _text(node: Element, *path: str) -> str:
    return (node.findtext("/".join(_name(tag) for tag in path)) or "").strip()
