"""Sessions given in some places over a period, and what an hour of them comes to. Euro cents."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.timezone import get_default_timezone, localtime

from filiere.agenda.models import Slot, SlotState
from filiere.directory.models import Place
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.projects.models import LineTag, ProjectFile


@dataclass(frozen=True, slots=True)
class SessionCost:
    """One session that may prove a line: its minutes, and what they cost."""

    slot_id: int
    label: str
    on: date
    minutes: int
    cents: int


@dataclass(frozen=True, slots=True)
class SessionCosts:
    """Sessions that may prove a line, and how many of the period already prove one."""

    rows: tuple[SessionCost, ...]
    already: int

    @property
    def minutes(self) -> int:
        """Their time in all."""
        return sum(one.minutes for one in self.rows)

    @property
    def cents(self) -> int:
        """What they come to."""
        return sum(one.cents for one in self.rows)


def places_behind(project: ProjectFile, *, acting_for: Collection[int]) -> list[Place]:
    """Give the places whose sessions somebody may tag in a project.

    They are those of the organisations that work on the file and that the person acts for: nobody
    claims the sessions of an organisation by inviting it.

    Args:
        acting_for: organisations the person acts for.
    """
    behind = {project.carrier_id, *project.members.values_list("organisation", flat=True)}
    places = Place.objects.filter(organisation__in=behind & set(acting_for))
    return list(places.order_by("name", "pk"))


def session_costs(
    *, place_ids: Collection[int], first_on: date, last_on: date, cost: str, hour_cents: int
) -> SessionCosts:
    """Give the sessions that took place and do not prove that cost yet, in order of day.

    Args:
        first_on, last_on: days, both counted.
        hour_cents: of an hour, above 0; each session is rounded half up to the cent, and one that
            would come to nothing is left out.
    """
    begins, _end = bounds_of_day(first_on)
    _begin, ends = bounds_of_day(last_on)
    tagged = LineTag.objects.filter(slot=OuterRef("pk"), cost=cost)
    slots = (
        Slot.objects.filter(
            state=SlotState.REALISED, starts_at__gte=begins, starts_at__lte=ends,
            offer__place__in=place_ids,
        )
        .select_related("offer__place")
        .annotate(is_tagged=Exists(tagged))
        .order_by("starts_at", "pk")
    )  # fmt: skip
    rows, already = list[SessionCost](), 0
    for slot in slots:
        if slot.is_tagged:
            already += 1
            continue
        minutes = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
        cents = (minutes * hour_cents * 2 + 60) // 120
        if cents:
            local = localtime(slot.starts_at, get_default_timezone())
            label = f"{slot.offer.place.name[:170]}, {local:%d/%m/%Y %H:%M}"
            rows.append(SessionCost(slot.pk, label, legal_day(slot.starts_at), minutes, cents))
    return SessionCosts(tuple(rows), already)
