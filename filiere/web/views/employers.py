"""Free hours an employer offers to its staff and their families: counts, cards, never a name."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiere.agreements import cards
from filiere.agreements import services as agreements
from filiere.agreements.models import AgreementKind, Commitment
from filiere.billing import queries as billing
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.forms.employers import CardsForm, HoursForm

OFFER = "agreements.offer_hours"
# Each comes with the form that makes its cards.
ACCOUNTS = 10


def _own(request: HttpRequest, pk: int) -> Commitment:
    found = (
        Commitment.objects.filter(pk=pk, agreement__kind=AgreementKind.EMPLOYER)
        .select_related("agreement__promiser")
        .first()
    )
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, OFFER, found.agreement.promiser)
    return found


@require_safe
@page(OFFER)
def free_hours(request: HttpRequest) -> HttpResponse:
    """List the hours the organisation bought, how many were used, and what to do next."""
    organisation, today = acting_for(request), legal_day(timezone.now())
    require(request.user, OFFER, organisation)
    bought = billing.hours_accounts(organisation.pk, on=today)
    shown = Paginator(bought, ACCOUNTS).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "shown": shown,
        "accounts": [
            (one, CardsForm(initial={"count": 20}, auto_id=f"id_{one.commitment_id}_%s"))
            for one in shown
        ],
    }
    return render(request, "employers/free_hours.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(OFFER)
def free_hours_new(request: HttpRequest) -> HttpResponse:
    """Buy hours: an agreement with one place, or with any."""
    organisation, at = acting_for(request), timezone.now()
    require(request.user, OFFER, organisation)
    form = HoursForm(request.POST or None, initial={"starts_on": legal_day(at)})
    if request.method == "POST" and form.is_valid():
        try:
            _sign(request, form)
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is signed. Make the cards to give out."))
            return redirect("free_hours")
    context: dict[str, Any] = {"form": form, "organisation": organisation}
    return render(request, "employers/new.html", context, status=422 if form.errors else 200)


def _sign(request: HttpRequest, form: HoursForm) -> None:
    given = form.cleaned_data
    agreements.sign(
        kind=AgreementKind.EMPLOYER,
        title=given["title"],
        promiser_id=acting_for(request).pk,
        counterpart_id=given["provider"].pk if given["provider"] else None,
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
        commitments=[agreements.Promise(given["title"], quota_minutes=form.minutes())],
        at=timezone.now(),
        actor=user_of(request).actor,
    )


@require_POST
@page(OFFER)
def free_hours_cards(request: HttpRequest, pk: int) -> HttpResponse:
    """Make cards and show their codes, once: nothing but this page has them."""
    commitment, form = _own(request, pk), CardsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a number of cards between 1 and 500."))
        return redirect("free_hours")
    try:
        made = cards.issue_cards(
            commitment_id=commitment.pk, count=form.cleaned_data["count"],
            minutes_each=form.minutes_each(), at=timezone.now(), actor=user_of(request).actor,
        )  # fmt: skip
    except FiliereError as refusal:
        messages.error(request, str(refusal))
        return redirect("free_hours")
    context = {"codes": made, "agreement": commitment.agreement, "hours": form.minutes_each()}
    answer = render(request, "employers/cards.html", context)
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


@require_POST
@page(OFFER)
def free_hours_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take every card of an agreement back: lost ones open nothing more."""
    commitment = _own(request, pk)
    count = cards.revoke_cards(
        commitment_id=commitment.pk, at=timezone.now(), actor=user_of(request).actor
    )
    messages.success(
        request, _("%(count)s cards are taken back. Make new ones to give out.") % {"count": count}
    )
    return redirect("free_hours")
