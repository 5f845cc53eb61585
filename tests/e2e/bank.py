"""What a bank does in a journey: reads the file of transfers, answers it, writes statements."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree import ElementTree

from filiere.rules.payment_status import NAMESPACE as PAIN_002

CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer of a file: its reference, who receives it, how many cents."""

    reference: str
    to: str
    cents: int


@dataclass
class Bank:
    """One account at a bank. ``balance`` is in cents; ``message`` names the file read last."""

    iban: str
    balance: int = 0
    message: str = ""
    _numbers: list[int] = field(default_factory=lambda: [0])

    def transfers_of(self, pain_001: str) -> list[Transfer]:
        """Read a file of credit transfers as its receiver does, and keep its name."""
        found = []
        for one in ElementTree.fromstring(pain_001).iter():
            if one.tag.endswith("}MsgId"):
                self.message = one.text or ""
            if not one.tag.endswith("}CdtTrfTxInf"):
                continue
            said = {part.tag.rpartition("}")[2]: (part.text or "") for part in one.iter()}
            cents = int(Decimal(said["InstdAmt"]) * 100)
            found.append(Transfer(said["EndToEndId"], said["Nm"], cents))
        return found

    def rejects(self, *transfers: Transfer, code: str) -> bytes:
        """A pain.002 on the file read last: these transfers are refused, no other is named."""
        said = "".join(
            f"<TxInfAndSts><OrgnlEndToEndId>{one.reference}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
            f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf></TxInfAndSts>"
            for one in transfers
        )
        return (
            f'<Document xmlns="{PAIN_002}"><CstmrPmtStsRpt><GrpHdr><MsgId>REPONSE-1</MsgId></GrpHdr>'
            f"<OrgnlGrpInfAndSts><OrgnlMsgId>{self.message}</OrgnlMsgId></OrgnlGrpInfAndSts>"
            f"<OrgnlPmtInfAndSts>{said}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
        ).encode()

    def statement(self, day: dt.date, *lines: tuple[int, str, str]) -> bytes:
        """A camt.053 of one day; each line is (cents, who, reference)."""
        opening, self.balance = self.balance, self.balance + sum(cents for cents, *_ in lines)
        self._numbers[0] += 1
        entries = "".join(self._entry(day, rank, *line) for rank, line in enumerate(lines))
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{CAMT}"><BkToCstmrStmt>'
            f"<GrpHdr><MsgId>RELEVE</MsgId></GrpHdr><Stmt><Id>RELEVE-{self._numbers[0]}</Id>"
            f"<Acct><Id><IBAN>{self.iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
            f"{_balance('OPBD', opening, day)}{_balance('CLBD', self.balance, day)}"
            f"{entries}</Stmt></BkToCstmrStmt></Document>"
        ).encode()

    def _entry(self, day: dt.date, rank: int, cents: int, who: str, reference: str) -> str:
        way, side = ("CRDT", "Dbtr") if cents > 0 else ("DBIT", "Cdtr")
        return (
            f"<Ntry>{_amount(cents)}<CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><Dt>{day}</Dt></BookgDt>"
            f"<AcctSvcrRef>{day:%y%m%d}-{rank}</AcctSvcrRef><NtryDtls><TxDtls>"
            f"<Refs><EndToEndId>{reference}</EndToEndId></Refs>"
            f"<RltdPties><{side}><Pty><Nm>{who}</Nm></Pty></{side}></RltdPties>"
            f"</TxDtls></NtryDtls></Ntry>"
        )


def _amount(cents: int) -> str:
    return f'<Amt Ccy="EUR">{Decimal(abs(cents)) / 100:.2f}</Amt>'


def _balance(code: str, cents: int, day: dt.date) -> str:
    way = "CRDT" if cents >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(cents)}"
        f"<CdtDbtInd>{way}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )
