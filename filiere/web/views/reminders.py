"""Reminders of invoices: those to confirm, one of them with its text, its letter."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from filiere.billing import services
from filiere.billing.models import Reminder, ReminderState, ReminderWay
from filiere.billing.queries.invoices import issuer_of
from filiere.billing.reminding import addresses_of, message_of
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.persons import queries as persons
from filiere.web import receivable_words as say
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.forms.receivables import SetAsideForm
from filiere.web.papers import document
from filiere.web.views.receivables import ISSUE, name_of

LINES = 50


@require_safe
@page(ISSUE)
def reminders(request: HttpRequest) -> HttpResponse:
    """List the reminders of the organisation acted for, those to confirm first."""
    organisation = acting_for(request)
    require(request.user, ISSUE, organisation)
    issuer = issuer_of(organisation.pk)
    listed = Reminder.objects.filter(invoice__issuer=issuer) if issuer else Reminder.objects.none()
    listed = listed.select_related("invoice__recipient")
    prepared = listed.filter(state=ReminderState.PREPARED).order_by("prepared_on", "pk")
    decided = listed.exclude(state=ReminderState.PREPARED).order_by("-decided_at", "-pk")
    shown = Paginator(decided, LINES).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "prepared": [_row(one) for one in prepared[:LINES]],
        "decided": [_row(one) for one in shown],
        "shown": shown,
    }
    return render(request, "receivables/reminders.html", context)


def _row(one: Reminder) -> tuple[Reminder, str, str, str]:
    return one, say.step_words(one.step), _name(one), say.reminder_state(one)


def _name(one: Reminder) -> str:
    recipient = one.invoice.recipient
    return name_of(recipient.name if recipient else "", one.invoice.person_id)


def _found(request: HttpRequest, pk: int) -> Reminder:
    found = (
        Reminder.objects.filter(pk=pk)
        .select_related("invoice__issuer__organisation", "invoice__recipient")
        .first()
    )
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, ISSUE, found.invoice.issuer.organisation)
    services.bring_up_to(found, legal_day(timezone.now()))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page(ISSUE)
def reminder(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a reminder says; send it by e-mail or letter, or set it aside."""
    found = _found(request, pk)
    aside = "aside" in request.POST
    form = SetAsideForm(request.POST if aside else None)
    refusal, status = None, 422 if form.errors else 200
    if request.method == "POST" and not form.errors:
        try:
            _decide(request, found, form, aside=aside)
        except FiliereError as error:
            refusal, status = error, error.http_status
        else:
            return redirect("receivable_reminder", pk=pk)
    subject, body = message_of(found)
    context = {
        "reminder": found,
        "invoice": found.invoice,
        "name": _name(found),
        "step": say.step_words(found.step),
        "state": say.reminder_state(found),
        "is_prepared": found.state == ReminderState.PREPARED,
        "is_sent": found.state == ReminderState.SENT,
        "has_address": bool(addresses_of(found.invoice)),
        "subject": subject,
        "paragraphs": body.strip().split("\n\n"),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "receivables/reminder.html", context, status=status)


def _decide(request: HttpRequest, found: Reminder, form: SetAsideForm, *, aside: bool) -> None:
    at, actor = timezone.now(), user_of(request).actor
    if aside:
        services.set_reminder_aside(
            reminder=found, reason=form.cleaned_data["reason"], at=at, actor=actor
        )
        messages.success(request, _("This reminder will not leave."))
        return
    way = request.POST.get("way", "")
    services.send_reminder(reminder=found, way=way, at=at, actor=actor)
    told = _("The reminder leaves by e-mail.")
    if way == ReminderWay.LETTER:
        told = _("The reminder is recorded: print the letter and post it.")
    messages.success(request, told)


@require_safe
@page(ISSUE)
def reminder_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Print a reminder as a letter; reading a person's name leaves a trace."""
    found, at = _found(request, pk), timezone.now()
    invoice = found.invoice
    subject, body = message_of(found)
    if invoice.person_id is not None:
        names = persons.name_of([invoice.person_id], reader=user_of(request).actor, at=at)
        addressee = [names.get(invoice.person_id, "") or _name(found)]
    else:
        buyer = invoice.buyer
        addressee = [
            line
            for line in (
                buyer.get("name", ""),
                buyer.get("street", ""),
                f"{buyer.get('postcode', '')} {buyer.get('city', '')}".strip(),
            )
            if line
        ]
    with override("fr"):
        content = document(
            kind=say.step_words(found.step),
            reference=invoice.number,
            sender=invoice.issuer.legal_name,
            heading=subject,
            blocks=[{"is": "text", "text": part} for part in body.strip().split("\n\n")],
            addressee=addressee,
            at=at,
        )
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="relance-{found.pk}.pdf"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
