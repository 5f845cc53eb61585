"""The auditor's check: every statement about the stored state, true or false."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiere.kernel import checks
from filiere.kernel.calendar import legal_day
from filiere.ledger import queries as ledger
from filiere.web import money_sentences as say
from filiere.web.access import page


@require_safe
@page("operations.see_check")
def check(request: HttpRequest) -> HttpResponse:
    """Evaluate every invariant now, false ones first; show the root of the chain, to be kept."""
    now = timezone.now()
    verdicts = checks.run()
    wrong = [one for one in verdicts if not one.holds]
    rows = [(one, _(one.sentence)) for one in sorted(verdicts, key=lambda one: one.holds)]
    context = {
        "title": say.check_title(len(wrong)),
        "rows": rows,
        "wrong": len(wrong),
        "at": now,
        "root": ledger.root(legal_day(now)),
    }
    return render(request, "check/check.html", context)
