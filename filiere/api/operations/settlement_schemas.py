"""What the API says and reads of payments. Amounts in euro cents."""

import datetime as dt

from ninja import Field, Schema

from filiere.api.operations.euro import PayerOut


class StatementQuery(Schema):
    """Whose statement; one's own organisation when absent."""

    organisation_id: int | None = None


class PayableLineOut(Schema):
    """One share a provider waits for."""

    share_id: int
    registration_ref: str
    session_at: dt.datetime
    kind: str
    amount_cents: int


class PaymentLine(Schema):
    """One payment of a statement."""

    id: int
    batch: str
    state: str
    paid_on: dt.date | None
    end_to_end_id: str
    amount_cents: int
    payers: list[PayerOut]


class DebitNoteOut(Schema):
    """A refunded session the provider was paid for; taken from a payment when ``set_off``."""

    number: str
    state: str
    amount_cents: int
    reason: str
    raised_at: dt.datetime


class StatementOut(Schema):
    """What a provider is owed and was paid. ``awaited`` is promised, not yet received."""

    provider_id: int
    payable_cents: int
    awaited_cents: int
    counter_cents: int
    paid_cents: int
    payable: list[PayableLineOut]
    payments: list[PaymentLine]
    debit_notes: list[DebitNoteOut]


class TracedLineOut(Schema):
    """One session of a payment; its payers add up to its amount."""

    kind: str
    amount_cents: int
    price_cents: int
    registration_ref: str
    session_at: dt.datetime
    service: str
    place: str
    commune: str
    voucher_serial: int | None
    payers: list[PayerOut]


class PaymentOut(Schema):
    """One payment opened: lines and payers both add up to its amount."""

    order_id: int
    provider_id: int
    provider: str
    batch_label: str
    batch_state: str
    paid_on: dt.date | None
    end_to_end_id: str
    amount_cents: int
    lines: list[TracedLineOut]
    payers: list[PayerOut]


class BatchLine(Schema):
    """One batch of a list."""

    id: int
    label: str
    state: str
    cutoff_at: dt.datetime
    total_cents: int
    orders_count: int
    prepared_by: str
    approved_by: str
    paid_on: dt.date | None
    file_sha256: str | None


class OrderOut(Schema):
    """One transfer of a batch; the account is masked."""

    id: int
    provider_id: int
    provider: str
    account: str
    end_to_end_id: str
    state: str
    amount_cents: int
    gross_cents: int
    set_off_cents: int
    refused_code: str


class AlertOut(Schema):
    """Something unusual that the approver must read."""

    id: int
    order_id: int
    kind: str
    sessions: int
    amount_cents: int
    read_by: str


class BatchOut(BatchLine):
    """One batch with its transfers, and what the approver must read."""

    orders: list[OrderOut]
    alerts: list[AlertOut]


class LeftOutOut(Schema):
    """A provider owed money that cannot be paid yet: no account, or a new one on hold."""

    provider_id: int
    amount_cents: int
    reason: str
    usable_from: dt.datetime | None


class ToPayOut(Schema):
    """What a batch prepared now would hold."""

    total_cents: int
    providers: int
    left_out: list[LeftOutOut]


class FreezeIn(Schema):
    """A batch to prepare. The same label, cut-off and person again is the same batch."""

    label: str = Field(max_length=35)
    cutoff_at: dt.datetime | None = Field(None, description="now when absent")


class ApproveIn(Schema):
    """The alerts of the batch the approver has read: all are needed."""

    alerts_read: list[int] = []


class AnswerIn(Schema):
    """A bank's answer to a file (pain.002.001.03), as text."""

    xml: str = Field(max_length=20_000_000)


class AnswerLineOut(Schema):
    """One transfer of an answer, and what it changed."""

    reference: str
    outcome: str
    code: str
    text: str


class AnswerOut(Schema):
    """One bank's answer. The same file read again is the same answer."""

    id: int
    message_id: str
    batch_id: int
    lines: list[AnswerLineOut]


class DebtorIn(Schema):
    """The ring-fenced account that pays."""

    name: str = Field(max_length=70)
    iban: str = Field(max_length=42)
    bic: str = Field(max_length=11)


class PaidIn(Schema):
    """Value date of the bank statement."""

    paid_on: dt.date
