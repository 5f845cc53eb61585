"""What a project costs, line by line, and the documents kept with it. Integer euro cents."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.calendar import add_months, legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.projects import queries, services
from filiere.projects.errors import ProjectChanged
from filiere.projects.models import Attachment, BudgetLine, ProjectFile
from filiere.web import project_words as say
from filiere.web.access import page, user_of
from filiere.web.formats import euros
from filiere.web.forms.project_budget import AttachmentForm, LineForm, typed
from filiere.web.forms.projects import read_again
from filiere.web.project_access import SEE, WRITE, HeldProject, held_project
from filiere.web.steps import ask_then_act

WARN_MONTHS = 2


@require_safe
@page(SEE)
def project_budget(request: HttpRequest, ref: int) -> HttpResponse:
    """List the costs by account, in cash then in kind, with what funders already pay."""
    held = held_project(request, ref)
    lines = queries.lines_of(ref)
    given = queries.matrix_of(ref)
    accounts = [
        (
            say.NATURES[nature],
            _rows(group := list(found), given),
            sum(one.amount_cents for one in group),
        )
        for nature, found in groupby(lines, key=lambda one: one.nature)
    ]
    total = sum(one.amount_cents for one in lines)
    context = {
        "held": held,
        "project": held.project,
        "accounts": accounts,
        "total": total,
        "without_vat": sum(one.without_vat_cents for one in lines),
        "in_kind": sum(one.amount_cents for one in lines if one.is_in_kind),
        "investment": sum(one.amount_cents for one in lines if one.is_investment),
        "missing": total - sum(sum(parts.values()) for parts in given.values()),
        "years": _years(lines),
    }  # fmt: skip
    return render(request, "projects/budget.html", context)


def _rows(
    lines: Sequence[BudgetLine], given: dict[int, dict[int, int]]
) -> list[tuple[BudgetLine, int]]:
    """Give each line with what nobody pays of it yet."""
    return [(one, one.amount_cents - sum(given.get(one.pk, {}).values())) for one in lines]


def _years(lines: Sequence[BudgetLine]) -> list[tuple[int, int]]:
    years = sorted({one.year for one in lines})
    return [(year, sum(one.amount_cents for one in lines if one.year == year)) for year in years]


def _partners(project: ProjectFile) -> list[tuple[int, str]]:
    """Organisations that may bear a cost: the carrier first, then the members."""
    found = {project.carrier_id: project.carrier.name}
    for one in project.members.select_related("organisation").order_by("-is_lead", "pk"):
        found.setdefault(one.organisation_id, one.organisation.name)
    return list(found.items())


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITE)
def project_line_new(request: HttpRequest, ref: int) -> HttpResponse:
    """Write one more cost."""
    held = held_project(request, ref, edit=True)
    form = LineForm(
        held.project,
        request.POST or None,
        partners=_partners(held.project),
        initial={"borne_by": str(held.project.carrier_id)},
    )
    if form.is_valid():
        try:
            made = services.add_line(
                project_id=ref, at=timezone.now(), actor=user_of(request).actor, **form.terms()
            )
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            words = _("%(label)s is written: %(amount)s.")
            told = {"label": made.label, "amount": euros(made.amount_cents)}
            messages.success(request, words % told)
            again = "project_line_new" if request.POST.get("then") == "again" else "project_budget"
            return redirect(again, ref=ref)
    return _line_page(request, held, form, line=None)


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITE)
def project_line(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Change one cost; when somebody else did since, both are shown."""
    held = held_project(request, ref, edit=True)
    line = _line_of(held, pk)
    form = LineForm(
        held.project, request.POST or None, partners=_partners(held.project), initial=typed(line)
    )
    theirs = ""
    if form.is_valid():
        try:
            services.edit_line(
                line_id=pk,
                edition=form.cleaned_data["edition"],
                at=timezone.now(),
                actor=user_of(request).actor,
                **form.terms(),
            )
        except ProjectChanged as refusal:
            theirs = f"{line.label}, {line.year}, {euros(line.amount_cents)}"
            read_again(form, line.edition)
            form.add_error(None, say.told(refusal))
        except FiliereError as refusal:
            form.add_error(None, say.told(refusal))
        else:
            messages.success(request, _("It is saved."))
            return redirect("project_budget", ref=ref)
    return _line_page(request, held, form, line=line, theirs=theirs)


def _line_of(held: HeldProject, pk: int) -> BudgetLine:
    found = held.project.lines.filter(pk=pk).select_related("project").first()
    if found is None:
        raise NotFound(reference=pk)
    return found


def _line_page(
    request: HttpRequest,
    held: HeldProject,
    form: LineForm,
    *,
    line: BudgetLine | None,
    theirs: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {"held": held, "project": held.project, "form": form}
    context |= {"line": line, "theirs": theirs}
    status = 409 if theirs else 422 if form.errors else 200
    return render(request, "projects/line.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITE)
def project_line_remove(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Ask, then take a cost away."""
    held = held_project(request, ref, edit=True)
    line = _line_of(held, pk)
    words = {
        "title": _("Take “%(label)s” out of the budget?") % {"label": line.label},
        "consequence": _("The project costs %(amount)s less. Named versions keep it.")
        % {"amount": euros(line.amount_cents)},
        "label": _("Take it out"),
        "danger": True,
        "back_url": reverse("project_budget", args=[ref]),
    }
    act = partial(services.remove_line, line_id=pk, at=timezone.now(), actor=user_of(request).actor)
    return ask_then_act(request, words, act, done=_("It is taken out."))


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE)
def project_attachments(request: HttpRequest, ref: int) -> HttpResponse:
    """List the documents, those going out of date first said; keep one more."""
    held = held_project(request, ref, edit=request.method == "POST")
    form = AttachmentForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            services.attach(
                project_id=ref,
                kind=form.cleaned_data["kind"],
                name=file.name,
                content=file.read(),
                expires_on=form.cleaned_data["expires_on"],
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("It is kept."))
            return redirect("project_attachments", ref=ref)
    today = legal_day(timezone.now())
    soon = add_months(today, WARN_MONTHS)
    kept = list(queries.attachments_of(ref))
    late = [one for one in kept if one.expires_on and one.expires_on < today]
    near = [one for one in kept if one.expires_on and today <= one.expires_on <= soon]
    context = {
        "held": held,
        "project": held.project,
        "form": form,
        "rows": [(one, say.ATTACHMENTS[one.kind], one in late, one in near) for one in kept],
        "late": len(late),
        "near": len(near),
    }
    status = 422 if form.errors else 200
    return render(request, "projects/attachments.html", context, status=status)


def _attachment_of(held: HeldProject, pk: int) -> Attachment:
    found = held.project.attachments.filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    return found


@require_safe
@page(SEE)
def project_attachment(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Give one document as it was kept."""
    found = _attachment_of(held_project(request, ref), pk)
    answer = HttpResponse(bytes(found.content), content_type=found.content_type)
    safe = "".join(one if one.isascii() and (one.isalnum() or one in "._- ") else "_"
                   for one in found.name)  # fmt: skip
    answer.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITE)
def project_attachment_remove(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Ask, then throw a document away."""
    found = _attachment_of(held_project(request, ref, edit=True), pk)
    words = {
        "title": _("Throw “%(name)s” away?") % {"name": found.name},
        "consequence": _("The file is erased. Requests already sent keep what was sent."),
        "label": _("Throw it away"),
        "danger": True,
        "back_url": reverse("project_attachments", args=[ref]),
    }
    act = partial(
        services.detach, attachment=found, at=timezone.now(), actor=user_of(request).actor
    )
    return ask_then_act(request, words, act, done=_("It is thrown away."))
