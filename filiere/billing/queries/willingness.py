"""What people answered they would pay, by kind of place; small groups are never told."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Max, Q, QuerySet

from filiere.billing.models import SellerKind, WillingnessAnswer, WillingnessSurvey
from filiere.rules import parameters
from filiere.rules.willingness import DemandPoint, demand


@dataclass(frozen=True, slots=True)
class KindDemand:
    """What people would pay in one kind of place.

    Attributes:
        kind: the kind of place the question was about.
        imagined: True when people were in another kind of place and imagined this one.
        answers: how many; None when they are fewer than the threshold of small groups.
        surveys: number of surveys, all ended.
        last_on: last day of the latest of them.
        points: by growing price; empty when the group is too small.
        is_few: fewer answers than one should conclude from.
    """

    kind: SellerKind
    imagined: bool
    answers: int | None
    surveys: int
    last_on: date
    points: tuple[DemandPoint, ...]
    is_few: bool


def demand_by_kind(*, on: date, procedure: str | None = None) -> list[KindDemand]:
    """Give the demand in each kind of place, from the surveys ended before a day. Two queries.

    A survey still open says nothing: who answers later must not be led by who answered before,
    and an answer more or less must not be read from one day to the next.

    Args:
        on: the day that counts as today; it dates the threshold of small groups.
        procedure: only surveys about this procedure; None = all of them.
    """
    ended = WillingnessAnswer.objects.filter(survey__ends_on__lt=on)
    if procedure is not None:
        ended = ended.filter(survey__procedure=procedure)
    least = parameters.whole("small_cells.threshold", on)
    few = parameters.whole("willingness.few_answers", on)
    amounts: dict[tuple[str, bool], list[int]] = defaultdict(list)
    counted = ended.values("about", "up_to_cents", "survey__place_kind").annotate(many=Count("pk"))
    for about, cents, kind, many in counted.order_by("about", "up_to_cents").values_list(
        "about", "up_to_cents", "survey__place_kind", "many"
    ):
        amounts[about, about != kind].extend([cents] * many)
    facts: dict[tuple[str, bool], tuple[int, date]] = {}
    for about, imagined, surveys, last in (
        ended.values("about", is_imagined=~Q(about=F("survey__place_kind")))
        .annotate(surveys=Count("survey", distinct=True), last=Max("survey__ends_on"))
        .order_by("about", "is_imagined")
        .values_list("about", "is_imagined", "surveys", "last")
    ):
        facts[about, imagined] = surveys, last
    order = list(SellerKind)
    return [
        KindDemand(
            kind=SellerKind(about),
            imagined=imagined,
            answers=len(found) if len(found) >= least else None,
            surveys=facts[about, imagined][0],
            last_on=facts[about, imagined][1],
            points=demand(found, least=least),
            is_few=len(found) < few,
        )
        for (about, imagined), found in sorted(
            amounts.items(), key=lambda one: (one[0][1], order.index(SellerKind(one[0][0])))
        )
    ]


def surveys_of(organisation_id: int) -> QuerySet[WillingnessSurvey]:
    """Give the surveys of an organisation's places, the latest first, each with ``many`` sheets."""
    here = Q(answers__about=F("place_kind"))
    return (
        WillingnessSurvey.objects.filter(place__organisation=organisation_id)
        .select_related("place__organisation")
        .annotate(many=Count("answers", filter=here))
        .order_by("-ends_on", "-pk")
    )


def survey_by_ref(ref: str) -> WillingnessSurvey | None:
    """Find a survey by what stands in its address; None when there is none."""
    return WillingnessSurvey.objects.select_related("place").filter(ref=ref).first()
