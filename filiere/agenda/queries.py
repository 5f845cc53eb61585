"""Reading the agenda: free seats of many offers at once, a worker's day, one registration."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from filiere.accounts.models import Membership, Role
from filiere.agenda.models import (
    AWAITED,
    TAKES_SEAT,
    Registration,
    Slot,
    SlotState,
)
from filiere.directory.models import Worker
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.rules.codes import REFERENCE_LENGTH, format_code, read_code

REFERENCE_PREFIX = "OR"
RECEIVING_ROLES = (Role.MEDIATOR, Role.MANAGER)

# The condition of "takes a seat" is repeated as the partial index writes it, so that it is used.
_FREE = """
    SELECT slot.offer_id, slot.id, slot.starts_at, slot.seats - coalesce(taken.n, 0)
    FROM agenda_slot slot
    LEFT JOIN LATERAL (
        SELECT count(*) AS n FROM agenda_registration seat
        WHERE seat.slot_id = slot.id
          AND seat.state IN ('held', 'confirmed', 'present', 'absent')
    ) taken ON true
    WHERE slot.state = 'open' AND slot.offer_id = ANY(%s)
      AND slot.starts_at >= %s AND slot.starts_at < %s
      AND slot.seats > coalesce(taken.n, 0)
    ORDER BY slot.starts_at, slot.id
"""


_FIRST = """
    SELECT offer.id, first.*
    FROM unnest(%s::bigint[]) AS offer(id)
    CROSS JOIN LATERAL (
        SELECT slot.id, slot.starts_at, slot.ends_at, slot.seats - taken.n, slot.is_invented
        FROM agenda_slot slot
        CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM agenda_registration seat
            WHERE seat.slot_id = slot.id
              AND seat.state IN ('held', 'confirmed', 'present', 'absent')
        ) taken
        WHERE slot.offer_id = offer.id AND slot.state = 'open'
          AND slot.starts_at >= %s AND slot.starts_at < %s
          AND slot.seats > taken.n {wanted}
        ORDER BY slot.starts_at, slot.id
        LIMIT 1
    ) first
"""


class FirstSlot(NamedTuple):
    """The soonest slot with a free seat of one offer."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    free: int
    is_invented: bool


class FreeSlot(NamedTuple):
    """A slot with at least one free seat, of a known offer."""

    slot_id: int
    starts_at: datetime
    free: int


class NextSlot(NamedTuple):
    """The soonest slot with a free seat among several offers."""

    offer_id: int
    slot_id: int
    starts_at: datetime
    free: int


def free_seats(
    offer_ids: Collection[int], window: tuple[datetime, datetime]
) -> dict[int, list[FreeSlot]]:
    """Give the slots with a free seat, soonest first, per offer: one query for any number.

    Args:
        window: first moment included, last excluded; the caller keeps it after now.

    Returns:
        Only offers with at least one free seat.
    """
    if not offer_ids:
        return {}
    found: dict[int, list[FreeSlot]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FREE, [list(offer_ids), *window])
        for offer_id, *slot in cursor.fetchall():
            found.setdefault(offer_id, []).append(FreeSlot(*slot))
    return found


def first_free(
    offer_ids: Collection[int],
    window: tuple[datetime, datetime],
    *,
    hours: tuple[time, time] | None = None,
    weekdays: Collection[int] = (),
) -> dict[int, FirstSlot]:
    """Give the soonest slot with a free seat of each offer: one query for any number.

    Args:
        window: first moment included, last excluded; the caller keeps it after now.
        hours: keeps the slots that begin between these legal hours, first included.
        weekdays: keeps these days, Monday is 1; blank keeps all.

    Returns:
        Only offers with such a slot.
    """
    if not offer_ids:
        return {}
    zone = str(settings.TIME_ZONE)
    wanted, values = "", list[Any]()
    if hours:
        wanted += " AND (slot.starts_at AT TIME ZONE %s)::time >= %s"
        wanted += " AND (slot.starts_at AT TIME ZONE %s)::time < %s"
        values += [zone, hours[0], zone, hours[1]]
    if weekdays:
        wanted += " AND extract(isodow FROM slot.starts_at AT TIME ZONE %s) = ANY(%s)"
        values += [zone, list(weekdays)]
    with connection.cursor() as cursor:
        cursor.execute(_FIRST.format(wanted=wanted), [list(offer_ids), *window, *values])
        return {offer_id: FirstSlot(*slot) for offer_id, *slot in cursor.fetchall()}


def next_free_slot(
    offer_ids: Collection[int], after: datetime, before: datetime
) -> NextSlot | None:
    """Give the soonest slot with a free seat among many offers; None when there is none."""
    if not offer_ids:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"{_FREE} LIMIT 1", [list(offer_ids), after, before])
        row = cursor.fetchone()
    return NextSlot(*row) if row else None


def day(worker_user_id: int, on: date) -> list[Slot]:
    """Give the slots of a signed-in worker on one legal day, in order, with their seats.

    Each slot carries ``seats_taken``: its registrations that take a seat, in order of seat.
    """
    return list(_with_seats(Slot.objects.filter(worker__worker__user=worker_user_id), on))


def next_day(worker_user_id: int, after: date) -> date | None:
    """Give the first legal day after another on which a signed-in worker has a slot."""
    _first, end = bounds_of_day(after)
    slot = (
        Slot.objects.filter(worker__worker__user=worker_user_id, starts_at__gte=end)
        .exclude(state=SlotState.CANCELLED)
        .order_by("starts_at")
        .first()
    )
    return legal_day(slot.starts_at) if slot else None


def day_of_place(place_id: int, on: date) -> list[Slot]:
    """Give the slots of a place on one legal day, in order, with their seats; see ``day``."""
    return days_of_place(place_id, on, days=1)


def days_of_place(place_id: int, first: date, *, days: int) -> list[Slot]:
    """Give the slots of a place on some legal days, in order, with their seats; see ``day``.

    Two queries, however many days.
    """
    return list(_with_seats(Slot.objects.filter(offer__place=place_id), first, days=days))


class OpenHours(NamedTuple):
    """Hours still open at a place from a moment on, and the people expected in them."""

    slots: int
    people: int


def open_hours_of(place_id: int, *, start: datetime) -> OpenHours:
    """Count what closing a place at a moment would cancel; one query."""
    taken = Count(
        "registrations",
        filter=Q(registrations__state__in=AWAITED),
    )
    found = Slot.objects.filter(
        offer__place=place_id, state=SlotState.OPEN, starts_at__gte=start
    ).aggregate(slots=Count("pk", distinct=True), people=taken)
    return OpenHours(found["slots"], found["people"])


def slots_left_by(user_id: int, *, organisation_id: int, after: datetime) -> list[Slot]:
    """Give the hours still open under someone's name at an organisation's places, in order.

    Each carries ``awaited``, the number of people expected in it.
    """
    awaited = Count(
        "registrations",
        filter=Q(registrations__state__in=AWAITED),
    )
    return list(
        Slot.objects.filter(
            worker__worker__user=user_id,
            offer__place__organisation=organisation_id,
            state=SlotState.OPEN,
            starts_at__gt=after,
        )
        .select_related("offer__place")
        .annotate(awaited=awaited)
        .order_by("starts_at", "pk")
    )


def left_with_hours(organisation_id: int, *, after: datetime) -> list[Membership]:
    """Give who left an organisation with hours still open there, once each; ``hours`` counts them.

    One query.
    """
    current = Membership.objects.filter(
        organisation=organisation_id, ended_on=None, user=OuterRef("user")
    )
    hours = (
        Slot.objects.filter(
            worker__worker__user=OuterRef("user"),
            offer__place__organisation=organisation_id,
            state=SlotState.OPEN,
            starts_at__gt=after,
        )
        .order_by()
        .values("worker__worker__user")
        .annotate(hours=Count("pk"))
        .values("hours")
    )
    return list(
        Membership.objects.filter(~Exists(current), organisation=organisation_id)
        .annotate(hours=Subquery(hours))
        .filter(hours__gt=0)
        .select_related("user")
        .order_by("user_id", "-pk")
        .distinct("user_id")
    )


def may_receive(place_ids: Collection[int], *, on: date) -> QuerySet[Worker]:
    """Give who may receive people at places on a day: named there, with a role there, by name."""
    role_there = Membership.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=on),
        user=OuterRef("user"),
        user__is_active=True,
        organisation=OuterRef("place__organisation"),
        role__in=RECEIVING_ROLES,
    )
    return (
        Worker.objects.filter(Q(left_on=None) | Q(left_on__gt=on), Exists(role_there))
        .filter(place__in=place_ids)
        .select_related("place")
        .order_by("public_name", "pk")
    )


def slot_page(slot_id: int) -> Slot | None:
    """Give one slot with its offer, place, commune and worker; None when there is none."""
    return (
        Slot.objects.filter(pk=slot_id)
        .select_related("offer__place__commune", "worker__worker")
        .first()
    )


def free_seat_now(*, unit_id: int, offer_id: int, at: datetime) -> int | None:
    """Give the hour of a worker that is under way for an offer and still has a seat, if any."""
    taken = Count("registrations", filter=Q(registrations__state__in=TAKES_SEAT))
    return (
        Slot.objects.filter(
            worker=unit_id, offer=offer_id, starts_at__lte=at, ends_at__gt=at,
            state__in=(SlotState.OPEN, SlotState.REALISED),
        )
        .annotate(taken=taken)
        .filter(taken__lt=F("seats"))
        .order_by("starts_at", "pk")
        .values_list("pk", flat=True)
        .first()
    )  # fmt: skip


def free_count(slot: Slot) -> int:
    """Count the free seats of one slot; 0 when it is not open."""
    if slot.state != SlotState.OPEN:
        return 0
    return slot.seats - Registration.objects.filter(slot=slot, state__in=TAKES_SEAT).count()


def read_reference(text: str) -> str | None:
    """Read a reference as typed ("or 7f3k-28q3"); None when it is mistyped."""
    code = read_code(text, length=REFERENCE_LENGTH, prefix=REFERENCE_PREFIX)
    return format_code(code, prefix=REFERENCE_PREFIX) if code else None


def registration_by_ref(text: str) -> Registration | None:
    """Give the registration of a reference, as typed, with its slot, place and commitment."""
    ref = read_reference(text)
    if ref is None:
        return None
    return _registrations().filter(ref=ref).first()


def registrations_by_refs(texts: Collection[str]) -> dict[str, Registration]:
    """Give the registrations of many references by what was typed, in one query; others left out."""
    refs = {text: read_reference(text) for text in texts}
    known = {ref for ref in refs.values() if ref is not None}
    found = {one.ref: one for one in _registrations().filter(ref__in=known)} if known else {}
    return {text: found[ref] for text, ref in refs.items() if ref in found}


def registration(registration_id: int) -> Registration | None:
    """Give one registration with its slot, place and commitment; None when there is none."""
    return _registrations().filter(pk=registration_id).first()


def _registrations() -> QuerySet[Registration]:
    return Registration.objects.select_related(
        "slot__offer__place__commune", "slot__worker__worker", "commitment__agreement__promiser"
    )


def _with_seats(slots: QuerySet[Slot], on: date, *, days: int = 1) -> QuerySet[Slot]:
    """Slots of some legal days that are not cancelled, in order, with their seats."""
    first, _next = bounds_of_day(on)
    _last, after = bounds_of_day(on + timedelta(days=days - 1))
    seats = Registration.objects.filter(state__in=TAKES_SEAT).order_by("seat")
    return (
        slots.filter(starts_at__gte=first, starts_at__lt=after)
        .exclude(state=SlotState.CANCELLED)
        .select_related("offer__place", "worker__worker")
        .prefetch_related(Prefetch("registrations", queryset=seats, to_attr="seats_taken"))
        .order_by("starts_at", "pk")
    )
