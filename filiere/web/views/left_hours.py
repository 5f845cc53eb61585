"""Hours still open under the name of someone who left: the manager closes those not kept."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from filiere.accounts.models import Membership
from filiere.agenda import queries as agenda
from filiere.agenda import services
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.web.access import page, user_of
from filiere.web.numbers import whole

MANAGE = "accounts.manage_members"


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE)
def left_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """List the hours of one member that are to come, and close those that are ticked."""
    held = Membership.objects.select_related("user", "organisation").filter(pk=pk).first()
    if held is None:
        raise NotFound(reference=pk)
    require(request.user, MANAGE, held.organisation)
    at = timezone.now()
    slots = agenda.slots_left_by(held.user_id, organisation_id=held.organisation_id, after=at)
    ticked = {whole(one) for one in request.POST.getlist("slot")}
    chosen = [slot.pk for slot in slots if slot.pk in ticked]
    if request.method == "POST" and chosen:
        try:
            closed = services.cancel_slots(slot_ids=chosen, at=at, actor=user_of(request).actor)
        except FiliereError as refusal:
            messages.error(request, str(refusal))
        else:
            done = ngettext("%(count)d hour is closed.", "%(count)d hours are closed.", closed)
            messages.success(request, done % {"count": closed})
        return redirect("left_hours", pk=pk)
    context = {
        "held": held,
        "slots": slots,
        "nothing_ticked": request.method == "POST",
        "has_left": held.ended_on is not None,
    }
    status = 422 if context["nothing_ticked"] else 200
    return render(request, "organisation/left_hours.html", context, status=status)
