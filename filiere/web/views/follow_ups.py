"""Calls one and six months after a session: has the person done it alone since."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.operations.roles import organisations_of
from filiere.pathways import queries, services
from filiere.pathways.models import FollowUp
from filiere.persons import queries as persons
from filiere.web.access import page, user_of
from filiere.web.sheets import words_of

MANY = 50


@page("pathways.follow_up")
def follow_ups(request: HttpRequest) -> HttpResponse:
    """List the questions that are due, oldest first, with how to reach each person."""
    at = timezone.now()
    due = [
        asked
        for organisation_id in sorted(organisations_of(request.user))
        for asked in queries.due_follow_ups(legal_day(at), organisation_id=organisation_id)[:MANY]
    ]
    known = persons.identities(
        [asked.person_id for asked in due], reader=user_of(request).actor, at=at
    )
    rows = [(asked, known.get(asked.person_id), words_of(asked.registration)) for asked in due]
    return render(request, "follow_ups/list.html", {"rows": rows})


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
