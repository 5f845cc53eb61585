"""What was granted to a project, as open data: shown first, then given as a 360Giving file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiere.kernel.calendar import legal_day
from filiere.projects import queries
from filiere.projects.rendering import Rendered
from filiere.rules.funder_forms.awards import awards_json, faults_of
from filiere.web.access import page
from filiere.web.project_access import SEE, held_project
from filiere.web.views.funder_forms import download


@require_safe
@page(SEE)
def project_awards(request: HttpRequest, ref: int) -> HttpResponse:
    """List what funders granted, and what would be published of it."""
    held = held_project(request, ref)
    awards = queries.awards_of(ref)
    context = {
        "held": held,
        "project": held.project,
        "awards": awards,
        "total": sum(one.amount_cents for one in awards),
        "faults": faults_of(awards),
        "own_ids": any(one.funder_id.startswith("filiere-") for one in awards),
    }
    return render(request, "funder_forms/awards.html", context)


@require_safe
@page(SEE)
def project_awards_file(request: HttpRequest, ref: int) -> HttpResponse:
    """Give the awards of a project as a 360Giving file."""
    held_project(request, ref)
    text = awards_json(queries.awards_of(ref))
    name = f"attributions-{ref}-{legal_day(timezone.now())}.json"
    return download(Rendered(text.encode(), "application/json", name))
