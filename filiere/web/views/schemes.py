"""The schemes one may ask: the catalogue, one scheme, those that would suit a project."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed
from filiere.projects import queries
from filiere.projects.models import FundingSource, Scheme, SchemeImport
from filiere.web.access import page
from filiere.web.plan_words import KINDS
from filiere.web.project_access import SEE, held_project, my_projects
from filiere.web.scheme_words import terms_of

SEE_SCHEMES, ADD, KEEP = "projects.see_schemes", "projects.add_scheme", "projects.keep_schemes"
PER_PAGE = 20
MOST_PROJECTS = 20


@require_safe
@page(SEE_SCHEMES)
def schemes(request: HttpRequest) -> HttpResponse:
    """Search the catalogue by words and origin, those still open only if asked."""
    text, kind = request.GET.get("q", "").strip()[:120], request.GET.get("origine", "")
    open_only = bool(request.GET.get("ouverts"))
    today = legal_day(timezone.now())
    found = queries.search_schemes(text=text, kind=kind, open_on=today if open_only else None)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "rows": queries.schemes_by_id(list(shown)),
        "total": len(found),
        "text": text,
        "kind": kind,
        "open_only": open_only,
        "kinds": list(KINDS.items()),
        "today": today,
        "can_add": allowed(request.user, ADD),
        "can_keep": allowed(request.user, KEEP),
        "is_filtered": bool(text or kind or open_only),
        "last": SchemeImport.objects.order_by("-pk").defer("remarks").first(),
    }
    return render(request, "schemes/list.html", context)


def scheme_of(pk: int) -> Scheme:
    """Find a scheme.

    Raises:
        NotFound: none has this number.
    """
    found = Scheme.objects.select_related("territory").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    return found


@require_safe
@page(SEE_SCHEMES)
def scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one scheme: its terms, where they were read and when, the projects it may be added to."""
    one, today = scheme_of(pk), legal_day(timezone.now())
    mine = [project for project in my_projects(request)[:MOST_PROJECTS] if project.is_open]
    asked = set(
        FundingSource.objects.filter(scheme=one, project__in=mine)
        .exclude(state__in=["refused", "withdrawn"])
        .values_list("project", flat=True)
    )
    context = {
        "scheme": one,
        "kind": KINDS[one.kind],
        "terms": terms_of(one),
        "is_closed": one.closes_on is not None and one.closes_on < today,
        "mine": [(project, project.pk in asked) for project in mine],
        "can_keep": allowed(request.user, KEEP),
    }
    return render(request, "schemes/scheme.html", context)


@require_safe
@page(SEE)
def project_schemes(request: HttpRequest, ref: int) -> HttpResponse:
    """Tell which schemes would suit a project and why; ``?tous=1``: the others too, and why not."""
    held = held_project(request, ref)
    matches = queries.schemes_for(ref, on=legal_day(timezone.now()))
    possible = [one for one in matches if one.is_possible]
    every = bool(request.GET.get("tous"))
    shown = Paginator(matches if every else possible, PER_PAGE).get_page(request.GET.get("page"))
    asked = set(
        FundingSource.objects.filter(project=ref, scheme__isnull=False)
        .exclude(state__in=["refused", "withdrawn"])
        .values_list("scheme", flat=True)
    )
    context: dict[str, Any] = {
        "held": held,
        "project": held.project,
        "page": shown,
        "rows": [
            (
                one,
                [queries.REASON_WORDS[reason] for reason in one.reasons],
                [queries.REASON_WORDS[reason] for reason in one.obstacles],
                one.scheme.pk in asked,
            )
            for one in shown
        ],
        "possible": len(possible),
        "total": len(matches),
        "every": every,
    }
    return render(request, "schemes/for_project.html", context)
