"""The till of a public organisation: the day, what is in hand, counting, depositing, undoing."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiere.accounts.models import Role
from filiere.billing import queries as billing_queries
from filiere.billing.models import MonthState, Till, TillMonth, TillReceipt
from filiere.billing.queries import tills as queries
from filiere.billing.services import tills as services
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, memberships, require
from filiere.rules import carriers
from filiere.rules.tills import month_after
from filiere.web import till_words
from filiere.web.access import page, user_of
from filiere.web.acting import acting
from filiere.web.forms.tills import CarrierForm, CountForm, DepositForm, ReversalForm
from filiere.web.views.day import own_registration

SEE, HOLD, RECORD = "billing.see_till", "billing.hold_till", "billing.record_at_till"
SHOWN, ROWS = 20, 50


def till_or_refuse(request: HttpRequest, pk: int, action: str) -> Till:
    """Give a till one may do something with.

    Raises:
        NotFound: no such till.
        NotAllowed: it is another organisation's, or one was not named there.
    """
    found = Till.objects.select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, action, found)
    return found


@require_safe
@page(SEE)
def tills(request: HttpRequest) -> HttpResponse:
    """List the tills one may see; a single one opens at once."""
    held = memberships(request.user)
    everything = any(one.role == Role.AUDITOR for one in held)
    own = None if everything else {one.organisation_id for one in held}
    found = Paginator(queries.tills_of(own), ROWS).get_page(request.GET.get("page"))
    if found.paginator.count == 1 and not everything:
        return redirect("till", pk=found[0].pk)
    here = acting(request)
    context = {
        "tills": found,
        "organisation": here.organisation if here else None,
        "may_open": here is not None
        and allowed(request.user, "billing.open_till", here.organisation)
        and carriers.is_public(here.organisation.kind),
        "is_public": here is not None and carriers.is_public(here.organisation.kind),
    }
    return render(request, "tills/list.html", context)


def state_of(row: TillMonth | None, month: dt.date, today: dt.date) -> str:
    """Say where a month stands: its state, blank when it is to hand over, or under way."""
    if row is not None:
        return str(row.state)
    return "" if month_after(month) <= today else till_words.UNDER_WAY


@require_safe
@page(SEE)
def till(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a till: what to do now, what is in hand, today's receipts, its months."""
    found = till_or_refuse(request, pk, SEE)
    today = legal_day(timezone.now())
    waiting = queries.to_record(found)
    months = queries.months_of(found)
    rows = [
        (month, state_of(months.get(month), month, today))
        for month in reversed(queries.months_with_lines(found))
    ]
    context: dict[str, Any] = {
        "till": found,
        "today": today,
        "holding": queries.holding(found),
        "is_late": queries.holding(found).is_late(today),
        "waiting": list(waiting[:SHOWN]),
        "waiting_count": waiting.count(),
        "receipts": Paginator(queries.receipts_on(found, today), ROWS).get_page(
            request.GET.get("page")
        ),
        "months": rows,
        "to_hand": [
            month for month, state in reversed(rows) if state in ("", MonthState.SENT_BACK)
        ],
        "to_sign": [month for month, state in reversed(rows) if state == MonthState.HANDED],
        "duties": queries.duties_of(found),
        "last_count": queries.last_count(found),
        "earmarking": till_words.earmarking_aid(found.organisation.kind, today),
        "may_record": allowed(request.user, RECORD, found) and found.closed_on is None,
        "may_hold": allowed(request.user, HOLD, found) and found.closed_on is None,
        "may_sign": allowed(request.user, "billing.sign_till", found),
        "may_run": allowed(request.user, "billing.run_till", found) and found.closed_on is None,
    }
    return render(request, "tills/till.html", context)


@require_safe
@page(SEE)
def aids(request: HttpRequest) -> HttpResponse:
    """Say what each legal form may sell and keep apart, with sources; a decision aid."""
    here = acting(request)
    own = here.organisation.kind if here else ""
    form = request.GET.get("statut", own)
    if form not in carriers.known_forms():
        form = "commune"
    today = legal_day(timezone.now())
    context = {
        "form": CarrierForm(initial={"statut": form}),
        "sales": till_words.sale_aids(form, today),
        "earmarking": till_words.earmarking_aid(form, today),
        "today": today,
    }
    return render(request, "tills/aids.html", context)


@require_POST
@page(RECORD)
def record(request: HttpRequest, ref: str) -> HttpResponse:
    """Record what the person pays for a session, by one tap on a means of payment."""
    registration = own_registration(request, ref, "billing.use_counter")
    charge = billing_queries.charge_of(registration.pk)
    found = queries.till_for(charge) if charge else None
    if charge is None or found is None:
        raise NotFound(reference=ref)
    require(request.user, RECORD, found)
    try:
        receipt = services.record_receipt(
            charge=charge,
            means=request.POST.get("means", ""),
            at=timezone.now(),
            actor=user_of(request).actor,
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("Receipt no. %(number)s is recorded at the till.")
        messages.success(request, words % {"number": receipt.number})
        if request.POST.get("back") == "till":
            return redirect("till", pk=found.pk)
    return redirect("session_receipt", ref=registration.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@page(HOLD)
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """Count the cash; a difference is recorded with its explanation."""
    found = till_or_refuse(request, pk, HOLD)
    form = CountForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.count_cash(
                till_id=found.pk,
                counted_cents=form.cleaned_data["counted"],
                note=form.cleaned_data["note"],
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error("note", str(refusal))
        else:
            same = made.counted_cents == made.expected_cents
            messages.success(
                request,
                _("The count is recorded: nothing differs.")
                if same
                else _("The count is recorded, with its difference."),
            )
            return redirect("till", pk=found.pk)
    context = {"till": found, "form": form, "holding": queries.holding(found)}
    return render(request, "tills/count.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(HOLD)
def deposit(request: HttpRequest, pk: int) -> HttpResponse:
    """Deposit what is in hand on the Treasury account, one means of payment at a time."""
    found = till_or_refuse(request, pk, HOLD)
    form = DepositForm(request.POST or None)
    if form.is_valid():
        try:
            services.deposit(
                till_id=found.pk,
                means=form.cleaned_data["means"],
                amount_cents=form.cleaned_data["amount"],
                reference=form.cleaned_data["reference"],
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error("amount", str(refusal))
        else:
            messages.success(request, _("The deposit is recorded."))
            return redirect("till", pk=found.pk)
    context = {"till": found, "form": form, "holding": queries.holding(found)}
    return render(request, "tills/deposit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(HOLD)
def reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a receipt by its opposite, with a reason."""
    receipt = (
        TillReceipt.objects.select_related("till__organisation", "share__charge__registration")
        .filter(pk=pk)
        .first()
    )
    if receipt is None:
        raise NotFound(reference=pk)
    require(request.user, HOLD, receipt.till)
    form = ReversalForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.reverse_receipt(
                receipt=receipt,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error("reason", str(refusal))
        else:
            words = _("Receipt no. %(number)s undoes it.")
            messages.success(request, words % {"number": made.number})
            return redirect("till", pk=receipt.till_id)
    context = {"till": receipt.till, "receipt": receipt, "form": form}
    return render(request, "tills/reverse.html", context, status=422 if form.errors else 200)
