"""The finder and the diagnosis, for anyone; nothing is stored."""

import datetime as dt
from dataclasses import asdict

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from filiere.api.problems import answers
from filiere.api.security import public
from filiere.orientation import queries as finder
from filiere.orientation.findings import Option
from filiere.pathways.explanations import explain_result
from filiere.rules.diagnosis import Request, load_questionnaire, score
from filiere.rules.geo import TravelMode

router = Router(tags=["finder"])


class FindQuery(Schema):
    """Need, where, when, how to come."""

    need: str = Field(max_length=40, description="key of a need")
    commune_id: int
    days: int = Field(21, ge=1, le=60, description="days from now in which a seat counts")
    limit: int = Field(8, ge=1, le=40)
    mode: TravelMode = TravelMode.CAR
    access: list[str] = Field([], description="special care the person needs, standard keys")


class OptionOut(Schema):
    """One place that may help. What is not stated is null: never free, never open."""

    position: int
    why: str
    offer_id: int
    place_id: int
    place_name: str
    commune_name: str
    service: str
    distance_km: float | None
    minutes: int | None
    slot_id: int | None
    slot_starts_at: dt.datetime | None
    in_window: bool
    free_seats: int
    price_cents: int | None
    price_known: str
    openness: str
    accessible: bool | None
    phone: str
    booking_url: str
    is_invented: bool


class FindingOut(Schema):
    """The options in order; ``soonest_elsewhere`` when no seat is free within reach."""

    options: list[OptionOut]
    total_places: int
    with_seats: int
    reach_km: float
    reason_if_none: str | None
    soonest_elsewhere: OptionOut | None


class DiagnosisIn(Schema):
    """Answers by question; all are optional. What is urgent is the request, not the person."""

    answers: dict[str, str | None] = {}
    deadline_days: int | None = Field(None, ge=-3650, le=3650)
    procedure: str | None = Field(None, max_length=60)


class LevelOut(Schema):
    """One skill and where the person stands."""

    skill: str
    level: str


class DiagnosisOut(Schema):
    """Today's answer and the next step, each explained."""

    version: str
    today: str
    next_step: str
    segment: str | None
    reasons: list[str]
    levels: list[LevelOut]


@router.get("/find", auth=public, response=answers(FindingOut), operation_id="find")
def find(request: HttpRequest, query: Query[FindQuery]) -> FindingOut:
    """Rank the places around a commune that answer a need."""
    at = timezone.now()
    found = finder.find(
        need=query.need,
        commune_id=query.commune_id,
        window=(at, at + dt.timedelta(days=query.days)),
        at=at,
        limit=query.limit,
        mode=query.mode,
        access=query.access,
    )
    return FindingOut(
        options=[option_out(one) for one in found.options],
        total_places=found.total_places,
        with_seats=found.with_seats,
        reach_km=found.reach_km,
        reason_if_none=found.reason_if_none,
        soonest_elsewhere=option_out(found.soonest_elsewhere) if found.soonest_elsewhere else None,
    )


def option_out(option: Option) -> OptionOut:
    """Write one option."""
    other = {"openness", "price_cents", "price_known"}
    known = {name: getattr(option, name) for name in OptionOut.model_fields.keys() - other}
    return OptionOut(
        **known,
        openness=option.open_state.openness,
        price_cents=option.price.amount_cents,
        price_known=option.price.known,
    )


@router.post("/diagnosis", auth=public, response=answers(DiagnosisOut), operation_id="diagnose")
def diagnose(request: HttpRequest, given: DiagnosisIn) -> DiagnosisOut:
    """Score answers and explain the result; nothing is kept."""
    questionnaire = load_questionnaire()
    asked = {question.key for question in questionnaire.questions}
    kept = {key: answer for key, answer in given.answers.items() if key in asked}
    wanted = Request(deadline_days=given.deadline_days, procedure=given.procedure)
    told = explain_result(asdict(score(questionnaire, kept, request=wanted)))
    return DiagnosisOut(
        version=told.version,
        today=told.today,
        next_step=told.next_step,
        segment=told.segment,
        reasons=told.reasons,
        levels=[LevelOut(skill=skill, level=level) for skill, level in told.levels],
    )
