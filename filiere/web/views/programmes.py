"""A commissioner opens a programme: draft, signature, promises, matching rule, end."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.accounts.models import Organisation, Role
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, memberships, require
from filiere.programmes import queries, services
from filiere.programmes.models import MatchRule, Programme, ProgrammeState
from filiere.web import programme_words as words
from filiere.web.access import page, user_of
from filiere.web.formats import euros
from filiere.web.forms.programmes import (
    MatchForm,
    ProgrammeForm,
    PromiseForm,
    initial_of,
    tranche_words,
)
from filiere.web.steps import ask_then_act

WRITE, SEE = "programmes.write", "observatory.see_programmes"
METHODS = ["GET", "HEAD", "POST"]
ROWS = 50


def _found(request: HttpRequest, pk: int, action: str = WRITE) -> Programme:
    found = Programme.objects.select_related("commissioner").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, action, found)
    return found


def _act(request: HttpRequest) -> dict[str, Any]:
    """Who acts, and when: what every service asks."""
    return {"actor": user_of(request).actor, "at": timezone.now()}


def _commissioners(request: HttpRequest) -> list[Organisation]:
    """Organisations one may open a programme for."""
    ids = [
        one.organisation_id for one in memberships(request.user) if one.role == Role.COMMISSIONER
    ]
    return list(Organisation.objects.filter(pk__in=ids).order_by("folded", "pk"))


@require_http_methods(METHODS)
@page(WRITE)
def new(request: HttpRequest) -> HttpResponse:
    """Write a programme; it stays a draft until it is signed."""
    organisations = _commissioners(request)
    chosen = request.POST.get("organisation", "")
    owner = next((one for one in organisations if str(one.pk) == chosen), organisations[0])
    form = ProgrammeForm(request.POST or None)
    if form.is_valid():
        made = _try(
            form,
            lambda: services.create_programme(
                commissioner_id=owner.pk,
                signed=False,
                is_invented=owner.is_invented,
                **form.terms(),
                **_act(request),
            ),
        )
        if made is not None:
            messages.success(request, _("The draft is kept. Read it again, then sign it."))
            return redirect("programme_terms", pk=made.pk)
    context = {
        "form": form,
        "title": _("Open a programme"),
        "organisations": organisations if len(organisations) > 1 else [],
        "owner": owner,
        "back_url": reverse("programmes"),
    }
    return _page(request, "programmes/form.html", form, context)


def _try(form: Any, service: Callable[[], Any]) -> Any:
    """Call a service; a refusal is written on the form, which keeps what was typed."""
    try:
        return service()
    except FiliereError as refusal:
        form.add_error(None, str(refusal))
        return None


def _page(request: HttpRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
@page(SEE)
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the terms of a programme, who funds it, and the one thing to do next."""
    programme = _found(request, pk, SEE)
    promised = (
        programme.tranches.select_related("funder")
        .prefetch_related("earmark_territories")
        .order_by("rank", "pk")
    )
    tranches = Paginator(promised, ROWS).get_page(request.GET.get("page"))
    money = {one.tranche_id: one for one in queries.money_of(list(tranches))}
    rules = MatchRule.objects.filter(trigger__programme=programme).select_related(
        "matching__funder", "trigger__funder"
    )
    context = {
        "programme": programme,
        "title": words.terms_title(programme, tranches=tranches.paginator.count),
        "state": words.state(programme.state),
        "tone": words.STATE_TONES[ProgrammeState(programme.state)],
        "rows": words.terms_rows(programme),
        "shown": tranches,
        "tranches": [(one, money[one.pk], words.earmark(one)) for one in tranches],
        "rules": [words.match_sentence(rule) for rule in rules.order_by("pk")],
        "may_write": allowed(request.user, WRITE, programme),
        "may_see_commission": programme.pays_commission
        and allowed(request.user, "settlement.see_commission", programme),
    }
    return render(request, "programmes/terms.html", context)


@require_http_methods(METHODS)
@page(WRITE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    programme = _found(request, pk)
    if programme.state != ProgrammeState.DRAFT:
        return redirect("programme_terms", pk=pk)
    form = ProgrammeForm(request.POST or None, initial=initial_of(programme))
    if form.is_valid() and _try(
        form,
        lambda: services.edit_programme(programme=programme, **form.terms(), **_act(request)),
    ):
        messages.success(request, _("The draft is kept. Read it again, then sign it."))
        return redirect("programme_terms", pk=pk)
    context = {
        "form": form,
        "title": _("Change the draft"),
        "organisations": [],
        "owner": programme.commissioner,
        "back_url": reverse("programme_terms", args=[pk]),
    }
    return _page(request, "programmes/form.html", form, context)


def _step(
    request: HttpRequest,
    programme: Programme,
    service: Callable[..., Programme],
    done: str,
    words: dict[str, Any],
) -> HttpResponse:
    """Ask, then act on a programme."""
    return ask_then_act(
        request,
        words | {"back_url": reverse("programme_terms", args=[programme.pk])},
        partial(service, programme=programme, **_act(request)),
        done=done,
    )


@require_http_methods(METHODS)
@page(WRITE)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign: the page says what can no longer change."""
    programme = _found(request, pk)
    said = {
        "title": _("Sign “%(name)s”?") % {"name": programme.name},
        "consequence": _(
            "From then on its territories, services, publics, places, dates, price, ceiling, order"
            " of payers and distance can no longer change: people are told so. Promises can still"
            " be added. Vouchers are usable once the money has come."
        ),
        "label": _("Sign this programme"),
        "danger": False,
    }
    done = _("It is signed. Funders can promise, and vouchers can be ordered.")
    return _step(request, programme, services.sign_programme, done, said)


@require_http_methods(METHODS)
@page(WRITE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close: no more promise nor lot."""
    programme = _found(request, pk)
    said = {
        "title": _("Close “%(name)s”?") % {"name": programme.name},
        "consequence": _(
            "No one can promise money to it any more, and no voucher can be ordered. Vouchers"
            " already in use keep their own dates. This cannot be taken back."
        ),
        "label": _("Close this programme"),
        "danger": True,
    }
    done = _("It is closed. Money that is left can be given back to its funders.")
    return _step(request, programme, services.close_programme, done, said)


@require_http_methods(METHODS)
@page(WRITE)
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what a funder promises."""
    programme = _found(request, pk)
    form = PromiseForm(request.POST or None)
    if form.is_valid() and _try(
        form,
        lambda: services.promise_tranche(
            programme=programme,
            funder_id=int(form.cleaned_data["funder"]),
            cap_cents=form.cleaned_data["amount"],
            rank=form.cleaned_data["rank"],
            earmark_territory_ids=form.cleaned_data["earmark_territories"],
            earmark_publics=form.cleaned_data["earmark_publics"],
            pays_fees=form.cleaned_data["pays_fees"],
            **_act(request),
        ),
    ):
        messages.success(request, _("The promise is kept. It counts once the money has come."))
        return redirect("programme_terms", pk=pk)
    context = {"form": form, "programme": programme}
    return _page(request, "programmes/promise.html", form, context)


@require_http_methods(METHODS)
@page(WRITE)
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the euros of one promise call those of another."""
    programme = _found(request, pk)
    tranches = {
        str(one.pk): one for one in programme.tranches.select_related("funder").order_by("pk")
    }
    choices = [(key, tranche_words(one, euros(one.cap_cents))) for key, one in tranches.items()]
    form = MatchForm(request.POST or None, tranches=choices)
    if form.is_valid() and _try(
        form,
        lambda: services.match_tranches(
            matching=tranches[form.cleaned_data["matching"]],
            trigger=tranches[form.cleaned_data["trigger"]],
            called_cents=form.cleaned_data["called"],
            per_cents=form.cleaned_data["per"],
            cap_cents=form.cleaned_data["cap"],
            **_act(request),
        ),
    ):
        messages.success(request, _("The matching rule is kept. It applies to the next lots."))
        return redirect("programme_terms", pk=pk)
    context = {"form": form, "programme": programme, "can_match": len(tranches) > 1}
    return _page(request, "programmes/match.html", form, context)
