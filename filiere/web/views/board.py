"""The three aims of a territory: the conclusion, the gauges, the map, and where figures come from."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed, memberships
from filiere.observatory import queries as observatory
from filiere.observatory.queries import Board, CommuneReach
from filiere.rules import parameters
from filiere.rules.aims import Aim, AimResult
from filiere.territories import queries as territories
from filiere.territories.models import Kind, Territory
from filiere.vouchers.queries.devices import ClaimStage, total_of, unpaid_claims
from filiere.web import aim_sentences as say
from filiere.web.access import page
from filiere.web.charts import Spot, dot_map
from filiere.web.decision_words import decision_words
from filiere.web.money_words import service_words

SEE = "observatory.see_board"
ROWS = 50
# Wider than a region, the page would take too long; a commune alone has no map.
SHOWN = (Kind.COMMUNE, Kind.EPCI, Kind.DEPARTEMENT, Kind.REGION, Kind.PERIMETER)
BANDS = ("all", "some", "few", "none", "unknown")


def territory_of(kind: str, code: str) -> Territory:
    """Find a territory a board is made for.

    Raises:
        NotFound: no such territory, or one too wide.
    """
    found = Territory.objects.filter(kind=kind, code=code).first() if kind in SHOWN else None
    if found is None:
        raise NotFound(reference=code)
    return found


@require_safe
@page(SEE)
def board(request: HttpRequest) -> HttpResponse:
    """Go to one's own territory, or find one by the name of a town."""
    wanted = request.GET.get("commune", "").strip()
    own = [one.territory for one in memberships(request.user) if one.territory]
    if own and not wanted and "choisir" not in request.GET:
        return redirect("board_of", kind=own[0].kind, code=own[0].code)
    matches = territories.find_commune(wanted) if wanted else []
    around = (
        Territory.objects.filter(pk__in=[match.territory_id for match in matches])
        .select_related("epci", "departement", "region")
        .order_by("name", "code")
    )
    departements = (
        Territory.objects.filter(kind=Kind.DEPARTEMENT, departement_communes__places__isnull=False)
        .distinct()
        .order_by("code")
    )
    context = {
        "own": own, "wanted": wanted, "communes": around, "departements": departements
    }  # fmt: skip
    return render(request, "board/choose.html", context)


@require_safe
@page(SEE)
def board_of(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Show the three aims of one territory."""
    territory, now = territory_of(kind, code), timezone.now()
    found = observatory.board(territory, at=now)
    may_decide = allowed(request.user, "observatory.see_decisions")
    bands = _bands(found.reaches, found.sources.minimum_services)
    context = {
        "territory": territory,
        "board": found,
        "title": say.board_title(found.conclusion),
        "aims": [_aim(result, found) for result in found.aims],
        "map": dot_map(_spots(territory, found)),
        "bands": bands,
        "communes": sum(row["communes"] for row in bands),
        "population": sum(row["population"] for row in bands),
        "may_decide": may_decide,
        "decisions": decision_words(observatory.decisions(territory, at=now)) if may_decide else [],
        "unpaid": total_of(unpaid_claims(stage=ClaimStage.CONTESTED))
        if allowed(request.user, "vouchers.decide_claim")
        else None,
        "worst_missing": [service_words(one) for one in found.floor.worst_missing],
    }
    return render(request, "board/board.html", context)


def _aim(result: AimResult, found: Board) -> dict[str, Any]:
    """Everything the aim part needs; gauges run to twice the goal, or to a hundred per cent."""
    ratio = result.aim == Aim.TARGETING
    return {
        "aim": result.aim.value,
        "name": say.aim_name(result.aim),
        "figure": say.aim_figure(result),
        "value": None if result.value is None else float(result.value),
        "goal": float(result.goal),
        "maximum": 2 * float(result.goal) if ratio else 1.0,
        "goal_label": say.aim_goal(result),
        "state": say.aim_state(result),
        "sentence": say.aim_sentence(result),
        "note": say.aim_note(result),
        "worst": found.worst if result.aim == Aim.FLOOR else None,
    }


def _band(reach: CommuneReach, minimum: int) -> str:
    """Sort a commune by how many minimum services it has within reach."""
    if reach.missing is None:
        return "unknown"
    lacking = len(reach.missing)
    if not lacking:
        return "all"
    if lacking == minimum:
        return "none"
    return "some" if lacking * 2 <= minimum else "few"


def _bands(reaches: Sequence[CommuneReach], minimum: Sequence[str]) -> list[dict[str, Any]]:
    communes: Counter[str] = Counter()
    population: Counter[str] = Counter()
    for reach in reaches:
        band = _band(reach, len(minimum))
        communes[band] += 1
        population[band] += reach.population or 0
    return [
        {
            "band": band,
            "label": say.band_label(band),
            "communes": communes[band],
            "population": population[band],
        }
        for band in BANDS
        if communes[band]
    ]


def _spots(territory: Territory, found: Board) -> list[Spot]:
    reach_of = {reach.territory_id: reach for reach in found.reaches}
    located = (
        Territory.objects.filter(pk__in=reach_of, latitude__isnull=False)
        .order_by("pk")
        .values_list("pk", "name", "latitude", "longitude", "population")
    )
    minimum = len(found.sources.minimum_services)
    return [
        Spot(name, float(latitude), float(longitude), population or 0, _band(reach_of[pk], minimum))
        for pk, name, latitude, longitude, population in located
        if latitude is not None and longitude is not None
    ]


@require_safe
@page(SEE)
def aim_source(request: HttpRequest, kind: str, code: str, aim: str) -> HttpResponse:
    """Open one figure: its counts, its rule, its rows."""
    if aim not in set(Aim):
        raise NotFound(reference=aim)
    territory = territory_of(kind, code)
    now = timezone.now()
    found = observatory.board(territory, at=now)
    result = next(one for one in found.aims if one.aim == aim)
    rows: Sequence[Any] = found.reaches if aim == Aim.FLOOR else ()
    if aim == Aim.TARGETING:
        rows = observatory.sessions_by_place(territory, at=now)
    context = {
        "territory": territory,
        "board": found,
        "aim": _aim(result, found),
        "counts": say.aim_counts(result),
        "services": [service_words(one) for one in found.sources.minimum_services],
        "shown": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "threshold": parameters.whole("small_cells.threshold", legal_day(now)),
    }
    return render(request, "board/aim_source.html", context)
