"""Where a decision of the week comes from: its rule and its rows."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiere.kernel.errors import NotFound
from filiere.observatory import queries as observatory
from filiere.observatory.queries import Decision
from filiere.web.access import page
from filiere.web.decision_words import cause_rows, decision_rule, decision_title
from filiere.web.views.board import territory_of

SEE = "observatory.see_decisions"
ROWS = 50


@require_safe
@page(SEE)
def decision_rows(request: HttpRequest, kind: str, code: str, what: str) -> HttpResponse:
    """Open the figure of one decision."""
    if what not in set(Decision):
        raise NotFound(reference=what)
    territory, asked = territory_of(kind, code), Decision(what)
    found = observatory.decisions(territory, at=timezone.now())
    lists: dict[Decision, Sequence[Any]] = {
        Decision.QUALIFY: found.towns,
        Decision.ANSWERS: found.refusing,
        Decision.HOURS: found.without_hours,
        Decision.CAUSES: cause_rows(found),
        Decision.LOTS: found.ending_lots,
    }
    context = {
        "territory": territory,
        "what": asked.value,
        "title": decision_title(asked, found),
        "rule": decision_rule(asked, found),
        "shown": Paginator(lists[asked], ROWS).get_page(request.GET.get("page")),
    }
    return render(request, "board/decision.html", context)
