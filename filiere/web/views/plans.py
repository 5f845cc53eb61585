"""The plan of a project: what it costs, who brings it, which line each pays, what is wrong."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.projects import queries, services
from filiere.projects.models import BudgetLine, FundingKind, ProjectFile, SourceState
from filiere.rules.financing.checks import check_plan
from filiere.web import plan_findings
from filiere.web import plan_words as say
from filiere.web.access import page, user_of
from filiere.web.forms.plan import LinePartsForm
from filiere.web.project_access import SEE, WRITE, held_project

METHODS = ["GET", "HEAD", "POST"]


@require_safe
@page(SEE)
def plan(request: HttpRequest, ref: int) -> HttpResponse:
    """Show what a project costs beside who brings it, and all that is wrong, live."""
    held = held_project(request, ref)
    today = legal_day(timezone.now())
    rows = queries.sources_of(ref, on=today)
    live = [row for row in rows if not row.is_lost]
    lines = queries.lines_of(ref)
    headroom = queries.free_aid(held.project.carrier_id, on=today)
    findings = check_plan(queries.plan_of(ref, headroom=headroom), today)
    balance = plan_findings.balance_of(sum(one.amount_cents for one in lines), live, findings)
    names = {f"s{row.source.pk}": row.source.funder_name for row in rows}
    names |= {f"l{one.pk}": one.label for one in lines}
    low, short_on = _lowest(held.project, today) if live and lines else (0, None)
    given = queries.parts_by_line(ref)
    context = {
        "held": held,
        "project": held.project,
        "balance": balance,
        "headline": plan_findings.headline(balance, short_on=short_on),
        "lines": [(one, one.amount_cents - given.get(one.pk, 0)) for one in lines],
        "rows": [_told(row) for row in live],
        "lost": [_told(row) for row in rows if row.is_lost],
        "asked": sum(row.source.state != SourceState.ENVISAGED for row in live),
        "findings": plan_findings.tell(findings, names),
        "low_cents": -low,
        "short_month": plan_findings.month_words(short_on) if short_on else "",
    }  # fmt: skip
    return render(request, "plan/plan.html", context)


def _told(row: queries.SourceRow) -> tuple[queries.SourceRow, str, str, str]:
    """Give a funder with its state in words, its tone and what is most useful to know."""
    source = row.source
    if row.awaited and row.awaited.late_days:
        return row, _("late"), "error", say.row_note(row)
    words = say.state_words(
        source.state, source.kind, left_cents=source.amount_cents - row.paid_cents
    )
    tone = say.STATE_TONES[source.state]
    return row, words, tone, say.row_note(row)


def _lowest(project: ProjectFile, today: date) -> tuple[int, date | None]:
    """Give the lowest typical balance to come, 0 or below, and its month."""
    book = queries.cash_book(project, on=today)
    low = book.forecast(calls=False).typical.low
    return (low.cents, book.month_on(low.month)) if low.cents < 0 else (0, None)


@require_safe
@page(SEE)
def matrix(request: HttpRequest, ref: int) -> HttpResponse:
    """Show who pays what of each line; a phone reads it line by line."""
    held = held_project(request, ref)
    rows = [row for row in queries.sources_of(ref, on=legal_day(timezone.now()))
            if not row.is_lost]  # fmt: skip
    given, found = queries.matrix_of(ref), []
    for line in queries.lines_of(ref):
        parts = given.get(line.pk, {})
        cells = [parts.get(row.source.pk, 0) for row in rows]
        found.append((line, cells, line.amount_cents - sum(parts.values())))
    context = {
        "held": held,
        "project": held.project,
        "rows": rows,
        "lines": found,
        "missing": sum(left for _line, _cells, left in found),
        "free": sum(row.free_cents for row in rows),
    }
    return render(request, "plan/matrix.html", context)


@require_http_methods(METHODS)
@page(WRITE)
def line_parts(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Say who pays one line, and how much each."""
    held = held_project(request, ref, edit=True)
    line = BudgetLine.objects.filter(pk=pk, project=held.project).first()
    if line is None:
        raise NotFound(reference=pk)
    rows = [row for row in queries.sources_of(ref, on=legal_day(timezone.now()))
            if not row.is_lost]  # fmt: skip
    given = queries.matrix_of(ref).get(line.pk, {})
    fitting = [row for row in rows
               if (row.source.kind == FundingKind.VOLUNTEERING) == line.is_in_kind]  # fmt: skip
    rows = [row for row in fitting if row.free_cents + given.get(row.source.pk, 0) > 0]
    spent = [row.source.funder_name for row in fitting if row not in rows]
    form = LinePartsForm(request.POST or None, rows=rows, given=given)
    if form.is_valid():
        try:
            services.spread_line(
                line_id=line.pk, parts=form.parts(), at=timezone.now(), actor=user_of(request).actor
            )
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            messages.success(request, _("Noted."))
            return redirect("project_matrix", ref=ref)
    left = line.amount_cents - sum(given.values())
    context = {"held": held, "project": held.project, "line": line, "form": form, "left": left,
               "spent": spent}  # fmt: skip
    return render(request, "plan/line.html", context, status=422 if form.errors else 200)
