"""The three aims of a territory, and the check of the stored state."""

import datetime as dt
from fractions import Fraction

from django.utils import timezone
from ninja import Router, Schema

from filiere.api.problems import answers
from filiere.api.security import SignedIn, holds
from filiere.kernel import checks
from filiere.kernel.errors import NotFound
from filiere.observatory import queries as observatory
from filiere.rules.aims import AimResult
from filiere.territories.models import Kind, Territory

router = Router(tags=["steering"])
# As the page: wider than a region would take too long.
SHOWN = (Kind.COMMUNE, Kind.EPCI, Kind.DEPARTEMENT, Kind.REGION, Kind.PERIMETER)


class AimOut(Schema):
    """One aim. ``value`` is an exact fraction, null while it is not known."""

    aim: str
    state: str
    value: str | None
    value_rounded: float | None
    goal: str
    counts: dict[str, int]


class LackOut(Schema):
    """The commune that lacks most minimum services; ``missing`` null is not measured."""

    code: str
    name: str
    population: int | None
    missing: list[str] | None


class SourcesOut(Schema):
    """What the figures rest on."""

    sessions: int
    persons: int
    places: int
    communes: int
    communes_not_measured: int
    follow_ups_planned: int
    fragility_rule: str
    reach_minutes: int
    reach_km: float
    reach_mode: str
    minimum_services: list[str]


class BoardOut(Schema):
    """The three aims of one territory; ``reached`` counts among ``known``, among three."""

    territory: str
    on: dt.date
    aims: list[AimOut]
    reached: int
    known: int
    worst: LackOut | None
    sources: SourcesOut


class InvariantOut(Schema):
    """One statement about the stored state; ``first`` is the first wrong row."""

    name: str
    sentence: str
    holds: bool
    first: str


class CheckOut(Schema):
    """Whether every statement holds."""

    holds: bool
    at: dt.datetime
    invariants: list[InvariantOut]


@router.get(
    "/boards/{kind}/{code}",
    auth=holds("observatory.see_board"),
    response=answers(BoardOut),
    operation_id="board",
)
def board(request: SignedIn, kind: str, code: str) -> BoardOut:
    """The three aims of a territory, computed from what happened."""
    found = Territory.objects.filter(kind=kind, code=code).first() if kind in SHOWN else None
    if found is None:
        raise NotFound(reference=code)
    told = observatory.board(found, at=timezone.now())
    return BoardOut(
        territory=told.territory,
        on=told.on,
        aims=[_aim(one) for one in told.aims],
        reached=told.conclusion.reached,
        known=told.conclusion.known,
        worst=LackOut.from_orm(told.worst) if told.worst else None,
        sources=SourcesOut.from_orm(told.sources),
    )


@router.get(
    "/check", auth=holds("operations.see_check"), response=answers(CheckOut), operation_id="check"
)
def check(request: SignedIn) -> CheckOut:
    """Evaluate every statement about the stored state, now."""
    verdicts = checks.run()
    return CheckOut(
        holds=all(one.holds for one in verdicts),
        at=timezone.now(),
        invariants=[InvariantOut.from_orm(one) for one in verdicts],
    )


def _aim(found: AimResult) -> AimOut:
    value = found.value
    return AimOut(
        aim=found.aim,
        state=found.state,
        value=None if value is None else str(Fraction(value)),
        value_rounded=None if value is None else round(float(value), 4),
        goal=str(found.goal),
        counts=dict(found.counts),
    )
