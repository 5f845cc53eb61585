"""One step about an invoice to be paid: a bounce, the credit balance, a plan, a dispute."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiere.billing import services
from filiere.billing.models import InvoiceDispute, InvoicePayment, PaymentPlan
from filiere.kernel.calendar import add_months, legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.web.access import page, user_of
from filiere.web.formats import euros
from filiere.web.forms.receivables import (
    BounceForm,
    EndPlanForm,
    MoneyForm,
    PlanForm,
    SettleForm,
    WordsForm,
)
from filiere.web.views.receivables import ISSUE, Account, account_of


def _step(
    request: HttpRequest,
    form: forms.Form,
    words: dict[str, Any],
    act: Callable[[], object],
    *,
    done: str,
) -> HttpResponse:
    """Show one form; once it is right, act and go back."""
    if form.is_valid():
        try:
            act()
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(words["back_url"])
    status = 422 if form.errors else 200
    return render(request, "receivables/step.html", words | {"form": form}, status=status)


def _is_repeated(request: HttpRequest, running: PaymentPlan | InvoiceDispute | None) -> bool:
    """Tell a form sent twice, or read before somebody else acted: it is not about what stands now."""
    stands = str(running.pk) if running else ""
    return request.method == "POST" and request.POST.get("running", "") != stands


@require_http_methods(["GET", "HEAD", "POST"])
@page(ISSUE)
def bounce(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a payment did not hold."""
    payment = (
        InvoicePayment.objects.filter(pk=pk).select_related("debtor__issuer__organisation").first()
    )
    if payment is None:
        raise NotFound(reference=pk)
    require(request.user, ISSUE, payment.debtor.issuer.organisation)
    put = payment.allocations.order_by("pk").first()
    today = legal_day(timezone.now())
    form = BounceForm(request.POST or None, initial={"day": today})
    words = {
        "kicker": payment.debtor.issuer.legal_name,
        "title": _("Did this payment of %(amount)s not hold?")
        % {"amount": euros(payment.amount_cents)},
        "consequence": _(
            "Its invoices will ask for it again. It stays in the list, with the reason."
        ),
        "label": _("Record that it did not hold"),
        "danger": True,
        "back_url": reverse("receivable", args=[put.invoice_id]) if put else reverse("receivables"),
    }

    def act() -> object:
        return services.bounce_payment(
            payment=payment,
            bounced_on=form.cleaned_data["day"],
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
            actor=user_of(request).actor,
        )

    return _step(request, form, words, act, done=_("Its invoices ask for it again."))


@require_POST
@page(ISSUE)
def credit_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the debtor's credit balance on what it has to pay."""
    account = account_of(request, pk)
    made = []
    if account.debtor.pk:
        made = services.use_credit(
            debtor_id=account.debtor.pk, at=timezone.now(), actor=user_of(request).actor
        )
    if made:
        amount = euros(sum(one.amount_cents for one in made))
        messages.success(
            request, _("%(amount)s of the credit balance is used.") % {"amount": amount}
        )
    else:
        messages.info(request, _("Nothing to use: no credit balance, or nothing to pay."))
    return redirect("receivable", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@page(ISSUE)
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the credit balance, or a part of it, was given back."""
    account = account_of(request, pk)
    credit = account.credit_cents
    form = MoneyForm(
        request.POST or None,
        initial={
            "key": uuid4(),
            "amount": f"{credit / 100:.2f}".replace(".", ","),
            "day": legal_day(timezone.now()),
            "means": "transfer",
        },
    )
    words = {
        "kicker": account.name,
        "title": _("Give back the credit balance: %(amount)s") % {"amount": euros(credit)},
        "consequence": _(
            "Pay it first, then write it here: Filière records it and moves no money."
        ),
        "label": _("Record what was given back"),
        "back_url": reverse("receivable", args=[pk]),
    }

    def act() -> object:
        given = form.cleaned_data
        return services.refund_credit(
            debtor_id=account.debtor.pk,
            amount_cents=given["amount"],
            means=given["means"],
            reference=given["reference"],
            given_on=given["day"],
            key=given["key"],
            at=timezone.now(),
            actor=user_of(request).actor,
        )

    if account.debtor.pk is None or (not credit and request.method != "POST"):
        messages.info(request, _("There is no credit balance to give back."))
        return redirect("receivable", pk=pk)
    return _step(request, form, words, act, done=_("What was given back is recorded."))


@require_http_methods(["GET", "HEAD", "POST"])
@page(ISSUE)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree on a payment plan, or end the one that runs."""
    account = account_of(request, pk)
    running = account.invoice.plans.filter(ended_at=None).first()
    if _is_repeated(request, running):
        return redirect("receivable", pk=pk)
    if running is not None:
        return _end_plan(request, account, running)
    form = PlanForm(
        request.POST or None, initial={"first_on": add_months(legal_day(timezone.now()), 1)}
    )
    words = {
        "title": _("Pay %(number)s bit by bit"),
        "consequence": _(
            "%(open)s is left to pay. Equal sums, month after month; no fee, and no reminder "
            "while the plan runs."
        ),
        "label": _("Agree on this plan"),
    }

    def act() -> object:
        return services.agree_plan(
            invoice=account.invoice,
            instalments=form.instalments(max(1, account.position.open_cents)),
            at=timezone.now(),
            actor=user_of(request).actor,
        )

    return _step(request, form, _worded(words, account), act, done=_("The plan is agreed."))


def _end_plan(request: HttpRequest, account: Account, running: PaymentPlan) -> HttpResponse:
    form = EndPlanForm(request.POST or None, initial={"running": running.pk})
    words = {
        "title": _("End the payment plan of %(number)s?"),
        "consequence": _("What is left is asked as before, and reminders go on."),
        "label": _("End the plan"),
        "danger": True,
    }

    def act() -> object:
        return services.end_plan(plan=running, at=timezone.now(), actor=user_of(request).actor)

    return _step(request, form, _worded(words, account), act, done=_("The plan is ended."))


def _worded(words: dict[str, Any], account: Account) -> dict[str, Any]:
    """Put the invoice in the words of a step."""
    invoice = account.invoice
    told = {"number": invoice.number, "open": euros(account.position.open_cents)}
    return words | {
        "title": words["title"] % told,
        "consequence": words["consequence"] % told,
        "kicker": account.name,
        "back_url": reverse("receivable", args=[invoice.pk]),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page(ISSUE)
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that an invoice is contested, or how it was settled."""
    account = account_of(request, pk)
    opened = account.invoice.disputes.filter(closed_at=None).first()
    if _is_repeated(request, opened):
        return redirect("receivable", pk=pk)
    form: forms.Form = WordsForm(request.POST or None)
    at, actor = timezone.now(), user_of(request).actor
    if opened is None:
        words = {
            "title": _("Is %(number)s contested?"),
            "consequence": _("No reminder leaves while you look at it together."),
            "label": _("Note that it is contested"),
        }
        done = _("No reminder will leave for this invoice.")

        def act() -> object:
            reason = form.cleaned_data["words"]
            return services.open_dispute(invoice=account.invoice, reason=reason, at=at, actor=actor)
    else:
        form = SettleForm(request.POST or None, initial={"running": opened.pk})
        words = {
            "title": _("How was it settled for %(number)s?"),
            "consequence": _("If the invoice was wrong, write a credit note too."),
            "label": _("Note that it is settled"),
        }
        done = _("This invoice is no longer contested.")

        def act() -> object:
            outcome = form.cleaned_data["words"]
            return services.close_dispute(dispute=opened, outcome=outcome, at=at, actor=actor)

    return _step(request, form, _worded(words, account), act, done=done)
