"""What a funder said it would pay, what it paid, what it took back."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError
from filiere.projects import queries, services
from filiere.web import plan_words as say
from filiere.web.access import page
from filiere.web.formats import date_words, euros
from filiere.web.forms.plan import ClawbackForm, GrantPaymentForm, due_rows
from filiere.web.project_access import WRITE, held_project
from filiere.web.views.plan_sources import act, source_of

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@page(WRITE)
def payment(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Note money a funder paid, on a sum it said it would pay or beside them."""
    held = held_project(request, ref, edit=True)
    one, today = source_of(held, pk), legal_day(timezone.now())
    every = queries.schedule_of(pk, on=today)
    waiting = [due for due in every if due.left_cents > 0]
    # What is sent again may name a sum that has come meanwhile.
    dues = [
        (due.due.pk, _("%(part)s of %(amount)s, due on %(day)s")
         % {"part": say.DUES[due.due.kind], "amount": euros(due.left_cents, short=True),
            "day": date_words(due.due.due_on)})
        for due in (every if request.method == "POST" else waiting)
    ]  # fmt: skip
    initial = {"day": today, "key": uuid4().hex}
    if waiting:
        initial |= {"amount": waiting[0].left_cents, "due": str(waiting[0].due.pk)}
    form = GrantPaymentForm(request.POST or None, initial=initial, dues=dues, today=today)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.record_payment(
                source_id=pk, amount_cents=given["amount"], received_on=given["day"],
                reference=given["reference"], key=given["key"],
                scheduled_id=int(given["due"]) if given["due"] else None, **act(request),
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            messages.success(
                request, _("%(amount)s noted.") % {"amount": euros(given["amount"], short=True)}
            )
            return redirect("project_source", ref=ref, pk=pk)
    paid = queries.paid_cents(pk)
    context = {"held": held, "project": held.project, "source": one, "form": form,
               "has_dues": bool(dues), "left": (one.granted_cents or 0) - paid}  # fmt: skip
    return render(request, "plan/payment.html", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@page(WRITE)
def clawback(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Note money a funder took back: its award and its lines fall by as much."""
    held = held_project(request, ref, edit=True)
    one, today = source_of(held, pk), legal_day(timezone.now())
    initial = {"day": today, "key": uuid4().hex}
    form = ClawbackForm(request.POST or None, initial=initial, today=today)
    if form.is_valid():
        given = form.cleaned_data
        try:
            _taken, gap = services.claw_back(
                source_id=pk, amount_cents=given["amount"], taken_on=given["day"],
                reason=given["reason"], reference=given["reference"], key=given["key"],
                **act(request),
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            words = _("Noted. The plan now lacks %(amount)s.") if gap else _("Noted.")
            messages.warning(request, words % {"amount": euros(gap, short=True)})
            if gap:
                return redirect("project_plan", ref=ref)
            return redirect("project_source", ref=ref, pk=pk)
    paid = queries.paid_cents(pk)
    context = {"held": held, "project": held.project, "source": one, "form": form, "paid": paid}
    return render(request, "plan/clawback.html", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@page(WRITE)
def schedule(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Write when a funder said it would pay; sums already paid keep their day."""
    held = held_project(request, ref, edit=True)
    one = source_of(held, pk)
    known = queries.schedule_of(pk, on=legal_day(timezone.now()))
    initial = [{"kind": due.due.kind, "due_on": due.due.due_on, "amount": due.due.amount_cents}
               for due in known]  # fmt: skip
    rows = due_rows(request.POST or None, initial)
    refused = ""
    if request.method == "POST" and rows.is_valid():
        try:
            services.schedule_payments(source_id=pk, dues=rows.wanted(), **act(request))
        except FiliereError as refusal:
            refused = say.told(refusal)
        else:
            messages.success(request, _("Noted: cash is counted from it."))
            return redirect("project_source", ref=ref, pk=pk)
    is_wrong = bool(refused) or (request.method == "POST" and not rows.is_valid())
    context = {"held": held, "project": held.project, "source": one, "rows": rows,
               "refused": refused, "has_paid": any(due.paid_cents for due in known)}  # fmt: skip
    return render(request, "plan/schedule.html", context, status=422 if is_wrong else 200)
