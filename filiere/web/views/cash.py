"""The cash of a project: what may be missing, when, and the ways through."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiere.kernel.calendar import legal_day
from filiere.projects import queries
from filiere.projects.models import ProjectFile
from filiere.rules import parameters
from filiere.rules.financing.bridging import Way
from filiere.web.access import page
from filiere.web.cash_charts import cash_chart, cash_rows
from filiere.web.forms.proofs import RateForm
from filiere.web.plan_findings import month_words
from filiere.web.project_access import SEE, held_project

CALLS = 3


@require_safe
@page(SEE)
def cash(request: HttpRequest, ref: int) -> HttpResponse:
    """Draw 36 months of cash in three curves; say what is missing and how to get through."""
    held = held_project(request, ref)
    today = legal_day(timezone.now())
    book = queries.cash_book(held.project, on=today)
    form = RateForm(request.GET if "taux" in request.GET else None)
    context: dict[str, Any] = {
        "held": held,
        "project": held.project,
        "form": form,
        "is_blank": not book.receipts or not any(book.spent_cents),
    }
    if not context["is_blank"]:
        context |= _drawn(held.project, book, form.rate(), today)
    return render(request, "plan/cash.html", context)


def _drawn(
    project: ProjectFile, book: queries.CashBook, rate: Fraction | None, today: date
) -> dict[str, Any]:
    """Draw the curves, then each way through when something is missing."""
    found = book.forecast()
    typical, prudent = found.typical, found.prudent
    missing = typical.bridge_cents
    low = typical.low.month if missing else None
    ways = queries.ways_through(book, rate=rate, on=today) if missing else ()
    back = typical.back_month
    return {
        "missing": missing,
        "month": month_words(book.month_on(typical.low.month)),
        "prudent_missing": prudent.bridge_cents,
        "prudent_month": month_words(book.month_on(prudent.low.month)),
        "back_month": month_words(book.month_on(back)) if missing and back is not None else "",
        "unpaid": found.unpaid_share,
        "chart": cash_chart(found, first_on=book.first_on, low=low),
        "rows": cash_rows(found, book.first_on),
        "columns": [_("End of"), _("Prudent"), _("Usual"), _("Lucky")],
        "calls": [(book.names[one.source], one) for one in found.calls[:CALLS]],
        "awaited": queries.awaited(project.pk, on=today),
        "ways": _best_ways(ways, book),
        "priced": rate is not None,
        "part": parameters.ratio("grants.usual_advance", today),
    }


def _best_ways(ways: Sequence[Way], book: queries.CashBook) -> list[tuple[str, Way, str]]:
    """Keep the best way of each kind, with the name of its funder or its months."""
    best: dict[str, tuple[str, Way, str]] = {}
    for one in ways:
        best.setdefault(
            one.kind, (one.kind.value, one, book.names.get(one.key, one.key.lstrip("0")))
        )
    return list(best.values())
