"""The catalogue of schemes kept: one written by hand or corrected, a list imported line by line."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.errors import FiliereError, NotFound
from filiere.projects import services
from filiere.projects.models import SchemeImport
from filiere.projects.services.schemes import COLUMNS
from filiere.web import scheme_words as say
from filiere.web.access import page, user_of
from filiere.web.forms.schemes import SchemeForm, SchemeListForm
from filiere.web.views.schemes import ADD, KEEP, scheme_of

METHODS = ["GET", "HEAD", "POST"]
MOST_REMARKS = 500


@require_http_methods(METHODS)
@page(ADD)
def scheme_new(request: HttpRequest) -> HttpResponse:
    """Write a scheme by hand; one that is known is refused."""
    form = SchemeForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.add_scheme(
                at=timezone.now(), actor=user_of(request).actor, **form.terms()
            )
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is in the catalogue."))
            return redirect("scheme", pk=made.pk)
    context = {"form": form, "scheme": None}
    return render(request, "schemes/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@page(KEEP)
def scheme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a scheme and its terms."""
    one = scheme_of(pk)
    form = SchemeForm(request.POST or None, scheme=one)
    if form.is_valid():
        try:
            services.save_scheme(
                external_key=one.external_key, at=timezone.now(), actor=user_of(request).actor,
                **form.terms(),
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is saved."))
            return redirect("scheme", pk=pk)
    context = {"form": form, "scheme": one}
    return render(request, "schemes/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@page(KEEP)
def schemes_import(request: HttpRequest) -> HttpResponse:
    """Read a list of schemes; the page after says what was done with each line."""
    form = SchemeListForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            done = services.import_schemes(
                content=file.read(), name=file.name, source=form.cleaned_data["source"],
                at=timezone.now(), actor=user_of(request).actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("schemes_imported", pk=done.pk)
    context = {
        "form": form,
        "columns": COLUMNS,
        "imports": SchemeImport.objects.order_by("-pk").defer("remarks")[:10],
    }
    return render(request, "schemes/import.html", context, status=422 if form.errors else 200)


@require_safe
@page(KEEP)
def schemes_imported(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what an import did: counts, then each line that was refused or needs a look."""
    done = SchemeImport.objects.filter(pk=pk).first()
    if done is None:
        raise NotFound(reference=pk)
    rows = [
        (line, say.REMARKS.get(code, code), read, code in say.REFUSED)
        for line, code, read in done.remarks[:MOST_REMARKS]
    ]
    context = {
        "done": done,
        "rows": rows,
        "read": done.created + done.changed + done.same + done.refused,
        "hidden": len(done.remarks) - len(rows),
    }
    return render(request, "schemes/imported.html", context)
