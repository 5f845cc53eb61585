"""The first manager of an organisation, invited by a steward or the operator."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiere.accounts import inviting
from filiere.accounts import queries as accounts
from filiere.accounts.models import Organisation
from filiere.kernel.errors import FiliereError, NotFound
from filiere.web.access import page, user_of
from filiere.web.forms.organisation import FirstManagerForm
from filiere.web.numbers import whole
from filiere.web.views.organisation import link_of

ROWS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@page("accounts.invite_manager")
def first_manager(request: HttpRequest) -> HttpResponse:
    """Find an organisation without manager, then invite one."""
    text = request.GET.get("q", "").strip()[:120]
    chosen = request.GET.get("organisation", "")
    organisation = Organisation.objects.filter(pk=whole(chosen) or 0).first()
    if chosen and organisation is None:
        raise NotFound(reference=chosen)
    form = FirstManagerForm(request.POST or None)
    if organisation and request.method == "POST" and form.is_valid():
        try:
            inviting.invite_first_manager(
                organisation_id=organisation.pk,
                email=form.cleaned_data["email"],
                link=lambda token: link_of(request, token),
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error("email", str(refusal))
        else:
            sent = _("It is sent. %(email)s has seven days to accept.")
            messages.success(request, sent % {"email": form.cleaned_data["email"]})
            return redirect("first_manager")
    found = accounts.organisations_without_manager(text=text)
    context = {
        "text": text,
        "organisation": organisation,
        "form": form,
        "shown": Paginator(found, ROWS).get_page(request.GET.get("page")),
    }
    status = 422 if form.errors else 200
    return render(request, "organisation/first_manager.html", context, status=status)
