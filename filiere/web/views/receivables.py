"""What is due to an organisation: the list by age, and the payments of one invoice's debtor."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.billing import services
from filiere.billing.models import Debtor, Invoice, InvoiceKind, Reminder, ReminderState
from filiere.billing.queries import receivables as queries
from filiere.billing.queries.invoices import client_number, issuer_of
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.programmes.queries.bank import lines_without_use
from filiere.web import receivable_words as say
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.formats import day_words, euros
from filiere.web.forms.receivables import PaymentForm
from filiere.web.numbers import whole

ISSUE = "billing.issue_invoices"
LINES = 50
BANK_LINES = 100


@require_safe
@page(ISSUE)
def receivables(request: HttpRequest) -> HttpResponse:
    """List what is due to the organisation acted for, by age; ``?age=`` and ``?qui=`` narrow it."""
    organisation = acting_for(request)
    require(request.user, ISSUE, organisation)
    issuer = issuer_of(organisation.pk)
    today = legal_day(timezone.now())
    every = queries.due_rows(issuer_id=issuer.pk, on=today) if issuer else []
    kind = request.GET.get("qui", "")
    of_kind = [row for row in every if kind in ("", row.kind.value)]
    age = whole(request.GET.get("age", ""))
    rows = [row for row in of_kind if age is None or row.bucket == age]
    shown = Paginator(rows, LINES).get_page(request.GET.get("page"))
    ages = queries.ages(of_kind)
    context = {
        "organisation": organisation,
        "issuer": issuer,
        "ages": [(say.AGES[one.rank], one) for one in ages],
        "age": age,
        "kinds": say.KINDS,
        "kind": kind,
        "shown": shown,
        "rows": [(row, name_of(row.name, row.person_id), say.late_words(row), say.standing(row))
                 for row in shown],
        "total": sum(row.open_cents for row in every),
        "late": sum(row.open_cents for row in every if row.bucket != queries.NOT_DUE),
        "has_any": bool(every),
        "to_confirm": Reminder.objects.filter(
            invoice__issuer=issuer, state=ReminderState.PREPARED
        ).count() if issuer else 0,
    }  # fmt: skip
    return render(request, "receivables/list.html", context)


def name_of(name: str, person_id: Any) -> str:
    """Name an organisation; a person is a number on these pages."""
    return name or _("Person n° %(number)s") % {"number": client_number(person_id)}


@dataclass(frozen=True, slots=True)
class Account:
    """An invoice to be paid to us, its debtor, and where its money stands."""

    invoice: Invoice
    debtor: Debtor
    position: queries.Position

    @property
    def name(self) -> str:
        """Name the debtor."""
        recipient = self.invoice.recipient
        return name_of(recipient.name if recipient else "", self.invoice.person_id)

    @property
    def credit_cents(self) -> int:
        """Credit balance of the debtor."""
        return queries.credit_cents(self.debtor.pk) if self.debtor.pk else 0


def account_of(request: HttpRequest, pk: int) -> Account:
    """Find an invoice this user may be paid for.

    Raises:
        NotFound: no invoice has this number, or it is a credit note.
        NotAllowed: another organisation issued it.
    """
    found = (
        Invoice.objects.filter(pk=pk, kind=InvoiceKind.INVOICE)
        .select_related("issuer__organisation", "recipient")
        .first()
    )
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, ISSUE, found.issuer.organisation)
    organisation_id, person_id = found.recipient_id, found.person_id
    debtor = queries.debtor_of(
        issuer_id=found.issuer_id, organisation_id=organisation_id, person_id=person_id
    ) or Debtor(issuer=found.issuer, organisation_id=organisation_id, person_id=person_id)
    return Account(found, debtor, queries.position_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
@page(ISSUE)
def receivable(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was paid on an invoice, and record a payment of its debtor."""
    account = account_of(request, pk)
    waiting = queries.open_invoices(account.debtor)
    form = PaymentForm(
        request.POST or None,
        invoices=[(one.pk, _open_words(one, position)) for one, position in waiting],
        lines=_bank_lines(account),
        initial=_asked(account),
    )
    if form.is_valid():
        try:
            _record(account, form, actor=user_of(request).actor)
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The payment is recorded."))
            return redirect("receivable", pk=pk)
    context = _context(account) | {"form": form, "waiting": waiting}
    return render(request, "receivables/invoice.html", context, status=422 if form.errors else 200)


def _open_words(one: Invoice, position: queries.Position) -> str:
    return _("%(number)s: %(open)s left, due on %(day)s") % {
        "number": one.number,
        "open": euros(position.open_cents),
        "day": day_words(one.due_on),
    }


def _bank_lines(account: Account) -> list[tuple[int, str]]:
    """Credits of the issuer's own ring-fenced account that stand for nothing yet."""
    found = lines_without_use().filter(
        ring_fence__operator=account.invoice.issuer.organisation_id, amount_cents__gt=0
    )
    return [
        (one.pk, f"{day_words(one.booked_on)}, {euros(one.amount_cents)}, {one.counterpart}")
        for one in found[:BANK_LINES]
    ]


def _asked(account: Account) -> dict[str, Any]:
    cents = account.position.open_cents
    return {
        "key": uuid4(),
        "amount": f"{cents / 100:.2f}".replace(".", ",") if cents > 0 else "",
        "day": legal_day(timezone.now()),
        "means": "transfer",
    }


def _record(account: Account, form: PaymentForm, *, actor: str) -> None:
    given = form.cleaned_data
    services.record_payment(
        issuer_id=account.invoice.issuer_id,
        organisation_id=account.invoice.recipient_id,
        person_id=account.invoice.person_id,
        amount_cents=given["amount"],
        received_on=given["day"],
        means=given["means"],
        reference=given["reference"],
        bank_line_id=given.get("bank_line"),
        parts=form.parts(),
        key=given["key"],
        at=timezone.now(),
        actor=actor,
    )


def _context(account: Account) -> dict[str, Any]:
    """What the page says of the invoice and of its debtor."""
    invoice, today = account.invoice, legal_day(timezone.now())
    payments = list(queries.payments_of(account.debtor.pk)[:LINES]) if account.debtor.pk else []
    plan = invoice.plans.filter(ended_at=None).first()
    return {
        "account": account,
        "invoice": invoice,
        "state": say.state_sentence(
            account.position, due_on=invoice.due_on, on=today, has_plan=plan is not None
        ),
        "allocations": [
            (one, say.cause_words(one.cause)) for one in queries.allocations_of(invoice.pk)
        ],
        "payments": [
            (one, say.means_words(one.means), getattr(one, "bounce", None)) for one in payments
        ],
        "plan": plan,
        "instalments": instalments_of(plan, account.position) if plan else [],
        "dispute": invoice.disputes.filter(closed_at=None).first(),
        "reminders": [
            (one, say.step_words(one.step), say.reminder_state(one))
            for one in invoice.reminders.order_by("pk")
        ],
    }


def instalments_of(plan: Any, position: queries.Position) -> list[tuple[Any, bool, bool]]:
    """Give each instalment of a plan, whether it is paid, whether it is late."""
    paid = position.settled_cents - plan.settled_cents
    today, rows, so_far = legal_day(timezone.now()), [], 0
    for one in plan.instalments.order_by("rank"):
        so_far += one.amount_cents
        is_paid = paid >= so_far
        rows.append((one, is_paid, not is_paid and one.due_on < today))
    return rows
