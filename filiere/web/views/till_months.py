"""A month of a till: its journal, handing it over, signing it; as a table and on paper."""

import io
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.accounts.models import User
from filiere.billing.models import Till, TillMonth
from filiere.billing.queries import tills as queries
from filiere.billing.queries.tills import JournalLine
from filiere.billing.services import tills as services
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, require
from filiere.kernel.tables import write_table
from filiere.rules.tills import month_after
from filiere.web.access import page, user_of
from filiere.web.forms.tills import SendBackForm
from filiere.web.till_words import UNDER_WAY, earmarking_aid, line_words, means_words
from filiere.web.views.tills import SEE, state_of, till_or_refuse

HOLD, SIGN = "billing.hold_till", "billing.sign_till"
# A screen; paper and the table hold every line.
LINES = 50


def _month(text: str) -> date:
    """Read a month of an address, ``2026-11``.

    Raises:
        NotFound: it is no month.
    """
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound(reference=text) from None


def _context(request: HttpRequest, till: Till, month: date) -> dict[str, Any]:
    found = queries.journal(till, month)
    row = TillMonth.objects.filter(till=till, month=month).first()
    today = legal_day(timezone.now())
    state = state_of(row, month, today)
    return {
        "till": till,
        "month": month,
        "key": f"{month:%Y-%m}",
        "journal": found,
        "lines": found.lines,
        "row": row,
        "state": state,
        "is_over": today >= month_after(month),
        "may_hand": allowed(request.user, HOLD, till) and state in ("", UNDER_WAY, "sent_back"),
        "may_sign": allowed(request.user, SIGN, till) and state == "handed",
        "earmarking": earmarking_aid(till.organisation.kind, today),
        "handed_by": _name(row.handed_by) if row else "",
        "decided_by": _name(row.decided_by) if row else "",
        "form": SendBackForm(),
    }


def _name(actor: str) -> str:
    """Name whoever acted, blank for who has no account."""
    pk = actor.removeprefix("user:")
    found = User.objects.filter(pk=pk).first() if pk.isdigit() else None
    return str(found) if found else ""


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE)
def month(request: HttpRequest, pk: int, month: str) -> HttpResponse:
    """Show the journal of a month; its manager hands it over, the accountant decides."""
    till, first = till_or_refuse(request, pk, SEE), _month(month)
    if request.method != "POST":
        context = _context(request, till, first)
        context["lines"] = Paginator(context["lines"], LINES).get_page(request.GET.get("page"))
        return render(request, "tills/month.html", context)
    try:
        words = _decided(request, till, first)
    except FiliereError as refusal:
        context = _context(request, till, first)
        context["lines"] = Paginator(context["lines"], LINES).get_page(1)
        context |= {"error": refusal, "form": SendBackForm(initial=request.POST.dict())}
        return render(request, "tills/month.html", context, status=refusal.http_status)
    messages.success(request, words)
    return redirect("till_month", pk=till.pk, month=f"{first:%Y-%m}")


def _decided(request: HttpRequest, till: Till, first: date) -> str:
    """Do what was asked of a month, and say it."""
    act = request.POST.get("act")
    require(request.user, HOLD if act == "hand" else SIGN, till)
    which: dict[str, Any] = {
        "till_id": till.pk,
        "month": first,
        "at": timezone.now(),
        "actor": user_of(request).actor,
    }
    if act == "hand":
        services.hand_over_month(**which)
        return _("The month is handed over: the accountant can sign it.")
    if act == "sign":
        services.sign_month(**which)
        return _("The month is signed: nothing can be added to it any more.")
    services.send_back_month(reason=request.POST.get("reason", ""), **which)
    return _("The month is sent back: the manager reads why.")


@require_safe
@page(SEE)
def csv(request: HttpRequest, pk: int, month: str) -> HttpResponse:
    """Give the journal of a month as a table; a cell is never read as a formula."""
    till, first = till_or_refuse(request, pk, SEE), _month(month)
    text = io.StringIO(newline="")
    names = [
        _("Day"), _("Receipt no."), _("Line"), _("Means of payment"), _("In (euros)"),
        _("Out (euros)"), _("Session"), _("Words"), _("Recorded by"),
    ]  # fmt: skip
    lines = queries.journal(till, first).lines
    write_table(text, names, (dict(zip(names, _cells(one), strict=True)) for one in lines))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"regie-{till.pk}-{first:%Y-%m}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _cells(one: JournalLine) -> list[str]:
    signed = one.line.signed_cents
    return [
        one.day.isoformat(),
        str(one.number or ""),
        line_words(one.line.kind),
        means_words(one.line.means),
        _euros(signed) if signed > 0 else "",
        _euros(-signed) if signed < 0 else "",
        one.session,
        ". ".join(words for words in (one.sold, one.words) if words),
        one.actor,
    ]


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


@require_safe
@page(SEE)
def paper(request: HttpRequest, pk: int, month: str) -> HttpResponse:
    """Print the journal of a month, with its totals and the two signatures."""
    till, first = till_or_refuse(request, pk, SEE), _month(month)
    return render(request, "tills/paper.html", _context(request, till, first))
