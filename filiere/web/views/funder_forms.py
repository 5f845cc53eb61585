"""The forms of a project: how far each is, one of them filled, its own questions, its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.errors import FiliereError, NotFound
from filiere.projects import queries, services
from filiere.projects.errors import FormAnswersChanged
from filiere.projects.forms import catalogue
from filiere.projects.models import FormAnswer, FundingSource, SourceState
from filiere.projects.queries.forms import USUAL
from filiere.projects.rendering import Kind, Rendered
from filiere.projects.rendering import render as write
from filiere.projects.rendering.telling import progress_words
from filiere.projects.services.submissions import STILL_ASKED
from filiere.rules.funder_forms.filling import fill, reworded
from filiere.rules.funder_forms.shape import FilledForm, FormSpec
from filiere.web import funder_form_words as say
from filiere.web import plan_words
from filiere.web.access import page, user_of
from filiere.web.form_pages import cuts_of, language, parts_of, wanted_of
from filiere.web.forms.funder_forms import OwnAnswersForm, RewordForm
from filiere.web.project_access import SEE, WRITE, HeldProject, held_project
from filiere.web.project_words import said

METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class OpenForm:
    """One form of one source, as it is filled now."""

    held: HeldProject
    source: FundingSource
    spec: FormSpec
    facts: Any
    own: Mapping[str, FormAnswer]
    filled: FilledForm

    @property
    def can_send(self) -> bool:
        """Tell whether a request may still be sent to this funder."""
        return self.held.can_edit and self.source.state in STILL_ASKED

    def around(self) -> dict[str, Any]:
        """Give what every page about this form says."""
        return {
            "held": self.held,
            "project": self.held.project,
            "source": self.source,
            "key": self.spec.key,
            "form_title": said(self.spec.title),
            "note": said(self.spec.note),
            "progress": progress_words(self.filled),
        }


def asked_source(held: HeldProject, pk: int) -> FundingSource:
    """Find a source of a project that somebody is asked for.

    Raises:
        NotFound: none of this project has this number, or nobody is asked for it.
    """
    found = FundingSource.objects.filter(pk=pk, project=held.project, kind__in=list(USUAL))
    source = found.select_related("scheme").first()
    if source is None:
        raise NotFound(reference=pk)
    source.project = held.project
    return source


def open_form(request: HttpRequest, ref: int, pk: int, key: str, *, edit: bool = False) -> OpenForm:
    """Fill one form of one source.

    Raises:
        NotFound: no such project for this person, source or form.
        NotAllowed: they may read it, and are about to write in it.
    """
    held = held_project(request, ref, edit=edit)
    source = asked_source(held, pk)
    spec = catalogue().get(key)
    if spec is None:
        raise NotFound(reference=key)
    facts = queries.project_facts(ref, timezone.now(), source_id=pk)
    own = queries.form_answers(pk, key)
    return OpenForm(held, source, spec, facts, own, fill(spec, facts, queries.own_values(own)))


@require_safe
@page(SEE)
def project_forms(request: HttpRequest, ref: int) -> HttpResponse:
    """List the form of each funder and how far it is."""
    held = held_project(request, ref)
    rows = [
        {
            "source": one.source,
            "key": one.filled.spec.key,
            "title": said(one.filled.spec.title),
            "progress": progress_words(one.filled),
            "percent": one.filled.percent,
            "is_ready": one.filled.is_ready,
            "is_planned": one.source.state == SourceState.ENVISAGED,
            "sent": one.sent,
            "state": plan_words.state_words(one.source.state, one.source.kind),
            "tone": plan_words.STATE_TONES[one.source.state],
        }
        for one in queries.forms_of(ref, at=timezone.now())
    ]
    to_send = [one for one in rows if one["is_planned"]]
    context = {
        "held": held,
        "project": held.project,
        "to_send": to_send,
        "others": [one for one in rows if not one["is_planned"]],
        "ready": sum(bool(one["is_ready"]) for one in to_send),
        "next": next((one for one in to_send if not one["is_ready"]), None),
    }
    return render(request, "funder_forms/list.html", context)


@require_http_methods(METHODS)
@page(SEE)
def project_form(request: HttpRequest, ref: int, pk: int, key: str) -> HttpResponse:
    """Show one form as far as it is filled; keep what only it asks."""
    shown = open_form(request, ref, pk, key, edit=request.method == "POST")
    form = OwnAnswersForm(request.POST or None, spec=shown.spec, present=shown.own)
    theirs: list[tuple[str, Any]] = []
    if form.is_valid():
        try:
            _save(request, shown, form)
        except FormAnswersChanged as conflict:
            theirs = _both(request, shown, form, conflict)
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("project_form", ref=ref, pk=pk, key=key)
    context = shown.around() | _form_words(shown) | {"form": form, "theirs": theirs}
    status = 409 if theirs else 422 if form.errors else 200
    return render(request, "funder_forms/form.html", context, status=status)


def _save(request: HttpRequest, shown: OpenForm, form: OwnAnswersForm) -> None:
    changed = services.save_form_answers(
        source_id=shown.source.pk, form_key=shown.spec.key, answers=form.answers(),
        editions=form.editions(), at=timezone.now(), actor=user_of(request).actor,
    )  # fmt: skip
    messages.success(request, _("It is saved.") if changed else _("Nothing changed."))


def _both(
    request: HttpRequest, shown: OpenForm, form: OwnAnswersForm, conflict: FormAnswersChanged
) -> list[tuple[str, Any]]:
    """Give what is saved now beside what was typed, which stays; saving again replaces it."""
    data = request.POST.copy()
    found = []
    for field, one in conflict.theirs.items():
        data[f"edition_{field}"] = str(one.edition if one else 0)
        value = one.value if one else _("taken away")
        words = _("Yes") if value is True else str(value)
        found.append((said(shown.spec.field(field).label), words))
    form.data = data
    return found


def _form_words(shown: OpenForm) -> dict[str, Any]:
    """Give what the page of a form says beside its questions."""
    project = shown.held.project
    own = queries.own_values(dict(shown.own))
    last = shown.source.submissions.defer("content").order_by("-number").first()
    others = [(key, said(one.title)) for key, one in catalogue().items() if key != shown.spec.key]
    return {
        "percent": shown.filled.percent,
        "is_ready": shown.filled.is_ready,
        "wanted": wanted_of(shown.filled, project.pk),
        "cuts": cuts_of(shown.filled),
        "parts": parts_of(shown.filled, project.pk, own=own),
        "reworded": rewordings(shown.spec, shown.facts, own),
        "can_send": shown.can_send,
        "deadline": services.deadline_of(shown.source),
        "sent": last,
        "files": [(kind.value, words) for kind, words in say.FILES.items()],
        "others": sorted(others, key=lambda one: one[1]),
    }


def rewordings(
    spec: FormSpec, facts: Any, own: Mapping[str, Any]
) -> list[tuple[str, str, Any, Any]]:
    """Give (field, label, what the project says, what this form says), where they differ."""
    return [
        (field, said(spec.field(field).label), master, ours)
        for field, master, ours in reworded(spec, facts, own)
    ]


@require_http_methods(METHODS)
@page(WRITE)
def project_form_field(
    request: HttpRequest, ref: int, pk: int, key: str, field: str
) -> HttpResponse:
    """Write one text otherwise for this form alone, beside what the project says."""
    shown = open_form(request, ref, pk, key, edit=True)
    spec = shown.spec
    if field not in spec.mapping or not spec.is_rewordable(field) or spec.is_asked(field):
        raise NotFound(reference=field)
    present, theirs = shown.own.get(field), ""
    master = str(fill(spec, shown.facts).values.get(field, ""))
    initial = {"text": present.value if present else master,
               "edition": present.edition if present else 0}  # fmt: skip
    form = RewordForm(request.POST or None, initial=initial)
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            services.save_form_answers(
                source_id=pk, form_key=key, answers={field: "" if text == master else text},
                editions={field: form.cleaned_data["edition"] or 0}, at=timezone.now(),
                actor=user_of(request).actor,
            )  # fmt: skip
        except FormAnswersChanged as conflict:
            one = conflict.theirs[field]
            theirs = str(one.value) if one else _("taken away")
            data = request.POST.copy()
            data["edition"] = str(one.edition if one else 0)
            form.data = data
            form.add_error(None, str(conflict))
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is saved."))
            return redirect("project_form", ref=ref, pk=pk, key=key)
    words, url = say.origin(spec, field, ref)
    context = shown.around() | {
        "form": form, "theirs": theirs, "master": master, "label": said(spec.field(field).label),
        "limit": spec.field(field).limit, "origin": words, "origin_url": url,
    }  # fmt: skip
    status = 409 if theirs else 422 if form.errors else 200
    return render(request, "funder_forms/reword.html", context, status=status)


@require_safe
@page(SEE)
def project_form_file(request: HttpRequest, ref: int, pk: int, key: str, kind: str) -> HttpResponse:
    """Give the form as a file, with what is missing said in it."""
    shown = open_form(request, ref, pk, key)
    return file_of(shown.filled, kind)


def file_of(filled: FilledForm, kind: str) -> HttpResponse:
    """Answer with a form as a file; nothing of it is kept on the way.

    Raises:
        NotFound: no such kind of file.
    """
    if kind not in list(Kind):
        raise NotFound(reference=kind)
    made = write(filled, Kind(kind), at=timezone.now(), language=language())
    return download(made)


def download(made: Rendered) -> HttpResponse:
    """Answer with a file to be saved, which no cache keeps."""
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
