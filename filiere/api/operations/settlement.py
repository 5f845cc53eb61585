"""What providers are owed, and the batches that pay them. Amounts in euro cents."""

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router

from filiere.accounts.models import Organisation, Role
from filiere.api.operations.euro import PayerOut
from filiere.api.operations.settlement_schemas import (
    AlertOut,
    AnswerIn,
    AnswerLineOut,
    AnswerOut,
    ApproveIn,
    BatchLine,
    BatchOut,
    DebitNoteOut,
    DebtorIn,
    FreezeIn,
    LeftOutOut,
    OrderOut,
    PaidIn,
    PayableLineOut,
    PaymentLine,
    PaymentOut,
    StatementOut,
    StatementQuery,
    ToPayOut,
)
from filiere.api.paging import Page, PageQuery, paged
from filiere.api.problems import REFUSED, Problem, answers
from filiere.api.repeats import KEYED, repeatable
from filiere.api.security import SignedIn, holds
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed, memberships, require
from filiere.observatory import queries as observatory
from filiere.settlement import queries, services
from filiere.settlement.bank_file import Debtor, masked
from filiere.settlement.models import Batch, PaymentOrder
from filiere.settlement.queries import LeftOut

router = Router(tags=["settlement"])
PAYABLES, BATCHES = "settlement.see_payables", "settlement.see_batches"
PREPARE, APPROVE = "settlement.prepare_batch", "settlement.approve_batch"


@router.get(
    "/payables", auth=holds(PAYABLES), response=answers(StatementOut), operation_id="payables"
)
def payables(request: SignedIn, query: Query[StatementQuery]) -> StatementOut:
    """The statement of one's own organisation; an auditor names the organisation."""
    mine = [
        one.organisation_id
        for one in memberships(request.user)
        if one.role in (Role.MEDIATOR, Role.MANAGER)
    ]
    pk = query.organisation_id or (mine[0] if mine else 0)
    organisation = Organisation.objects.filter(pk=pk).first()
    if organisation is None:
        raise NotFound(reference=pk)
    require(request.user, PAYABLES, organisation)
    told = observatory.provider_statement(organisation.pk)
    return StatementOut(
        provider_id=told.provider_id,
        payable_cents=told.payable.total_cents,
        awaited_cents=told.awaited_cents,
        counter_cents=told.counter_cents,
        paid_cents=told.paid_cents,
        payable=[PayableLineOut.from_orm(line) for line in told.payable.lines],
        payments=[
            PaymentLine(
                id=one.order.pk,
                batch=one.order.batch.label,
                state=one.order.state,
                paid_on=one.order.paid_on,
                end_to_end_id=one.order.end_to_end_id,
                amount_cents=one.order.amount_cents,
                payers=[PayerOut.from_orm(payer) for payer in one.payers],
            )
            for one in told.orders
        ],
        debit_notes=[
            DebitNoteOut(
                number=str(note),
                state=note.state,
                amount_cents=note.amount_cents,
                reason=note.reason,
                raised_at=note.raised_at,
            )
            for note in queries.notes_of_provider(organisation.pk)
        ],
    )


@router.get(
    "/payments/{int:order_id}",
    auth=holds(PAYABLES),
    response=answers(PaymentOut),
    operation_id="payment",
)
def payment(request: SignedIn, order_id: int) -> object:
    """One payment: who paid it, session by session."""
    order = PaymentOrder.objects.select_related("provider").filter(pk=order_id).first()
    if order is None:
        raise NotFound(reference=order_id)
    require(request.user, PAYABLES, order.provider)
    return observatory.trace_payment_order(order.pk)


@router.get(
    "/batches", auth=holds(BATCHES), response=answers(Page[BatchLine]), operation_id="batches"
)
def batches(request: SignedIn, query: Query[PageQuery]) -> Page[BatchLine]:
    """Every batch, latest first."""
    return paged(queries.batches().defer("file_xml"), query, BatchLine.from_orm)


@router.get(
    "/batches/to-pay", auth=holds(BATCHES), response=answers(ToPayOut), operation_id="to_pay"
)
def to_pay(request: SignedIn) -> ToPayOut:
    """What a batch prepared now would pay, and who would be left out, and why."""
    at = timezone.now()
    owed = queries.payables(until=at)
    out: list[LeftOut] = queries.left_out(cutoff_at=at, at=at)
    return ToPayOut(
        total_cents=sum(owed.values()) - sum(one.amount_cents for one in out),
        providers=len(owed) - len(out),
        left_out=[LeftOutOut.from_orm(one) for one in out],
    )


@router.post(
    "/batches",
    auth=holds(PREPARE),
    response=answers(BatchOut),
    operation_id="freeze_batch",
    openapi_extra=KEYED,
)
@repeatable
def freeze(request: SignedIn, given: FreezeIn) -> BatchOut:
    """Put all that is owed into a batch; another person must approve it."""
    at = timezone.now()
    made = services.freeze_batch(
        cutoff_at=given.cutoff_at or at, label=given.label, at=at, actor=request.user.actor
    )
    return _batch_out(made)


@router.get(
    "/batches/{int:batch_id}",
    auth=holds(BATCHES),
    response=answers(BatchOut),
    operation_id="batch",
)
def batch(request: SignedIn, batch_id: int) -> BatchOut:
    """One batch and its transfers."""
    return _batch_out(_batch(batch_id))


@router.post(
    "/batches/{int:batch_id}/approve",
    auth=holds(APPROVE),
    response=answers(BatchOut),
    operation_id="approve_batch",
)
def approve(request: SignedIn, batch_id: int, given: ApproveIn | None = None) -> BatchOut:
    """Approve what another person prepared, its alerts read. Twice is once."""
    made = services.approve_batch(
        batch=_batch(batch_id),
        at=timezone.now(),
        actor=request.user.actor,
        alerts_read=given.alerts_read if given else [],
    )
    return _batch_out(made)


@router.post(
    "/batches/{int:batch_id}/cancel",
    auth=holds(PREPARE),
    response=answers(BatchOut),
    operation_id="cancel_batch",
)
def cancel(request: SignedIn, batch_id: int) -> BatchOut:
    """Give up a batch before its file is made: its shares are owed again. Twice is once."""
    found = _batch(batch_id)
    return _batch_out(
        services.cancel_batch(batch=found, at=timezone.now(), actor=request.user.actor)
    )


@router.post(
    "/batches/{int:batch_id}/emit",
    auth=holds(PREPARE),
    response=answers(BatchOut),
    operation_id="emit_batch",
)
def emit(request: SignedIn, batch_id: int, given: DebtorIn) -> BatchOut:
    """Write the bank file of an approved batch. Again, it is the same file."""
    made = services.emit_batch(
        batch=_batch(batch_id),
        debtor=Debtor(name=given.name, iban=given.iban, bic=given.bic),
        at=timezone.now(),
        actor=request.user.actor,
    )
    return _batch_out(made)


@router.get(
    "/batches/{int:batch_id}/file",
    auth=holds(BATCHES),
    response={200: None, REFUSED: Problem},
    operation_id="batch_file",
)
def bank_file(request: SignedIn, batch_id: int) -> HttpResponse:
    """The bank file (SEPA credit transfer, XML), the same bytes each time.

    Whoever may read batches and not send them gets it with its accounts masked.
    """
    found = _batch(batch_id)
    if not found.file_xml:
        raise NotFound(reference=found.label)
    text = found.file_xml if allowed(request.user, PREPARE) else masked(found.file_xml)
    content = HttpResponse(text.encode(), content_type="application/xml")
    content.headers["Content-Disposition"] = f'attachment; filename="{found.label}.xml"'
    return content


@router.post(
    "/batches/{int:batch_id}/paid",
    auth=holds(PREPARE),
    response=answers(BatchOut),
    operation_id="mark_batch_paid",
)
def paid(request: SignedIn, batch_id: int, given: PaidIn) -> BatchOut:
    """Record the day the bank paid. The same day twice is once."""
    made = services.mark_paid(
        batch=_batch(batch_id),
        paid_on=given.paid_on,
        at=timezone.now(),
        actor=request.user.actor,
    )
    return _batch_out(made)


@router.post(
    "/bank-answers",
    auth=holds(PREPARE),
    response=answers(AnswerOut),
    operation_id="import_bank_answer",
)
def bank_answer(request: SignedIn, given: AnswerIn) -> AnswerOut:
    """Read what the bank answers to a file. The same answer again changes nothing."""
    made = services.import_status(
        content=given.xml.encode(), at=timezone.now(), actor=request.user.actor
    )
    return AnswerOut(
        id=made.pk,
        message_id=made.message_id,
        batch_id=made.batch_id,
        lines=[AnswerLineOut.from_orm(line) for line in queries.lines_of_answer(made)],
    )


def _batch(batch_id: int) -> Batch:
    found = Batch.objects.filter(pk=batch_id).first()
    if found is None:
        raise NotFound(reference=batch_id)
    return found


def _batch_out(found: Batch) -> BatchOut:
    return BatchOut(
        **BatchLine.from_orm(found).model_dump(),
        orders=[
            OrderOut(
                id=one.pk,
                provider_id=one.provider_id,
                provider=one.provider.name,
                account=str(one.bank_account),
                end_to_end_id=one.end_to_end_id,
                state=one.state,
                amount_cents=one.amount_cents,
                gross_cents=one.gross_cents,
                set_off_cents=one.set_off_cents,
                refused_code=one.refused_code,
            )
            for one in queries.orders_of(found)
        ],
        alerts=[AlertOut.from_orm(one) for one in queries.alerts_of(found)],
    )
