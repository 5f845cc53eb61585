"""Everything held on one person, in a file for that person alone (GDPR art. 15 and 20)."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiere.kernel.errors import NotFound
from filiere.observatory import personal
from filiere.web.access import page, user_of
from filiere.web.forms.statements import PersonAsksForm
from filiere.web.views.day import own_registration

EXPORT = "observatory.export_person"


@require_http_methods(["GET", "POST"])
@page(EXPORT)
def personal_file(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask whether the person asks for it, then give the file; the reading is audited."""
    registration = own_registration(request, ref, EXPORT)
    form = PersonAsksForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "ref": registration.ref}
        status = 422 if form.errors else 200
        return render(request, "statements/personal_file.html", context, status=status)
    found = personal.export_person(
        registration.person_id, at=timezone.now(), reader=user_of(request).actor
    )
    if not found:
        raise NotFound(reference=ref)
    content = json.dumps(found, ensure_ascii=False, indent=2)
    answer = HttpResponse(content, content_type="application/json; charset=utf-8")
    file_name = _("personal-data-%(ref)s") % {"ref": registration.ref}
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}.json"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
