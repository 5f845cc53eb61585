"""Which places of a territory may be paid with vouchers: a steward's dated decisions."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from filiere.accounts.models import Role
from filiere.directory import queries as directory
from filiere.directory import services
from filiere.directory.queries import CLOSED, QUALIFIED, UNQUALIFIED
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError
from filiere.kernel.permissions import memberships
from filiere.territories.models import Territory
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.forms.my_places import QualificationForm
from filiere.web.money_words import actor_names
from filiere.web.place_words import labels
from filiere.web.views.my_places import own_place

QUALIFY = "directory.qualify_place"
ROWS = 20
STATES = [
    (UNQUALIFIED, gettext_lazy("To be decided")),
    (QUALIFIED, gettext_lazy("Qualified")),
    (CLOSED, gettext_lazy("Closed")),
]


def steward_territory(request: HttpRequest) -> Territory | None:
    """Give the territory one looks after for the organisation acted for; None is everywhere."""
    held = [one for one in memberships(request.user) if one.role == Role.STEWARD]
    here = [one for one in held if one.organisation_id == acting_for(request).pk]
    found: Territory | None = (here or held)[0].territory
    return found


@require_safe
@page(QUALIFY)
def qualifications(request: HttpRequest) -> HttpResponse:
    """List the places of the territory by what was decided about them."""
    state = request.GET.get("etat", UNQUALIFIED)
    state = state if state in dict(STATES) else UNQUALIFIED
    text = request.GET.get("q", "").strip()[:120]
    territory = steward_territory(request)
    counts = {
        key: directory.places_to_decide(territory=territory, text=text, state=key).count()
        for key, _words in STATES
    }
    found = directory.places_to_decide(territory=territory, text=text, state=state)
    context = {
        "territory": territory,
        "text": text,
        "state": state,
        "states": [(key, words, counts[key]) for key, words in STATES],
        "total": counts[state],
        "shown": Paginator(found, ROWS).get_page(request.GET.get("page")),
    }
    return render(request, "qualifications/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(QUALIFY)
def qualification(request: HttpRequest, pk: int) -> HttpResponse:
    """Qualify one place, or take its qualification back, with a day and a reason."""
    place, at = own_place(request, pk, QUALIFY), timezone.now()
    is_qualified = place.qualified_on is not None
    form = QualificationForm(request.POST or None, initial={"on": legal_day(at)})
    if is_qualified:
        del form.fields["on"]  # taking back is at once: a promise of a later refusal helps nobody
    if request.method == "POST" and form.is_valid():
        actor, typed = user_of(request).actor, form.cleaned_data
        try:
            if is_qualified:
                services.disqualify_place(place=place, reason=typed["reason"], actor=actor, at=at)
            else:
                services.qualify_place(place=place, **typed, actor=actor, at=at)
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The decision is written down and shown on its page."))
            return redirect("qualification", pk=pk)
    decisions = list(directory.decisions_on(pk)[:ROWS])
    names = actor_names({one.decided_by for one in decisions})
    offers = place.offers.filter(closed_on=None).order_by("service")
    context = {
        "place": place,
        "form": form,
        "is_qualified": is_qualified,
        "services": labels("services", [one.service for one in offers]),
        "decisions": [(one, names[one.decided_by]) for one in decisions],
    }
    status = 422 if form.errors else 200
    return render(request, "qualifications/place.html", context, status=status)
