"""Lots of vouchers: prepare one, make its vouchers, see what it lacks, activate it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiere.accounts.models import Role
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, memberships, require
from filiere.operations.roles import organisations_of
from filiere.programmes.models import Programme, ProgrammeState
from filiere.vouchers import queries, services, tasks
from filiere.vouchers.models import Lot, LotState
from filiere.web import lot_words as words
from filiere.web.access import page, user_of
from filiere.web.forms.lots import LotForm
from filiere.web.money_words import actor_names
from filiere.web.steps import ask_then_act

SEE, RUN, ACTIVATE = "vouchers.see_lot", "vouchers.run_lot", "vouchers.activate_lot"
CLOSE, SEE_PROGRAMMES = "vouchers.close_lot", "observatory.see_programmes"
METHODS = ["GET", "HEAD", "POST"]
ROWS = 25
# Above this, a worker makes the vouchers while the page waits.
AT_ONCE = 2_000


def found_lot(request: HttpRequest, pk: int, action: str = SEE) -> Lot:
    """Give a lot that this person may act on."""
    found = Lot.objects.select_related("programme__commissioner").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, action, found)
    return found


def act(request: HttpRequest) -> dict[str, Any]:
    """Who acts, and when: what every service asks."""
    return {"actor": user_of(request).actor, "at": timezone.now()}


def _programmes(request: HttpRequest) -> Any:
    """Signed programmes one may prepare a lot for."""
    signed = Programme.objects.filter(state=ProgrammeState.SIGNED).order_by("-starts_on", "-pk")
    if Role.OPERATOR in {one.role for one in memberships(request.user)}:
        return signed
    return signed.filter(commissioner__in=organisations_of(request.user))


@require_safe
@page(SEE)
def lots(request: HttpRequest) -> HttpResponse:
    """List the lots of one's programmes, those to finish first."""
    seen = Lot.objects.select_related("programme").order_by("-created_at", "-pk")
    held = {one.role for one in memberships(request.user)}
    if not held & {Role.OPERATOR, Role.AUDITOR}:
        seen = seen.filter(programme__commissioner__in=organisations_of(request.user))
    counts = dict(seen.order_by("state").values_list("state").annotate(lots=Count("pk")))
    asked = request.GET.get("etat", "")
    state = asked if asked in LotState.values else ""
    shown = Paginator(seen.filter(state=state) if state else seen, ROWS).get_page(
        request.GET.get("page")
    )
    context = {
        "title": words.lots_title(sum(counts.values()), counts.get(LotState.DRAFT, 0)),
        "state": state,
        "states": [
            (one.value, words.state(one), counts[one]) for one in LotState if counts.get(one)
        ],
        "rows": [
            (
                one,
                words.lot_title(one),
                words.state(one.state),
                words.STATE_TONES[LotState(one.state)],
            )
            for one in shown
        ],
        "shown": shown,
        "programmes": list(_programmes(request)[:ROWS]) if allowed(request.user, RUN) else [],
    }
    return render(request, "lots/lots.html", context)


@require_http_methods(METHODS)
@page(RUN)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare a lot of one programme."""
    programme = _programmes(request).filter(pk=pk).first()
    if programme is None:
        raise NotFound(reference=pk)
    form = LotForm(programme, request.POST or None)
    if form.is_valid():
        try:
            lot = services.create_lot(programme=programme, **form.terms(), **act(request))
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The lot is prepared. Make its vouchers next."))
            return redirect("lot", pk=lot.pk)
    context = {"form": form, "programme": programme}
    return render(request, "lots/new.html", context, status=422 if form.errors else 200)


@require_safe
@page(SEE)
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one lot: where it stands, the one thing to do, who keeps what, what was used."""
    found = found_lot(request, pk)
    now = timezone.now()
    context = {
        "lot": found,
        "title": words.lot_title(found),
        "state": words.state(found.state),
        "tone": words.STATE_TONES[LotState(found.state)],
        "mode": words.mode(found.mode),
        "parts": list(found.parts.select_related("tranche__funder").order_by("tranche_id")),
        "funnel": queries.funnel(found),
        "keepers": queries.keepers_of(found),
        "free": queries.booklets_to_entrust(found),
        "self_paid": queries.self_prescribed_cents(found),
        "alerts": [(one, words.alert(one.kind)) for one in found.alerts.order_by("at")],
        "may_run": allowed(request.user, RUN, found),
        "may_activate": allowed(request.user, ACTIVATE),
        "may_close": allowed(request.user, CLOSE),
        "may_see_usage": allowed(request.user, SEE_PROGRAMMES, found.programme),
        "may_see_commission": found.programme.pays_commission
        and allowed(request.user, "settlement.see_commission", found.programme),
        "is_claim_over": legal_day(now) > found.present_until,
    }
    if found.state == LotState.DRAFT:
        ready = queries.readiness(found, at=now)
        context["ready"] = ready
        context["reach"] = words.reach_sentence(ready.reach)
        context["far"] = ready.reach.far[: words.FAR_SHOWN]
        context["more_far"] = len(ready.reach.far[words.FAR_SHOWN :])
        context["being_made"] = found.generation_asked_at is not None and not ready.is_generated
        context["made"] = queries.made_so_far(found) if context["being_made"] else None
    context |= _people(request, found)
    return render(request, "lots/lot.html", context)


def _people(request: HttpRequest, found: Lot) -> dict[str, Any]:
    """Overrides, recalls and statement, with the names of who decided."""
    override = getattr(found, "reach_override", None)
    statement = getattr(found, "closing_statement", None)
    recalls = list(queries.recalls_of(found))
    actors = {one.by for one in recalls}
    actors |= {override.asked_by, override.confirmed_by} if override else set()
    actors |= {statement.operator_by, statement.commissioner_by} if statement else set()
    names = actor_names([one for one in actors if one])
    is_operator = Role.OPERATOR in {one.role for one in memberships(request.user)}
    sides = (statement.operator_at, statement.commissioner_at) if statement else (None, None)
    return {
        "is_read": bool(sides[0] if is_operator else sides[1]),
        "is_read_by_both": all(sides),
        "override": override,
        "statement": statement,
        "lines": list(statement.lines.select_related("tranche__funder").order_by("tranche_id"))
        if statement
        else [],
        "recalls": [(one, words.recall_scope(one.scope), names.get(one.by, "")) for one in recalls],
        "names": names,
        "asked_by": names.get(override.asked_by, "") if override else "",
        "confirmed_by": names.get(override.confirmed_by, "") if override else "",
        "operator_by": names.get(statement.operator_by, "") if statement else "",
        "commissioner_by": names.get(statement.commissioner_by, "") if statement else "",
        "is_mine": bool(override and override.asked_by == user_of(request).actor),
    }


@require_POST
@page(RUN)
def generate(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the vouchers: at once, or by the worker for a large lot."""
    found = found_lot(request, pk, RUN)
    if found.count > AT_ONCE:
        tasks.ask_vouchers(lot=found, **act(request))
        messages.success(request, _("The vouchers are being made. This page tells when they are."))
        return redirect("lot", pk=pk)
    try:
        services.make_vouchers(lot=found, **act(request))
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The vouchers are made. Entrust them, then activate the lot."))
    return redirect("lot", pk=pk)


@require_http_methods(METHODS)
@page(ACTIVATE)
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Activate: the page of consequence, then the act, with the refusal in words."""
    found = found_lot(request, pk)
    context: dict[str, Any] = {
        "title": _("Activate these vouchers?"),
        "consequence": _(
            "Each funder's part leaves its tranche and waits on the vouchers. Places can be paid"
            " with them at once. What is not used comes back when the lot is closed."
        ),
        "label": _("Activate the lot"),
        "danger": False,
        "back_url": reverse("lot", args=[pk]),
    }
    return ask_then_act(
        request,
        context,
        lambda: services.activate_lot(lot=found, **act(request)),
        done=_("The lot is active: its vouchers can be handed out and used."),
    )
