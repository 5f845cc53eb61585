"""The diagnosis of a project's model: nine texts, three years, critical size, dependence."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError
from filiere.projects import queries, services
from filiere.projects.errors import ProjectChanged
from filiere.projects.models import ProjectFile
from filiere.projects.queries import WrittenModel
from filiere.rules.business_model import Diagnosis, diagnose
from filiere.web import model_words as say
from filiere.web import project_words
from filiere.web.access import page, user_of
from filiere.web.forms.business_model import FIGURES, ModelForm, written
from filiere.web.model_papers import support_request_pdf
from filiere.web.project_access import SEE, held_project


def diagnosis_of(project: ProjectFile, model: WrittenModel) -> Diagnosis:
    """Work out the model of a project with who pays it today. One query."""
    return diagnose(model.years, queries.payers_of(project.pk), legal_day(timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE)
def project_model(request: HttpRequest, ref: int) -> HttpResponse:
    """Show what the model amounts to, and write it."""
    held = held_project(request, ref, edit=request.method == "POST")
    project = held.project
    model = queries.model_of(ref)
    form = ModelForm(
        request.POST or None, initial=written(model), first_year=project.starts_on.year
    )
    theirs: list[tuple[str, str]] = []
    if form.is_valid():
        try:
            services.save_model(
                project_id=ref, boxes=form.texts(), years=form.years(),
                edition=form.cleaned_data["edition"], actor=user_of(request).actor,
                at=timezone.now(),
            )  # fmt: skip
        except ProjectChanged as refusal:
            model = queries.model_of(ref)
            theirs = _now_there(form, model, request.POST.dict())
            form.add_error(None, project_words.told(refusal))
        except FiliereError as refusal:
            form.add_error(None, project_words.told(refusal))
        else:
            messages.success(request, _("It is saved."))
            return redirect("project_model", ref=ref)
    context = _shown(project, model) | {"held": held, "form": form, "theirs": theirs}
    status = 409 if theirs else 422 if form.errors else 200
    return render(request, "projects/model.html", context, status=status)


def _now_there(
    form: ModelForm, model: WrittenModel, typed: dict[str, str]
) -> list[tuple[str, str]]:
    """Give what is saved now and differs from what was typed; saving again then replaces it."""
    form.data = typed | {"edition": str(model.edition)}
    saved = written(model)
    found = []
    for name, field in form.fields.items():
        theirs, yours = str(saved.get(name, "")), str(typed.get(name, "")).strip()
        if name != "edition" and theirs.replace("\r\n", "\n") != yours.replace("\r\n", "\n"):
            year = name.rpartition("_")[2]
            label = str(field.label)
            if name.rpartition("_")[0] in FIGURES and year.isdecimal():
                label = f"{form.first_year + int(year)}, {label}"
            found.append((label, theirs or "—"))
    return found


def _shown(project: ProjectFile, model: WrittenModel) -> dict[str, Any]:
    found = diagnosis_of(project, model)
    first = model.years[0] if model.years else None
    return {
        "project": project,
        "model": model,
        "headline": say.headline(first, found.size),
        "years": [(project.starts_on.year + one.number - 1, one) for one in found.years],
        "alone": say.size_words(found.size.alone) if found.size else "",
        "with_grants": say.size_words(found.size.with_grants) if found.size else "",
        "rests_on": found.rests_on,
        "left_cents": found.left_cents,
    }


@require_safe
@page(SEE)
def project_model_request(request: HttpRequest, ref: int) -> HttpResponse:
    """Print a request for support by a DLA, filled with what the project says."""
    held = held_project(request, ref)
    model = queries.model_of(ref)
    content = support_request_pdf(
        held.project, model, diagnosis_of(held.project, model), at=timezone.now()
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="demande-dla-{ref}.pdf"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
