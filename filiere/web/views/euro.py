"""Follow the euro: a funder's programmes, one tranche, the sessions it paid, one act."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiere.accounts.models import Role
from filiere.directory.models import Place
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed, memberships, require
from filiere.observatory import portfolio
from filiere.observatory import queries as observatory
from filiere.operations.roles import organisations_of
from filiere.programmes.models import Programme, Tranche
from filiere.programmes.queries import leverage
from filiere.rules import parameters
from filiere.territories.models import Territory
from filiere.web import money_sentences as say
from filiere.web import programme_words
from filiere.web.access import page
from filiere.web.charts import river
from filiere.web.money_words import service_words

ROWS, ACTS, PROGRAMMES = 25, 50, 20
SEE = "observatory.see_programmes"


def _reads_everything(request: HttpRequest) -> bool:
    held = {membership.role for membership in memberships(request.user)}
    return bool(held & {Role.STEWARD, Role.AUDITOR})


def _own_tranche(request: HttpRequest, pk: int) -> Tranche:
    tranche = Tranche.objects.select_related("programme", "funder").filter(pk=pk).first()
    if tranche is None:
        raise NotFound(reference=pk)
    require(request.user, SEE, tranche.programme)
    return tranche


@require_safe
@page(SEE)
def programmes(request: HttpRequest) -> HttpResponse:
    """List the programmes one commissions or funds, tranche by tranche."""
    mine = organisations_of(request.user)
    everything = _reads_everything(request)
    seen = portfolio.programmes_seen_by(None if everything else mine)
    shown = Paginator(seen, PROGRAMMES).get_page(request.GET.get("page"))
    tranches = portfolio.totals_of_programmes([one.pk for one in shown])
    own = [one for one in tranches if everything or one.funder_id in mine]
    groups = [
        (programme, [one for one in tranches if one.programme_id == programme.pk])
        for programme in shown
    ]
    context = {
        "title": say.programmes_title(own, count=shown.paginator.count, whose_own=not everything),
        "groups": groups,
        "mine": mine,
        "may_write": allowed(request.user, "programmes.write"),
        "may_see_cash": allowed(request.user, "programmes.see_ring_fence"),
        "may_see_claims": any(one.role == Role.COMMISSIONER for one in memberships(request.user)),
        "shown": shown,
    }
    return render(request, "euro/programmes.html", context)


@require_safe
@page(SEE)
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one programme: who gave, what became of all their money together."""
    found = Programme.objects.select_related("commissioner").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, SEE, found)
    followed = observatory.follow_programme(found.pk)
    tranches = portfolio.totals_of_programmes([found.pk])
    context: dict[str, Any] = {
        "programme": found,
        "tranches": tranches,
        "followed": followed,
        "leverage": leverage(found) if tranches else [],
    }
    context["leverage_sentence"] = programme_words.leverage_sentence(context["leverage"])
    if followed is not None:
        context |= _rows(request, followed.tranche_ids)
        context["title"] = say.programme_title(followed, communes=context["communes"])
        context["river"] = river(followed.flows, source_title=say.source_title(False))
        context["received_total"] = followed.flows.given_cents
    return render(request, "euro/programme.html", context)


def _rows(request: HttpRequest, tranche_ids: tuple[int, ...]) -> dict[str, Any]:
    """What the money paid for, by place, commune or service as the address says."""
    by = say.GROUPINGS.get(request.GET.get("par", ""), observatory.By.PLACE)
    rows = observatory.rows_of_tranches(tranche_ids, by=by)
    communes = rows
    if by != observatory.By.COMMUNE:
        communes = observatory.rows_of_tranches(tranche_ids, by=observatory.By.COMMUNE)
    today = legal_day(timezone.now())
    return {
        "by": by.value,
        "links": say.grouping_links(by),
        "rows": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "communes": len(communes),
        "threshold": parameters.whole("small_cells.threshold", today),
    }


@require_safe
@page(SEE)
def tranche(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one tranche: the river, the rows, one euro to the end, the cover."""
    found = _own_tranche(request, pk)
    own = found.funder_id in organisations_of(request.user)
    followed = observatory.follow_tranche(found.pk)
    flows = followed.flows
    context = _rows(request, (found.pk,)) | {
        "tranche": found,
        "own": own,
        "flows": flows,
        "followed": followed,
        "river": river(flows, source_title=say.source_title(own)),
        "act": portfolio.latest_act(found.pk),
        "cover": portfolio.cover_of_tranche(found.pk, flows),
        "now": timezone.now(),
        "lead": say.leverage(flows.used_cents, portfolio.raised_from_others_cents([found.pk])),
    }
    context["title"] = say.tranche_title(found, followed, communes=context["communes"], own=own)
    return render(request, "euro/tranche.html", context)


@require_safe
@page(SEE)
def sessions_paid(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """List the sessions a tranche paid for at one place."""
    found = _own_tranche(request, pk)
    where = Place.objects.select_related("commune").filter(pk=place).first()
    if where is None:
        raise NotFound(reference=place)
    acts = portfolio.paid_acts(found.pk, place_id=where.pk)
    return _acts_page(request, found, acts, f"{where.name}, {where.commune.name}")


@require_safe
@page(SEE)
def sessions_in(request: HttpRequest, pk: int, commune: int) -> HttpResponse:
    """List the sessions a tranche paid for in one commune."""
    found = _own_tranche(request, pk)
    where = Territory.objects.filter(pk=commune).first()
    if where is None:
        raise NotFound(reference=commune)
    acts = portfolio.paid_acts(found.pk, commune_id=where.pk)
    return _acts_page(request, found, acts, where.name)


@require_safe
@page(SEE)
def sessions_of(request: HttpRequest, pk: int, service: str) -> HttpResponse:
    """List the sessions a tranche paid for, of one service."""
    found = _own_tranche(request, pk)
    acts = portfolio.paid_acts(found.pk, service=service)
    return _acts_page(request, found, acts, service_words(service))


def _acts_page(request: HttpRequest, tranche: Tranche, acts: Any, where: str) -> HttpResponse:
    shown = Paginator(acts, ACTS).get_page(request.GET.get("page"))
    total = portfolio.total_cents(acts)
    context = {
        "tranche": tranche,
        "where": where,
        "title": say.acts_title(total, count=shown.paginator.count),
        "total_cents": total,
        "acts": shown,
    }
    return render(request, "euro/sessions_paid.html", context)


@require_safe
@page(SEE)
def act(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Follow one paid session to the end: funders, voucher, session, shares, payment."""
    found = portfolio.trace_act(pk)
    require(request.user, SEE, found.programme)
    return render(request, "euro/act.html", {"act": found, "title": say.act_title(found)})
