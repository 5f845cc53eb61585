"""What a bank writes to us, and providers with something to be paid."""

import datetime

from filiere.rules.payment_status import NAMESPACE
from filiere.settlement import queries, services
from filiere.settlement.bank_file import Debtor
from filiere.settlement.models import Batch, PaymentOrder
from tests.billing.factories import AT, IBANS, bank_account, lot_for, world

DEBTOR = Debtor("Hub de la Creuse", "DE89370400440532013000", "COBADEFFXXX")
LATER = AT + datetime.timedelta(days=4)
BOOKED = datetime.date(2026, 11, 30)


def owed(price: int = 3000, iban: str | None = IBANS[0], sessions: int = 1):
    """A provider owed sessions paid with vouchers, with a bank account."""
    here = world(price=price)
    for issued in lot_for(here, face=price, count=sessions).issued:
        here.split(issued.code)
    if iban:
        bank_account(here, iban)
    return here


def emitted(label: str = "VIR-1", at: datetime.datetime = LATER) -> Batch:
    """Everything owed, prepared by one person, approved and sent by another."""
    batch = services.freeze_batch(cutoff_at=at, label=label, at=at, actor="user:1")
    alerts = [one.pk for one in queries.alerts_of(batch)]
    services.approve_batch(batch=batch, at=at, actor="user:2", alerts_read=alerts)
    return services.emit_batch(batch=batch, debtor=DEBTOR, at=at, actor="user:2")


def paid(label: str = "VIR-1", at: datetime.datetime = LATER) -> Batch:
    """The same, and the bank paid."""
    return services.mark_paid(batch=emitted(label, at), paid_on=BOOKED, at=at, actor="user:1")


def order_of(where, batch: Batch | None = None) -> PaymentOrder:
    """The latest payment of a provider."""
    orders = PaymentOrder.objects.filter(provider=where.provider)
    return (orders.filter(batch=batch) if batch else orders).latest("pk")


def answer(
    batch: Batch, *said: tuple[str, str, str], whole: str = "", message: str = "BQ"
) -> bytes:
    """A pain.002 about a batch: (reference, status, reason code) for each transfer."""
    transfers = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf></TxInfAndSts>"
        for reference, status, code in said
    )
    group = f"<GrpSts>{whole}</GrpSts>" if whole else ""
    return (
        f'<Document xmlns="{NAMESPACE}"><CstmrPmtStsRpt><GrpHdr><MsgId>{message}</MsgId></GrpHdr>'
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{batch.label}</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts>{transfers}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def read(content: bytes):
    """Import a bank's answer."""
    return services.import_status(content=content, at=LATER, actor="user:1")
