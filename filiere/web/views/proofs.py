"""What proves the costs of a project: sessions, bills; what is not proved yet."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.operations.roles import organisations_of
from filiere.projects import queries, services
from filiere.projects.models import AttachmentKind, LineTag, ProjectFile
from filiere.projects.models.sources import GRANTED
from filiere.web import plan_words as say
from filiere.web.access import page, user_of
from filiere.web.formats import euros
from filiere.web.forms.proofs import CostForm, SessionsForm
from filiere.web.project_access import SEE, WRITE, held_project
from filiere.web.steps import ask_then_act
from filiere.web.views.plan_sources import act

METHODS = ["GET", "HEAD", "POST"]


@require_safe
@page(SEE)
def proofs(request: HttpRequest, ref: int) -> HttpResponse:
    """List each line with what proves it and what does not yet; then each funder's report."""
    held = held_project(request, ref)
    rows = queries.proofs_of(ref)
    sources = held.project.sources.filter(state__in=GRANTED).order_by("pk")
    context = {
        "held": held,
        "project": held.project,
        "can_note": queries.may(held.right, "editor"),
        "rows": rows,
        "cost": sum(one.line.amount_cents for one in rows),
        "proved": sum(min(one.proved_cents, one.line.amount_cents) for one in rows),
        "missing": sum(one.missing_cents for one in rows),
        "activity": queries.activity_of(ref),
        "sources": [one for one in sources if one.granted_cents],
        "unproved": LineTag.objects.filter(line__project=ref, kind="cost", document=None).count(),
    }
    return render(request, "plan/proofs.html", context)


@require_safe
@page(SEE)
def line_proofs(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """List the facts that prove one line."""
    held = held_project(request, ref)
    found = [one for one in queries.proofs_of(ref) if one.line.pk == pk]
    if not found:
        raise NotFound(reference=pk)
    context = {
        "held": held,
        "project": held.project,
        "can_note": queries.may(held.right, "editor"),
        "proof": found[0],
        "tags": [(tag, say.COSTS[tag.cost]) for tag in queries.tags_of(pk)],
    }
    return render(request, "plan/line_proofs.html", context)


@require_http_methods(METHODS)
@page(WRITE)
def untag(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Take a proof away from its line; the fact stays."""
    held = held_project(request, ref, edit=True)
    tag = LineTag.objects.select_related("line").filter(pk=pk, line__project=held.project).first()
    if tag is None:
        raise NotFound(reference=pk)
    words = {
        "title": _("Take “%(label)s” away from this line?") % {"label": tag.label},
        "consequence": _("The fact stays; %(amount)s of the line are no longer proved.")
        % {"amount": euros(tag.amount_cents)},
        "label": _("Take it away"),
        "danger": True,
        "back_url": reverse("project_line_proofs", args=[ref, tag.line_id]),
    }
    return ask_then_act(
        request, words, lambda: services.untag(tag=tag, **act(request)), done=_("Noted.")
    )


@require_http_methods(METHODS)
@page(WRITE)
def cost_new(request: HttpRequest, ref: int) -> HttpResponse:
    """Write a cost with its bill, or a bill still to come."""
    held = held_project(request, ref, edit=True)
    lines = queries.lines_of(ref)
    documents = held.project.attachments.filter(
        kind__in=[AttachmentKind.INVOICE, AttachmentKind.QUOTE], tags=None
    ).defer("content")
    initial = {"line": request.GET.get("ligne", ""), "spent_on": legal_day(timezone.now())}
    form = CostForm(
        request.POST or None, request.FILES or None, initial=initial, lines=lines,
        documents=list(documents.order_by("-pk")),
    )  # fmt: skip
    if form.is_valid():
        try:
            tag = _prove(request, held.project, form.cleaned_data)
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            messages.success(request, _("%(amount)s proved.") % {"amount": euros(tag.amount_cents)})
            return redirect("project_line_proofs", ref=ref, pk=tag.line_id)
    context = {"held": held, "project": held.project, "form": form}
    return render(request, "plan/cost.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _prove(request: HttpRequest, project: ProjectFile, given: dict[str, Any]) -> LineTag:
    """Keep the bill that was sent, then the cost it proves: both or neither."""
    document_id = int(given["document"]) if given.get("document") else None
    if given["file"]:
        kept = services.attach(
            project_id=project.pk, kind=AttachmentKind.INVOICE, name=given["file"].name,
            content=given["file"].read(), **act(request),
        )  # fmt: skip
        document_id = kept.pk
    return services.prove_by_cost(
        line_id=int(given["line"]), label=given["label"], spent_on=given["spent_on"],
        amount_cents=given["amount"], cost=given["cost"], document_id=document_id, **act(request),
    )  # fmt: skip


@require_http_methods(METHODS)
@page(WRITE)
def sessions(request: HttpRequest, ref: int) -> HttpResponse:
    """Choose sessions by period and place, see what they come to, then tag them all."""
    held = held_project(request, ref, edit=True)
    acting = organisations_of(user_of(request))
    places = queries.places_behind(held.project, acting_for=acting)
    lines = [one for one in queries.lines_of(ref) if not one.is_in_kind]
    given = request.POST if request.method == "POST" else request.GET
    form = SessionsForm(
        given if "ligne" in given and "du" in given else None, lines=lines,
        places=[(one.pk, one.name) for one in places],
        initial={"ligne": request.GET.get("ligne", ""), "lieux": [one.pk for one in places]},
    )  # fmt: skip
    found, refused, status = None, "", 200
    if form.is_valid():
        found = queries.session_costs(**form.terms())
        if request.method == "POST":
            try:
                made = services.prove_by_sessions(
                    line_id=int(form.cleaned_data["ligne"]),
                    acting_for=acting,
                    **form.terms(),
                    **act(request),
                )
            except FiliereError as refusal:
                refused, status = say.told(refusal), refusal.http_status
            else:
                count = len(made.rows)
                messages.success(request, ngettext(
                    "%(n)s session proves %(amount)s.", "%(n)s sessions prove %(amount)s.", count
                ) % {"n": count, "amount": euros(made.cents)})  # fmt: skip
                return redirect("project_line_proofs", ref=ref, pk=int(form.cleaned_data["ligne"]))
    context = {"held": held, "project": held.project, "form": form, "found": found,
               "refused": refused, "has_places": bool(places)}  # fmt: skip
    return render(request, "plan/sessions.html", context,
                  status=422 if form.errors else status)  # fmt: skip
