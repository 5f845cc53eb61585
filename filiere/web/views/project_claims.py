"""What one funder can be shown: the page, the claim, the final report, the table."""

import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiere.kernel.tables import write_table
from filiere.projects import queries
from filiere.web import claim_papers as papers
from filiere.web.access import page
from filiere.web.project_access import SEE, HeldProject, held_project
from filiere.web.views.plan_sources import source_of


def _facts(held: HeldProject, pk: int) -> papers.FunderFacts:
    source = source_of(held, pk)
    return papers.FunderFacts(
        source=source,
        lines=tuple(queries.claim_of(source)),
        activity=queries.activity_of(held.project.pk, source_id=pk),
        paid_cents=queries.paid_cents(pk),
        proofs=tuple(queries.proofs_of(held.project.pk)),
        indicators=tuple(held.project.indicators.order_by("position")),
    )


@require_safe
@page(SEE)
def claim(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Show what a funder can be shown, line by line, and what it cannot yet."""
    held = held_project(request, ref)
    facts = _facts(held, pk)
    context = {
        "held": held,
        "project": held.project,
        "source": facts.source,
        "facts": facts,
        "activity": papers.activity_words(facts.activity),
    }
    return render(request, "plan/claim.html", context)


@require_safe
@page(SEE)
def claim_pdf(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Give the claim on paper."""
    facts, at = _facts(held_project(request, ref), pk), timezone.now()
    name = papers.file_name(facts.source, "pdf", at)
    return _file(papers.claim_pdf(facts, at=at), "application/pdf", f"demande-{name}")


@require_safe
@page(SEE)
def report_pdf(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Give the final report on paper."""
    facts, at = _facts(held_project(request, ref), pk), timezone.now()
    name = papers.file_name(facts.source, "pdf", at)
    return _file(papers.report_pdf(facts, at=at), "application/pdf", f"compte-rendu-{name}")


@require_safe
@page(SEE)
def claim_csv(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Give the lines of a claim as a table; a cell is never read as a formula."""
    facts, at = _facts(held_project(request, ref), pk), timezone.now()
    names, text = papers.columns(), io.StringIO(newline="")
    rows = (papers.cells(one) for one in facts.lines)
    write_table(text, names, (dict(zip(names, cells, strict=True)) for cells in rows))
    content = ("\ufeff" + text.getvalue()).encode()
    name = papers.file_name(facts.source, "csv", at)
    return _file(content, "text/csv; charset=utf-8", f"preuves-{name}")


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
