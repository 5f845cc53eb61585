import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.payment_status import (
    NAMESPACE,
    Reason,
    StatusFileError,
    TransferStatus,
    Verdict,
    parse,
)


def answer(
    inside: str, *, head: str = "", original: str = "<OrgnlMsgId>VIR-1</OrgnlMsgId>"
) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<Document xmlns="{NAMESPACE}">'
        "<CstmrPmtStsRpt><GrpHdr><MsgId>BQ-1</MsgId></GrpHdr>"
        f"<OrgnlGrpInfAndSts>{original}</OrgnlGrpInfAndSts>{inside}</CstmrPmtStsRpt></Document>"
    ).encode()


def transfer(reference="VIR-1-000001-1", status="RJCT", *, more=""):
    return (
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>VIR-1</OrgnlPmtInfId><TxInfAndSts>"
        f"<OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>{more}"
        "</TxInfAndSts></OrgnlPmtInfAndSts>"
    )


WHY = (
    "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>compte</AddtlInf><AddtlInf>clos </AddtlInf>"
    "</StsRsnInf>"
)


def amount(written: str) -> str:
    return f'<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">{written}</InstdAmt></Amt></OrgnlTxRef>'


def test_parse_reads_a_rejection_with_its_reason_and_amount():
    report = parse(answer(transfer(more=WHY + amount("30.5"))))
    assert (report.message_id, report.original_message_id, report.whole) == ("BQ-1", "VIR-1", None)
    assert report.transfers == (
        TransferStatus("VIR-1-000001-1", Verdict.REJECTED, Reason("AC04", "compte clos"), 3050),
    )


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("RJCT", Verdict.REJECTED),
        ("ACSC", Verdict.ACCEPTED),
        ("ACWC", Verdict.ACCEPTED),
        ("PDNG", Verdict.WAITING),
        ("PART", Verdict.PART),
    ],
)
def test_parse_reads_what_is_said_of_the_whole_file(code, verdict):
    original = f"<OrgnlMsgId>VIR-1</OrgnlMsgId><GrpSts>{code}</GrpSts>"
    assert parse(answer("", original=original)).whole == verdict


def test_parse_takes_the_status_of_the_only_payment_group_for_the_whole():
    group = f"<OrgnlPmtInfAndSts><PmtInfSts>RJCT</PmtInfSts>{WHY}</OrgnlPmtInfAndSts>"
    report = parse(answer(group))
    assert (report.whole, report.reason.code) == (Verdict.REJECTED, "AC04")


@pytest.mark.parametrize(
    ("written", "cents"), [("30", 3000), ("30.00", 3000), ("0.01", 1), ("1234567.89", 123456789)]
)
def test_parse_reads_amounts_in_cents_without_a_float(written, cents):
    assert parse(answer(transfer(more=amount(written)))).transfers[0].amount_cents == cents


@pytest.mark.parametrize("written", ["30.001", "-3", "1e3", "NaN", "٣", "3,50"])
def test_attack_55_parse_refuses_amounts_that_are_not_cents(written):
    with pytest.raises(StatusFileError):
        parse(answer(transfer(more=amount(written))))


BOMB = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
FILE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", ["<!DOCTYPE d>", BOMB, FILE])
def test_parse_refuses_definitions_of_types_and_entities(head):
    with pytest.raises(StatusFileError, match="DTD"):
        parse(answer(transfer(), head=head))


def test_parse_refuses_definitions_written_in_another_encoding():
    text = answer(transfer(), head=BOMB).decode().replace("UTF-8", "UTF-16")
    with pytest.raises(StatusFileError):
        parse(text.encode("utf-16"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<Document/>",
        b"not xml",
        answer(transfer(status="WHAT")),
        answer(transfer(reference="")),
        answer(transfer(status="PART")),
        answer("", original=""),
        answer(transfer()).replace(b"pain.002.001.03", b"pain.002.001.99"),
        b'<?xml version="1.0" encoding="nothing"?><a/>',
    ],
)
def test_parse_refuses_what_is_not_an_answer(content):
    with pytest.raises(StatusFileError):
        parse(content)


def test_parse_refuses_a_file_too_long():
    with pytest.raises(StatusFileError, match="longer"):
        parse(b" " * 20_000_001)


@given(st.binary(max_size=300))
def test_parse_never_raises_anything_else(content):
    with pytest.raises(StatusFileError):
        parse(content)
