"""Many invoices at once: asked once, made by steps, gone on with after an interruption.

Called through ``billing.services``. Each step is one transaction: a share that is on an invoice is
asked by no other, so that whatever was done before a kill is not done again.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from filiere.billing.errors import RunAlreadyOpen
from filiere.billing.models import (
    Customer,
    InvoiceKind,
    InvoiceRun,
    Issuer,
    PayerKind,
    RecipientKind,
)
from filiere.billing.queries.invoices import (
    open_shares,
    organisations_to_invoice,
    persons_to_invoice,
)
from filiere.billing.services.numbering import Draft, last_day, lock_series, write
from filiere.billing.services.share_lines import draft_of_shares, rows_of
from filiere.kernel.services import record

STEP = 500

type_progress = Callable[[int, int], None]


@transaction.atomic
def open_invoice_run(
    *,
    issuer: Issuer,
    recipient_kind: RecipientKind,
    until: datetime,
    issued_on: date,
    at: datetime,
    actor: str,
) -> InvoiceRun:
    """Ask for the invoices of everything settled and not invoiced yet; nothing is made yet.

    The same demand while it is not finished is the same run, with its own dates.

    Args:
        recipient_kind: persons, or organisations (public bodies among them).
        until: shares settled before this moment.

    Raises:
        RunAlreadyOpen: another run of this issuer is not finished.
    """
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    found = InvoiceRun.objects.filter(issuer=issuer, finished_at=None).first()
    if found is not None:
        if found.recipient_kind != recipient_kind:
            raise RunAlreadyOpen(day=found.asked_at)
        return found
    run = InvoiceRun.objects.create(
        issuer=issuer,
        recipient_kind=recipient_kind,
        until=until,
        issued_on=issued_on,
        asked_at=at,
        asked_by=actor,
    )
    record(actor=actor, action="billing.invoice_run_asked", subject=f"run:{run.pk}", at=at)
    return run


def finish_invoice_run(
    *, run: InvoiceRun, at: datetime, actor: str, progress: type_progress | None = None
) -> int:
    """Make every invoice of a run that is not made yet, by steps, each kept when it is done.

    Args:
        progress: called with (invoices made, invoices of the run).

    Returns:
        How many this call made; organisations whose address is not known have none.
    """
    done = run.invoices.count()
    total = done + left_to_invoice(run)
    made = 0
    while step := make_step(run=run, at=at, actor=actor):
        made += step
        if progress:
            progress(done + made, total)
    return made


def left_to_invoice(run: InvoiceRun) -> int:
    """How many recipients of a run still wait for their invoice."""
    if run.recipient_kind == RecipientKind.PERSON:
        return persons_to_invoice(issuer=run.issuer, until=run.until).count()
    waiting = organisations_to_invoice(issuer=run.issuer, until=run.until)
    known = set(Customer.objects.filter(issuer=run.issuer).values_list("organisation", flat=True))
    return sum(one.organisation_id in known for one in waiting)


@transaction.atomic
def make_step(*, run: InvoiceRun, at: datetime, actor: str) -> int:
    """Make at most 500 invoices of a run; 0 is that there is none left, and the run is finished.

    They bear the day of the run, or that of a later invoice issued meanwhile.
    """
    run = InvoiceRun.objects.select_for_update(no_key=True).select_related(None).get(pk=run.pk)
    if run.finished_at is not None:
        return 0
    issuer = run.issuer
    issued_on = max(run.issued_on, last_day(issuer, InvoiceKind.INVOICE) or run.issued_on)
    series = lock_series(issuer=issuer, kind=InvoiceKind.INVOICE, on=issued_on)
    drafts = _drafts(run, issuer, issued_on)
    if not drafts:
        run.finished_at = at
        run.save(update_fields=["finished_at"])
        return 0
    made = write(
        issuer=issuer,
        series=series,
        drafts=drafts,
        issued_on=issued_on,
        at=at,
        actor=actor,
        run=run,
    )
    record(
        actor=actor,
        action="billing.invoices_issued",
        subject=f"run:{run.pk}",
        at=at,
        first=made[0].number,
        last=made[-1].number,
        count=len(made),
    )
    return len(made)


def _drafts(run: InvoiceRun, issuer: Issuer, issued_on: date) -> list[Draft]:
    """Write the next invoices of a run, each recipient's shares together."""
    shares = open_shares(issuer=issuer, until=run.until)
    customers: dict[object, Customer] = {}
    if run.recipient_kind == RecipientKind.PERSON:
        some = list(persons_to_invoice(issuer=issuer, until=run.until)[:STEP])
        shares = shares.filter(kind=PayerKind.PERSON, charge__registration__person__in=some)
    else:
        customers = {one.organisation_id: one for one in Customer.objects.filter(issuer=issuer)}
        shares = shares.filter(commitment__agreement__promiser__in=list(customers))
    by_recipient = defaultdict(list)
    for row in rows_of(shares):
        recipient = row.organisation_id if customers else row.person_id
        by_recipient[recipient].append(row)
    return [
        draft_of_shares(
            issuer=issuer,
            rows=rows,
            key=f"run:{run.pk}:{recipient}",
            customer=customers.get(recipient),
            person_id=rows[0].person_id,
            issued_on=issued_on,
        )
        for recipient, rows in sorted(by_recipient.items(), key=lambda item: str(item[0]))
    ]
