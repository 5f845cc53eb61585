"""A funder's own Word document or workbook, kept with the project, its marks, the file filled."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.errors import FiliereError, NotFound
from filiere.projects import queries, services
from filiere.projects.forms import question_bank
from filiere.projects.models import Attachment, AttachmentKind
from filiere.projects.rendering import CONTENT_TYPES, Kind, Rendered
from filiere.projects.rendering.marked import fill_template, read_template
from filiere.projects.services.attachments import MOST_BYTES
from filiere.rules.funder_forms.marks import mark_values
from filiere.web.access import page, user_of
from filiere.web.project_access import SEE, HeldProject, held_project
from filiere.web.views.funder_forms import METHODS, asked_source, download

OFFICE = [CONTENT_TYPES[Kind.DOCX], CONTENT_TYPES[Kind.XLSX]]


class TemplateForm(forms.Form):
    """A document of a funder, with marks written in it."""

    file = forms.FileField(
        label=_("The funder's document"),
        help_text=_("Word (.docx) or workbook (.xlsx), 5 MB at most, without macros."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.xlsx"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read whole."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext("This file is larger than 5 MB."))
        return file


def _values(ref: int, pk: int) -> dict[str, str]:
    """Give every mark and what it stands for, for one source."""
    facts = queries.project_facts(ref, timezone.now(), source_id=pk)
    return mark_values(facts, question_bank())


@require_http_methods(METHODS)
@page(SEE)
def project_templates(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """List the documents kept, and keep one more once its marks could be read."""
    held = held_project(request, ref, edit=request.method == "POST")
    source = asked_source(held, pk)
    form = TemplateForm(request.POST or None, request.FILES or None)
    values = _values(ref, pk)
    if form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            read_template(content, name=file.name, known=values)
            kept = services.attach(
                project_id=ref, kind=AttachmentKind.OTHER, name=file.name, content=content,
                at=timezone.now(), actor=user_of(request).actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("project_template", ref=ref, pk=pk, file=kept.pk)
    context = {
        "held": held,
        "project": held.project,
        "source": source,
        "form": form,
        "kept": queries.attachments_of(ref).filter(content_type__in=OFFICE),
        "examples": [(name, text) for name, text in values.items() if text][:12],
        "names": sorted(values),
    }
    return render(
        request, "funder_forms/templates.html", context, status=422 if form.errors else 200
    )  # fmt: skip


def _kept(held: HeldProject, file: int) -> Attachment:
    found = Attachment.objects.filter(pk=file, project=held.project, content_type__in=OFFICE)
    one = found.first()
    if one is None:
        raise NotFound(reference=file)
    return one


@require_safe
@page(SEE)
def project_template(request: HttpRequest, ref: int, pk: int, file: int) -> HttpResponse:
    """List the marks of a document: what each becomes, which nobody knows, which are blank."""
    held = held_project(request, ref)
    source, kept = asked_source(held, pk), _kept(held, file)
    values = _values(ref, pk)
    context: dict[str, Any] = {
        "held": held, "project": held.project, "source": source, "kept": kept, "refusal": None,
    }  # fmt: skip
    status = 200
    try:
        marks = read_template(bytes(kept.content), name=kept.name, known=values).marks
    except FiliereError as refusal:
        context["refusal"], status, marks = refusal, refusal.http_status, ()
    context |= {
        "known": [(one.name, values[one.name].strip()) for one in marks if one.known],
        "unknown": [one for one in marks if not one.known],
        "blank": sum(not values[one.name].strip() for one in marks if one.known),
        "count": len(marks),
    }
    return render(request, "funder_forms/template.html", context, status=status)


@require_safe
@page(SEE)
def project_template_filled(request: HttpRequest, ref: int, pk: int, file: int) -> HttpResponse:
    """Give the document with its marks replaced; unknown ones stay in it."""
    held = held_project(request, ref)
    asked_source(held, pk)
    kept = _kept(held, file)
    done = fill_template(bytes(kept.content), name=kept.name, values=_values(ref, pk))
    stem = slugify(PurePath(kept.name).stem)[:60] or "formulaire"
    return download(
        Rendered(done.content, CONTENT_TYPES[Kind(done.kind)], f"{stem}-rempli.{done.kind}")
    )
