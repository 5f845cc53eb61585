import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.bank_statements import (
    MAX_BYTES,
    StatementError,
    StatementSumError,
    cents_of,
    read_statement,
)

IBAN = "FR7699999000010000000000146"


def entry(
    cents,
    *,
    ref="BK1",
    end_to_end="VIR-1",
    currency="EUR",
    status="BOOK",
    day="2026-11-20",
    name="Département",
):
    """One booked movement, as a bank writes it in version 08."""
    way, side = ("CRDT", "Dbtr") if cents > 0 else ("DBIT", "Cdtr")
    reference = f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else ""
    return f"""<Ntry><Amt Ccy="{currency}">{abs(cents) / 100:.2f}</Amt><CdtDbtInd>{way}</CdtDbtInd>
      <Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>{reference}
      <NtryDtls><TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>
        <RltdPties><{side}><Pty><Nm>{name}</Nm></Pty></{side}></RltdPties>
        <RmtInf><Ustrd>Convention 12</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


def balance(code, cents, day):
    way = "CRDT" if cents >= 0 else "DBIT"
    return f"""<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>
      <Amt Ccy="EUR">{abs(cents) / 100:.2f}</Amt><CdtDbtInd>{way}</CdtDbtInd>
      <Dt><Dt>{day}</Dt></Dt></Bal>"""


def one(*entries, opening=10_000, closing, iban=IBAN, day="2026-11-30", name="R1"):
    return f"""<Stmt><Id>{name}</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
      {balance("OPBD", opening, "2026-11-01")}{balance("CLBD", closing, day)}
      {"".join(entries)}</Stmt>"""


def camt(*statements, version="08", head=""):
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<Document xmlns="{space}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M</MsgId></GrpHdr>{''.join(statements)}</BkToCstmrStmt></Document>"
    ).encode()


def reason_of(content):
    with pytest.raises(StatementError) as refusal:
        read_statement(content)
    return refusal.value.reason


def test_read_statement_of_camt_053():
    found = read_statement(camt(one(entry(50_000), entry(-2_050, ref="BK2"), closing=57_950)))

    assert (found.iban, found.reference, found.dated_on) == (
        IBAN, "R1", datetime.date(2026, 11, 30),
    )  # fmt: skip
    assert (found.opening_cents, found.closing_cents) == (10_000, 57_950)
    first, second = found.lines
    assert (first.external_id, first.amount_cents, first.counterpart, first.reference) == (
        "BK1", 50_000, "Département", "VIR-1",
    )  # fmt: skip
    assert (first.label, first.booked_on) == ("Convention 12", datetime.date(2026, 11, 20))
    assert second.amount_cents == -2_050


def test_read_statement_of_camt_version_02_with_a_name_written_the_old_way():
    old = (
        entry(100)
        .replace("<Pty>", "")
        .replace("</Pty>", "")
        .replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
    )

    line = read_statement(camt(one(old, closing=10_100), version="02")).lines[0]

    assert (line.counterpart, line.amount_cents) == ("Département", 100)


def test_read_statement_leaves_out_what_is_not_booked_yet():
    assert read_statement(camt(one(entry(100, status="PDNG"), closing=10_000))).lines == ()


def test_read_statement_opens_a_grouped_entry_that_adds_up():
    detail = (
        "<TxDtls><Refs><EndToEndId>V-{n}</EndToEndId></Refs>"
        '<AmtDtls><TxAmt><Amt Ccy="EUR">{euros}</Amt></TxAmt></AmtDtls></TxDtls>'
    )
    details = detail.format(n=1, euros="1.00") + detail.format(n=2, euros="2.00")
    grouped = f"""<Ntry><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
      <BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>G</AcctSvcrRef>
      <NtryDtls><Btch><PmtInfId>VIR-2026-47</PmtInfId></Btch>{details}</NtryDtls></Ntry>"""

    opened = read_statement(camt(one(grouped, closing=9_700))).lines
    whole = read_statement(camt(one(grouped.replace("2.00", "9.00"), closing=9_700))).lines

    assert [(line.external_id, line.amount_cents, line.reference) for line in opened] == [
        ("G/1", -100, "V-1"), ("G/2", -200, "V-2"),
    ]  # fmt: skip
    assert [(line.external_id, line.amount_cents, line.reference) for line in whole] == [
        ("G", -300, "VIR-2026-47")
    ]


def test_read_statement_reads_days_that_follow_as_one():
    days = [
        one(entry(100, ref="B"), opening=10_100, closing=10_200, day="2026-11-29", name="R2"),
        one(entry(100, ref="A"), opening=10_000, closing=10_100, day="2026-11-28"),
    ]
    found = read_statement(camt(*days))

    assert (found.opening_cents, found.closing_cents, len(found.lines)) == (10_000, 10_200, 2)
    assert reason_of(camt(days[0], one(opening=5, closing=5, day="2026-11-28"))) == "balance"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"  \n", "empty", id="nothing"),
        pytest.param(b"<a" * (MAX_BYTES // 2 + 1), "too_big", id="over 10 MB"),
        pytest.param(b"<a><b></a>", "not_xml", id="broken"),
        pytest.param(b"<Document/>", "not_camt", id="another document"),
        pytest.param(camt(), "not_camt", id="no statement"),
        pytest.param(camt(one(closing=10_000, iban="")), "no_account", id="no IBAN"),
        pytest.param(camt(one(entry(1, currency="CHF"), closing=10_001)), "currency", id="francs"),
        pytest.param(camt(one(entry(1, day="2026-13-01"), closing=10_001)), "date", id="month 13"),
        pytest.param(
            camt(one(closing=10_000), one(closing=10_000, iban="FR00")), "several_accounts",
            id="two accounts",
        ),
        pytest.param(
            camt(one(closing=10_000)).replace(b"CLBD", b"ITBD"), "balance", id="no closing balance"
        ),
        pytest.param(
            camt(one(entry(100), closing=10_100)).replace(b">1.00<", b">1.001<"), "amount",
            id="a tenth of a cent",
        ),
    ],
)  # fmt: skip
def test_read_statement_refuses(content, reason):
    assert reason_of(content) == reason


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://example.org/x">%x;]>',
    ],
)
def test_read_statement_reads_no_document_type_entity_nor_outside_file(head):
    content = camt(one(closing=10_000), head=head)

    assert reason_of(content) == "unsafe"
    assert reason_of(content.decode().replace("UTF-8", "UTF-16").encode("utf-16")) == "unsafe"


def test_attack_64_a_statement_off_by_one_cent_is_refused_with_both_totals():
    with pytest.raises(StatementSumError) as refusal:
        read_statement(camt(one(entry(100), closing=10_101)))

    assert (refusal.value.computed_cents, refusal.value.closing_cents) == (10_100, 10_101)


def table(*rows, head="compte;FR76 9999 9000 0100 0000 0000 146\ndate;libellé;montant;référence"):
    return "\n".join([head, *rows]).encode()


BOTH = ("01/11/2026;Solde initial;1 000,00;", "2026-11-30;Solde final;1 500,50;")


def test_read_statement_of_a_plain_table():
    found = read_statement(table(BOTH[0], "20/11/2026;VIR État;500,50;V-7", BOTH[1]))

    assert (found.iban, found.opening_cents, found.closing_cents) == (IBAN, 100_000, 150_050)
    assert (found.lines[0].label, found.lines[0].reference) == ("VIR État", "V-7")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (table(*BOTH, head="date;libellé;montant;référence"), "no_account"),
        (table(BOTH[0]), "balance"),
        (table(*BOTH, "2026-11-20;trop court"), "columns"),
        (table(*BOTH, "hier;VIR;1,00;"), "date"),
        (table(*BOTH, "2026-11-20;VIR;1,005;"), "amount"),
        (table(*BOTH, "2026-11-20;VIR;NaN;"), "amount"),
    ],
)
def test_read_statement_refuses_a_table(content, reason):
    assert reason_of(content) == reason


def test_attack_18_overlapping_tables_name_the_same_lines_alike():
    same = "2026-11-20;VIR;5,00;"
    short = read_statement(table("2026-11-01;Solde initial;0,00;", same, same,
                                 "2026-11-20;Solde final;10,00;"))  # fmt: skip
    long = read_statement(table("2026-11-01;Solde initial;0,00;", same, same,
                                "2026-11-21;VIR;5,00;", "2026-11-21;Solde final;15,00;"))  # fmt: skip
    names = [line.external_id for line in long.lines]

    assert [line.external_id for line in short.lines] == names[:2]
    assert len(set(names)) == 3


@given(st.integers(-(10**14), 10**14))
def test_cents_of_reads_what_is_written(cents):
    sign, size = ("-" if cents < 0 else ""), abs(cents)
    written = f"{sign}{size // 100}"

    assert cents_of(f"{written},{size % 100:02}") == cents
    assert cents_of(f" {written}.{size % 100:02} € ") == cents


@pytest.mark.parametrize("text", ["", "1e3", "0x10", "1,234.5", "--1", "1.234", "inf", "1" * 15])
def test_cents_of_refuses(text):
    with pytest.raises(StatementError):
        cents_of(text)
