"""Calls one and six months after a session: has the person done it alone since."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.pathways import queries, services
from filiere.pathways.models import FollowUp
from filiere.persons import queries as persons
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.sheets import words_of

MANY = 20


@page("pathways.follow_up")
def follow_ups(request: HttpRequest) -> HttpResponse:
    """List the questions that are due, oldest first, with how to reach each person."""
    at = timezone.now()
    waiting = queries.due_follow_ups(legal_day(at), organisation_id=acting_for(request).pk)
    shown = Paginator(waiting, MANY).get_page(request.GET.get("page"))
    due = list(shown)
    known = persons.identities(
        [asked.person_id for asked in due], reader=user_of(request).actor, at=at
    )
    rows = [(asked, known.get(asked.person_id), words_of(asked.registration)) for asked in due]
    context = {"rows": rows, "shown": shown, "total": shown.paginator.count}
    return render(request, "follow_ups/list.html", context)


@require_POST
@page("pathways.follow_up")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the person answered."""
    asked = (
        FollowUp.objects.select_related("registration__slot__offer__place").filter(pk=pk).first()
    )
    if asked is None:
        raise NotFound(reference=pk)
    require(request.user, "agenda.deliver_session", asked.registration)
    try:
        services.answer_follow_up(
            follow_up_id=asked.pk,
            did_it_alone=request.POST.get("alone") == "yes",
            at=timezone.now(),
            actor=user_of(request).actor,
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is noted. Thank you for calling."))
    return redirect("follow_ups")
