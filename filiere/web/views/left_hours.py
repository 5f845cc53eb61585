"""Hours still open under the name of someone who left: handed over to a colleague, or closed."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from filiere.accounts.models import Membership
from filiere.agenda import queries as agenda
from filiere.agenda import services
from filiere.agenda.models import Slot
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.web.access import page, user_of
from filiere.web.forms.organisation import LeftHoursForm
from filiere.web.numbers import whole

MANAGE = "accounts.manage_members"
HAND_OVER = "hand_over"


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE)
def left_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """List the hours of one member that are to come; hand over or close those that are ticked."""
    held = Membership.objects.select_related("user", "organisation").filter(pk=pk).first()
    if held is None:
        raise NotFound(reference=pk)
    require(request.user, MANAGE, held.organisation)
    at = timezone.now()
    slots = agenda.slots_left_by(held.user_id, organisation_id=held.organisation_id, after=at)
    form = LeftHoursForm(request.POST or None)
    form.fields["to"].choices = _colleagues(slots, held.user_id, at)  # type: ignore[attr-defined]
    ticked = {whole(one) for one in request.POST.getlist("slot")}
    chosen = [slot.pk for slot in slots if slot.pk in ticked]
    wrong = ""
    if request.method == "POST":
        wrong = _refusal(chosen, form, request.POST.get("do", ""))
        if not wrong:
            _act(request, chosen, form.cleaned_data["to"], at)
            return redirect("left_hours", pk=pk)
    context = {
        "held": held,
        "slots": slots,
        "form": form,
        "wrong": wrong,
        "ticked": chosen if wrong else [one.pk for one in slots if held.ended_on is not None],
    }
    return render(request, "organisation/left_hours.html", context, status=422 if wrong else 200)


def _colleagues(slots: list[Slot], user_id: int, at: dt.datetime) -> list[tuple[str, str]]:
    """Give who may receive people at these places, with the names of the places."""
    places = {slot.offer.place_id for slot in slots}
    found: dict[str, tuple[str, list[str]]] = {}
    for worker in agenda.may_receive(places, on=legal_day(at)).exclude(user=user_id):
        found.setdefault(str(worker.user_id), (worker.public_name, []))[1].append(worker.place.name)
    return [(key, f"{name} · {', '.join(at)}") for key, (name, at) in found.items()]


def _refusal(chosen: list[int], form: LeftHoursForm, do: str) -> str:
    """Say what is missing; blank when nothing is."""
    if not chosen:
        return _("No hour is ticked")
    if not form.is_valid():
        return _("This colleague is not among those who receive people there")
    if do == HAND_OVER and not form.cleaned_data["to"]:
        return _("No colleague is chosen")
    return ""


def _act(request: HttpRequest, chosen: list[int], to: str, at: dt.datetime) -> None:
    """Hand the hours over, or close them, and say what was done."""
    actor = user_of(request).actor
    try:
        if request.POST.get("do") == HAND_OVER:
            _say_handed_over(
                request,
                services.hand_over_slots(slot_ids=chosen, to_user_id=int(to), at=at, actor=actor),
            )
            return
        closed = services.cancel_slots(slot_ids=chosen, at=at, actor=actor)
    except FiliereError as refusal:
        messages.error(request, str(refusal))
        return
    done = ngettext("%(count)d hour is closed.", "%(count)d hours are closed.", closed)
    messages.success(request, done % {"count": closed})


def _say_handed_over(request: HttpRequest, done: services.HandOver) -> None:
    handed = len(done.handed)
    if handed:
        words = ngettext(
            "%(count)d hour is handed over: the seats taken stay as they are.",
            "%(count)d hours are handed over: the seats taken stay as they are.",
            handed,
        )
        messages.success(request, words % {"count": handed})
    if done.told:
        words = ngettext(
            "%(count)d person expected is told of the new name by message.",
            "%(count)d people expected are told of the new name by message.",
            done.told,
        )
        messages.success(request, words % {"count": done.told})
    if done.untold:
        words = ngettext(
            "%(count)d person expected left no telephone and no address: the page of the "
            "appointment shows the new name.",
            "%(count)d people expected left no telephone and no address: the page of the "
            "appointment shows the new name.",
            done.untold,
        )
        messages.warning(request, words % {"count": done.untold})
    if done.taken:
        words = ngettext(
            "%(count)d hour stays here: this colleague is taken at that time.",
            "%(count)d hours stay here: this colleague is taken at those times.",
            len(done.taken),
        )
        messages.warning(request, words % {"count": len(done.taken)})
