"""The three aims of a territory, computed from what happened. Read through ``queries``."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from filiere.agenda.models import Registration, RegistrationState
from filiere.kernel.calendar import legal_day
from filiere.observatory.reach import MODE, CommuneReach, coverages, reach_km, reach_of_communes
from filiere.pathways.models import FollowUp, FollowUpState
from filiere.persons import queries as persons
from filiere.rules import aims, fragility, parameters
from filiere.rules.aims import AimResult, Conclusion, FloorResult
from filiere.territories import queries as territories
from filiere.territories.models import Territory

PLACE = "slot__offer__place__commune__"


@dataclass(frozen=True, slots=True)
class Sources:
    """What the figures rest on: counts of rows that ``queries`` can list, and rules' versions."""

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
    minimum_services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Three aims of one territory on one day; ``worst`` is the commune that lacks most."""

    territory_id: int
    territory: str
    on: date
    targeting: AimResult
    autonomy: AimResult
    floor: FloorResult
    worst: CommuneReach | None
    reaches: tuple[CommuneReach, ...]
    conclusion: Conclusion
    sources: Sources

    @property
    def aims(self) -> tuple[AimResult, AimResult, AimResult]:
        """The three results, in the order they are shown."""
        return self.targeting, self.autonomy, self.floor.result


def board(territory: Territory, *, at: datetime) -> Board:
    """Compute the three aims for a territory, from what had happened by a moment.

    People helped are those who came to a session at a place of the territory, wherever they
    live; each person counts once. The population is that of the territory's communes.
    """
    on = legal_day(at)
    delivered = _delivered(territory, at)
    person_ids = {person_id for person_id, _place in delivered}
    reaches = reach_of_communes(territory.pk, on=on)
    targeting = _targeting(territory, person_ids, on)
    autonomy, planned = _autonomy(territory, at)
    floor = aims.floor(coverages(reaches, on=on), at=on)
    return Board(
        territory_id=territory.pk,
        territory=territory.name,
        on=on,
        targeting=targeting,
        autonomy=autonomy,
        floor=floor,
        worst=next((one for one in reaches if one.code == floor.worst_code), None),
        reaches=tuple(reaches),
        conclusion=aims.conclude([targeting, autonomy, floor.result]),
        sources=Sources(
            sessions=len(delivered),
            persons=len(person_ids),
            places=len({place for _person, place in delivered}),
            communes=len(reaches),
            communes_not_measured=sum(
                one.missing is None or one.population is None for one in reaches
            ),
            follow_ups_planned=planned,
            fragility_rule=fragility.RULE_VERSION,
            reach_minutes=parameters.whole("floor.reach_minutes", on),
            reach_km=reach_km(on),
            reach_mode=MODE.value,
            minimum_services=parameters.words("floor.minimum_services", on),
        ),
    )


def _delivered(territory: Territory, at: datetime) -> list[tuple[UUID, int]]:
    """Delivered sessions: (person, place), one row per session."""
    return list(
        Registration.objects.filter(
            territories.within(territory, PLACE),
            state=RegistrationState.PRESENT,
            slot__starts_at__lte=at,
        )
        .order_by("pk")
        .values_list("person_id", "slot__offer__place_id")
    )


def _targeting(territory: Territory, person_ids: set[UUID], on: date) -> AimResult:
    facts = persons.fragility_facts(person_ids)
    standards = territories.living_standards(
        {one.commune_id for one in facts.values() if one.commune_id is not None}
    )
    verdicts = [
        fragility.is_most_fragile(
            birth_year=one.birth_year,
            commune_living_standard=standards.get(one.commune_id) if one.commune_id else None,
            at=on,
        )
        for one in facts.values()
    ]
    known = [verdict for verdict in verdicts if verdict is not None]
    return aims.targeting(
        helped_fragile=sum(known),
        helped_known=len(known),
        helped_unknown=len(person_ids) - len(known),
        share=fragility.population_share(territories.fragility_facts(territory.pk), at=on),
        at=on,
    )


def _autonomy(territory: Territory, at: datetime) -> tuple[AimResult, int]:
    """Second aim, each person once by their latest answer; and follow-ups still to come."""
    on = legal_day(at)
    asked = FollowUp.objects.filter(
        territories.within(territory, f"registration__{PLACE}"),
        months=parameters.whole("follow_up.second_months", on),
    )
    answers = dict(
        asked.filter(state=FollowUpState.ANSWERED, answered_at__lte=at)
        .order_by("person_id", "-answered_at", "-pk")
        .distinct("person_id")
        .values_list("person_id", "did_it_alone")
    )
    silent = (
        asked.filter(state=FollowUpState.NO_ANSWER, due_on__lte=on)
        .exclude(person_id__in=answers)
        .aggregate(total=Count("person", distinct=True))["total"]
    )
    result = aims.autonomy(
        alone=sum(map(bool, answers.values())), answered=len(answers), non_response=silent, at=on
    )
    return result, asked.filter(state=FollowUpState.PLANNED).count()


@dataclass(frozen=True, slots=True)
class PlaceActivity:
    """Sessions delivered at one place, and people helped there, each counted once."""

    place_id: int
    place: str
    commune: str
    sessions: int
    persons: int


def sessions_by_place(territory: Territory, *, at: datetime) -> list[PlaceActivity]:
    """The rows behind the first aim, the most sessions first; not for publication as they are.

    What is published goes through ``without_small_cells``' threshold.
    """
    place = "slot__offer__place"
    rows = (
        Registration.objects.filter(
            territories.within(territory, PLACE),
            state=RegistrationState.PRESENT,
            slot__starts_at__lte=at,
        )
        .values_list(f"{place}_id", f"{place}__name", f"{place}__commune__name")
        .annotate(sessions=Count("pk"), persons=Count("person", distinct=True))
        .order_by("-sessions", f"{place}_id")
    )
    return [PlaceActivity(*row) for row in rows]
