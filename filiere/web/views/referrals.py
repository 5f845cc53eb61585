"""Referrals: sent by prescribers, answered by places, result told back."""

import datetime as dt
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiere.accounts.models import Role
from filiere.agreements import queries as agreements
from filiere.agreements.models import AgreementKind
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.keyed import KeyReused, once
from filiere.kernel.permissions import require
from filiere.operations.referring import sender_of
from filiere.operations.roles import organisations_of
from filiere.orientation import queries as finder
from filiere.orientation import referral_queries, services
from filiere.orientation.models import Attempt, Referral
from filiere.persons import queries as persons
from filiere.territories import queries as territories
from filiere.web.access import page, user_of
from filiere.web.acting import acting, acting_for
from filiere.web.forms.referrals import ReferralForm, RefusalForm, reason_words
from filiere.web.numbers import whole
from filiere.web.referring import refer

SEARCH_DAYS = 21
RECEIVING = {Role.MEDIATOR, Role.MANAGER}
MOST_ASKED, ROWS = 20, 50
MOST_PLACES = 10


@page("orientation.see_referrals")
def referrals(request: HttpRequest) -> HttpResponse:
    """List what awaits an answer, and what one has sent, for the organisation acted for."""
    found = acting(request)
    roles: frozenset[str] = found.roles if found else frozenset()
    here = acting_for(request).pk
    inbox = referral_queries.inbox(here, at=timezone.now()) if roles & RECEIVING else None
    sent = referral_queries.sent(here) if Role.PRESCRIBER in roles else None
    context = {
        "asked": inbox.waiting[:MOST_ASKED] if inbox else [],
        "asked_count": inbox.waiting_count if inbox else 0,
        "sent": Paginator(sent.lines if sent else [], ROWS).get_page(request.GET.get("page")),
        "sent_count": sum(sent.counts.values()) if sent else 0,
        "may_send": sent is not None,
    }
    return render(request, "referrals/list.html", context)


@require_http_methods(["GET", "POST"])
@page("orientation.send_referral")
def new(request: HttpRequest) -> HttpResponse:
    """Describe the need, then choose among the places that have room, then send."""
    at = timezone.now()
    form = ReferralForm(
        request.POST or None,
        commitments=agreements.commitments_in_force(
            AgreementKind.THIRD_PARTY,
            on=legal_day(at),
            counterpart_id=sender_of(user_of(request), acting_for(request).pk),
        ),
        language=get_language() or "fr",
        initial={"key": uuid4()},
    )
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        commune_id = _commune(form)
        if commune_id is not None:
            offers = [
                pk for one in request.POST.getlist("offer")[:MOST_PLACES] if (pk := whole(one))
            ]
            if offers and "send" in request.POST:
                return _send(request, form, commune_id, offers, at)
            context["finding"] = finder.find(
                need=form.cleaned_data["need"],
                commune_id=commune_id,
                window=(at, at + dt.timedelta(days=SEARCH_DAYS)),
                at=at,
                limit=5,
            )
            if "send" in request.POST:
                messages.error(request, _("Choose at least one place."))
    return render(request, "referrals/new.html", context, status=422 if form.errors else 200)


def _commune(form: ReferralForm) -> int | None:
    """Read the commune, or put a kind error on its field."""
    written = form.cleaned_data["commune"]
    matches = territories.find_commune(written, limit=3)
    if matches and matches[0].is_exact and sum(m.is_exact for m in matches) == 1:
        return matches[0].territory_id
    if not matches:
        sentence = _("We know no commune called “%(text)s”. Try its postcode.")
        form.add_error("commune", sentence % {"text": written})
    else:
        names = ", ".join(
            f"{m.name} ({m.postcodes[0] if m.postcodes else m.code})" for m in matches
        )
        sentence = _("“%(text)s” is not precise enough. Did you mean: %(names)s?")
        form.add_error("commune", sentence % {"text": written, "names": names})
    return None


def _send(
    request: HttpRequest, form: ReferralForm, commune_id: int, offers: list[int], at: dt.datetime
) -> HttpResponse:
    user, answers = user_of(request), form.cleaned_data
    sender = acting_for(request).pk
    written = [pair for pair in sorted(request.POST.lists()) if pair[0] != "csrfmiddlewaretoken"]

    def act() -> dict[str, str]:
        sent = refer(
            user, answers, acting_for_id=sender, commune_id=commune_id, offers=offers, at=at
        )
        return {"ref": sent.ref}

    try:
        sent = once(
            actor=user.actor,
            key=str(answers["key"] or uuid4()),
            operation="web.send_referral",
            request=repr(written).encode(),
            at=at,
            act=act,
        )
    except FiliereError as refusal:
        again = _("This request was already sent. To send another, open an empty page.")
        form.add_error(None, again if isinstance(refusal, KeyReused) else str(refusal))
        return render(request, "referrals/new.html", {"form": form}, status=422)
    messages.success(request, _("It is sent. The place has until the date below to answer."))
    return redirect("referral", ref=sent["ref"])


def _referral(request: HttpRequest, ref: str) -> Referral:
    pk = Referral.objects.filter(ref=ref).values_list("pk", flat=True).first()
    found = referral_queries.referral_page(pk) if pk else None
    if found is None:
        raise NotFound(reference=ref)
    require(request.user, "orientation.see_referral", found)
    return found


@page("orientation.see_referral")
def referral(request: HttpRequest, ref: str) -> HttpResponse:
    """Follow one referral: who was asked, who answered, what came of it."""
    found = _referral(request, ref)
    mine = organisations_of(request.user)
    named = [found.person_id] if mine & referral_queries.may_read_name(found) else []
    names = persons.name_of(named, reader=user_of(request).actor, at=timezone.now())
    attempts = [(attempt, reason_words(attempt.refusal_reason)) for attempt in found.attempts.all()]
    context = {
        "referral": found,
        "name": names.get(found.person_id, ""),
        "attempts": attempts,
        "is_sender": found.sender_id in mine,
    }
    return render(request, "referrals/referral.html", context)


def _attempt(request: HttpRequest, pk: int) -> Attempt:
    found = Attempt.objects.select_related("offer__place", "referral").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, "orientation.answer_referral", found)
    return found


@require_POST
@page("orientation.answer_referral")
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the person: the held seat becomes an appointment."""
    attempt = _attempt(request, pk)
    try:
        services.accept(attempt_id=attempt.pk, at=timezone.now(), actor=user_of(request).actor)
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is noted. The person is expected at your place."))
    return redirect("referrals")


@require_http_methods(["GET", "POST"])
@page("orientation.answer_referral")
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why not; the next place is asked at once."""
    attempt = _attempt(request, pk)
    form = RefusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.refuse(
                attempt_id=attempt.pk,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("It is noted. The next place is asked now."))
        return redirect("referrals")
    context = {"attempt": attempt, "form": form}
    return render(request, "referrals/refuse.html", context, status=422 if form.errors else 200)
