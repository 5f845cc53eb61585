"""Payments: what is owed, a batch frozen, approved by a second person, sent, marked paid."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiere.accounts.models import Organisation
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed
from filiere.operations.loop.world import invented_iban
from filiere.settlement import queries as settlement_queries
from filiere.settlement import services as settlement
from filiere.settlement.bank_file import Debtor, masked
from filiere.settlement.models import Batch, BatchState, OrderState, PaymentOrder
from filiere.settlement.reasons import words_of
from filiere.vouchers.queries.devices import ClaimStage, total_of, unpaid_claims
from filiere.web import money_sentences as say
from filiere.web.access import page, user_of
from filiere.web.formats import euros
from filiere.web.forms.batches import FreezeForm, PaidForm, PayerForm
from filiere.web.money_words import (
    BATCH_TONES,
    ORDER_TONES,
    actor_names,
    batch_state,
    left_out_words,
    order_state,
)
from filiere.web.numbers import whole
from filiere.web.steps import ask_then_act

PREPARE, APPROVE = "settlement.prepare_batch", "settlement.approve_batch"
HOLD = "settlement.hold_payments"
SHOWN = 50
NOT_PAID = (OrderState.REJECTED, OrderState.RETURNED)
STEPS = (BatchState.FROZEN, BatchState.APPROVED, BatchState.EMITTED, BatchState.PAID)


def _found(pk: int) -> Batch:
    batch = Batch.objects.filter(pk=pk).first()
    if batch is None:
        raise NotFound(reference=pk)
    return batch


def _why(order: PaymentOrder) -> str:
    """Say why the bank refused a transfer; blank when it did not."""
    return words_of(order.refused_code, order.refused_text) if order.refused_on else ""


def _suggested_label() -> str:
    year, week, _day = legal_day(timezone.now()).isocalendar()
    label = f"VIR-{year}-{week:02}"
    taken = set(
        Batch.objects.filter(label__startswith=label).order_by("pk").values_list("label", flat=True)
    )
    choices = (label, *(f"{label}-{number}" for number in range(2, 100)))
    return next((one for one in choices if one not in taken), label)


@require_safe
@page("settlement.see_batches")
def batches(request: HttpRequest) -> HttpResponse:
    """Show what is owed, who cannot be paid yet, and every batch."""
    return _list(request, FreezeForm(initial={"label": _suggested_label()}))


def _list(request: HttpRequest, form: FreezeForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    owed = settlement_queries.payables()
    out = settlement_queries.left_out(cutoff_at=now, at=now)
    named = out[:SHOWN]
    names = Organisation.objects.in_bulk([one.provider_id for one in named])
    payable = sum(owed.values()) - sum(one.amount_cents for one in out)
    every = settlement_queries.batches().defer("file_xml")
    shown = Paginator(every, SHOWN).get_page(request.GET.get("page"))
    waiting = every.filter(state__in=STEPS[:3]).count()
    context = {
        "title": say.batches_title(payable, providers=len(owed) - len(out), waiting=waiting),
        "payable_cents": payable,
        "providers": len(owed) - len(out),
        "left_out": [(names[one.provider_id].name, left_out_words(one), one) for one in named],
        "left_out_more": len(out) - len(named),
        "shown": shown,
        "rows": [
            (one, batch_state(one.state), BATCH_TONES[BatchState(one.state)]) for one in shown
        ],
        "form": form,
        "may_prepare": allowed(request.user, PREPARE),
        "may_hold": allowed(request.user, HOLD),
        "unpaid": total_of(unpaid_claims(stage=ClaimStage.CONTESTED)),
        "may_see_unpaid": allowed(request.user, "vouchers.see_unpaid_claims"),
    }
    return render(request, "batches/batches.html", context, status=status)


@require_POST
@page(PREPARE)
def batch_freeze(request: HttpRequest) -> HttpResponse:
    """Put all that is owed now into a batch."""
    form, now = FreezeForm(request.POST), timezone.now()
    if form.is_valid():
        try:
            frozen = settlement.freeze_batch(
                cutoff_at=now,
                label=form.cleaned_data["label"],
                at=now,
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error("label", str(refusal))
        else:
            messages.success(request, _("The batch is ready. Another person must approve it."))
            return redirect("batch", pk=frozen.pk)
    return _list(request, form, status=422)


@require_safe
@page("settlement.see_batches")
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one batch: its step, the one thing to do, its transfers."""
    found = _found(pk)
    names = actor_names([one for one in (found.prepared_by, found.approved_by) if one])
    reached = STEPS.index(BatchState(found.state)) if found.state in STEPS else -1
    # What the bank refused first: it would be lost among the thousands it paid.
    orders = settlement_queries.orders_of(found).order_by(
        F("refused_on").asc(nulls_last=True), "end_to_end_id"
    )
    shown = Paginator(orders, SHOWN).get_page(request.GET.get("page"))
    refused = orders.filter(state__in=NOT_PAID).aggregate(cents=Sum("amount_cents", default=0))
    context = {
        "batch": found,
        "orders": [
            (one, order_state(one.state), ORDER_TONES[OrderState(one.state)], _why(one))
            for one in shown
        ],
        "shown": shown,
        "refused_cents": refused["cents"],
        "alerts": settlement_queries.alerts_of(found),
        "answers": settlement_queries.answers_of(found),
        "prepared_by": names[found.prepared_by],
        "approved_by": names.get(found.approved_by, ""),
        "knots": [
            "done" if i <= reached else "now" if i == reached + 1 else "todo" for i in range(4)
        ],
        "state": batch_state(found.state),
        "tone": BATCH_TONES[BatchState(found.state)],
        "is_mine": found.prepared_by == user_of(request).actor,
        "may_prepare": allowed(request.user, PREPARE),
        "may_approve": allowed(request.user, APPROVE),
        "may_hold": allowed(request.user, HOLD),
    }
    return render(request, "batches/batch.html", context)


def _step(
    request: HttpRequest,
    found: Batch,
    service: Callable[..., Batch],
    done: str,
    words: dict[str, Any],
    template: str = "step.html",
) -> HttpResponse:
    """Ask, then act on a batch."""
    return ask_then_act(
        request,
        words | {"back_url": reverse("batch", args=[found.pk])},
        partial(service, batch=found, at=timezone.now(), actor=user_of(request).actor),
        done=done,
        template=template,
    )


def _amounts(found: Batch) -> dict[str, Any]:
    return {
        "label": found.label,
        "amount": euros(found.total_cents),
        "count": found.orders_count,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page(APPROVE)
def batch_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve: the consequence and the alerts to read, then the act, by a second person."""
    found = _found(pk)
    read = [pk for pk in map(whole, request.POST.getlist("alert")) if pk]
    words = {
        "title": _("Approve the batch %(label)s?") % _amounts(found),
        "consequence": ngettext(
            "%(amount)s will be paid by %(count)s transfer. You answer for it with the person "
            "who prepared it. Once the bank file is made, the batch can no longer be cancelled.",
            "%(amount)s will be paid by %(count)s transfers. You answer for it with the person "
            "who prepared it. Once the bank file is made, the batch can no longer be cancelled.",
            found.orders_count,
        )
        % _amounts(found),
        "label": _("Approve the %(amount)s") % _amounts(found),
        "alerts": settlement_queries.alerts_of(found),
        "alerts_read": read,
    }
    done = _("It is approved. The bank file can be made.")
    service = partial(settlement.approve_batch, alerts_read=read)
    return _step(request, found, service, done, words, "batches/approve.html")


@require_http_methods(["GET", "HEAD", "POST"])
@page(PREPARE)
def batch_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a batch before its file is made; once approved, by another than who prepared it."""
    found = _found(pk)
    words = {
        "title": _("Cancel the batch %(label)s?") % _amounts(found),
        "consequence": _(
            "Nothing is lost: the %(amount)s are owed again and go into the next batch."
        )
        % _amounts(found),
        "label": _("Cancel this batch"),
        "danger": True,
    }
    done = _("The batch is cancelled. What is owed can go into another one.")
    return _step(request, found, settlement.cancel_batch, done, words)


def _payer() -> dict[str, str]:
    """The account this installation pays from; an invented one in the demonstration."""
    if settings.DEMO and not settings.PAYER_IBAN:
        return {
            "name": "Filière (démonstration)",
            "iban": invented_iban(1),
            "bic": "AGRIFRPPXXX",
        }
    return {
        "name": settings.PAYER_NAME,
        "iban": settings.PAYER_IBAN,
        "bic": settings.PAYER_BIC,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page(PREPARE)
def batch_emit(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the bank file from the ring-fenced account."""
    found = _found(pk)
    form = PayerForm(request.POST or None, initial=_payer())
    if form.is_valid():
        try:
            settlement.emit_batch(
                batch=found,
                debtor=Debtor(**form.cleaned_data),
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The bank file is ready. Give it to the bank."))
            return redirect("batch", pk=found.pk)
    context = {"batch": found, "form": form}
    return render(request, "batches/emit.html", context, status=422 if form.errors else 200)


@require_safe
@page("settlement.see_batches")
def batch_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the bank file of a batch, the same bytes each time; accounts masked for an auditor."""
    found = _found(pk)
    if not found.file_xml:
        raise NotFound(reference=_("bank file of %(label)s") % {"label": found.label})
    may_send = allowed(request.user, PREPARE)
    text = found.file_xml if may_send else masked(found.file_xml)
    answer = HttpResponse(text.encode(), content_type="application/xml")
    name = found.label if may_send else f"{found.label}-masked"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xml"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@page(PREPARE)
def batch_paid(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the day the bank paid."""
    found, now = _found(pk), timezone.now()
    today = legal_day(now)
    form = PaidForm(request.POST or None, initial={"paid_on": today}, today=today)
    if form.is_valid():
        try:
            settlement.mark_paid(
                batch=found,
                paid_on=form.cleaned_data["paid_on"],
                at=now,
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is noted: the places are paid."))
            return redirect("batch", pk=found.pk)
    context = {"batch": found, "form": form}
    return render(request, "batches/paid.html", context, status=422 if form.errors else 200)
