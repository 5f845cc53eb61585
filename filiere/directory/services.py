"""Writing the directory: imports and their undoing, opening, closing and qualifying places."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from django.db import models, transaction

from filiere.accounts.services import remove_unused_organisations
from filiere.directory.errors import (
    CommuneNotInhabited,
    ImportAlreadyUndone,
    PlaceColumnsMissing,
    PlaceIsClosed,
    ServiceUnknown,
    TerritoriesMissing,
)
from filiere.directory.events import PlaceClosed, PlaceReopened
from filiere.directory.importing import day_of, write_places
from filiere.directory.models import (
    OWN_SOURCE,
    ClosingReason,
    Fee,
    ImportRun,
    Offer,
    Place,
    Qualification,
    Worker,
)
from filiere.directory.reading import REQUIRED, read_places
from filiere.kernel import events
from filiere.kernel import services as kernel
from filiere.kernel.tables import Table, read_table
from filiere.rules import national_lists as lists
from filiere.rules.text import fold
from filiere.territories.models import Kind, Territory
from filiere.territories.queries import INHABITED

type_progress = Callable[[int, int], None]


@transaction.atomic
def import_places(
    *,
    path: Path | None = None,
    stream: BinaryIO | None = None,
    source_name: str = "",
    at: datetime,
    actor: str,
    progress: type_progress | None = None,
    chunk: int = 1000,
) -> ImportRun:
    """Read a file of places in the national format; write all the good lines, or nothing.

    Idempotent: a line that says the same as last time changes nothing. A line that says something
    else updates its place, except its organisation and what was decided here (closed, qualified).
    A service no longer listed is stopped, not deleted. A place no longer listed is left alone.

    Args:
        path: CSV or JSON, compressed or not. Give ``path`` or ``stream``.
        stream: the same, opened in binary mode.
        source_name: name of the file for the report, and source of the lines that name neither
            a source nor a data set; by default the file's name.
        at: aware moment of the import.
        actor: opaque id of who imports.
        progress: called with (places written, places in all) after each batch.
        chunk: places written at once.

    Returns:
        The run: counts, and in ``run.lines`` every refused line with its column and reason.

    Raises:
        TableRefused: the file cannot be read as a table.
        PlaceColumnsMissing: no place could be read from these columns.
        TerritoriesMissing: no commune is known yet.
    """
    if (path is None) == (stream is None):
        raise ValueError("give either path or stream")
    name = source_name or (path.name if path else "") or "import"
    if stream is None and path is not None:
        with path.open("rb") as opened:
            table = read_table(opened, name=name)
    elif stream is not None:
        table = read_table(stream, name=name)
    _check(table)
    run = ImportRun.objects.create(
        filename=(path.name if path else name)[:250], sha256=table.sha256, started_at=at,
        read=len(table.rows),
    )  # fmt: skip
    reading = read_places(table, fallback_source=name.split(".")[0][:80])
    write_places(reading, run, at=at, actor=actor, chunk=chunk, progress=progress)
    run.ended_at = at
    run.save()
    kernel.record(
        actor=actor, action="directory.imported", subject=f"import:{run.pk}", at=at,
        read=run.read, created=run.created, updated=run.updated, refused=run.refused,
    )  # fmt: skip
    return run


def _check(table: Table) -> None:
    """Refuse a file from which no place could be read."""
    columns = {lists.current_column(name) for name in table.header if name}
    missing = [name for name in REQUIRED if name not in columns]
    if not columns & {"commune", "code_insee"} and "adresse" not in columns:
        missing.append("commune")
    if missing:
        raise PlaceColumnsMissing(name=table.name, columns=", ".join(missing))
    if not Territory.objects.filter(kind=Kind.COMMUNE).exists():
        raise TerritoriesMissing


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import removed, and the places kept because someone uses them."""

    places_removed: int
    places_kept: int
    organisations_removed: int


@transaction.atomic
def undo_import(*, run: ImportRun, at: datetime, actor: str) -> Undone:
    """Remove the places and organisations an import created, where nobody uses them.

    A place with a worker, a slot, a price or anything else above the directory is kept. What the
    import changed on places that existed before is not changed back: import the older file again.

    Raises:
        ImportAlreadyUndone: done before.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.undone_at:
        raise ImportAlreadyUndone(on=f"{day_of(run.undone_at):%d/%m/%Y}")
    created = set(run.places.order_by("pk").values_list("pk", flat=True))
    used = _pointed_at(Place, created)
    offers = dict(Offer.objects.filter(place__in=created).order_by("pk").values_list("pk", "place"))
    used |= {offers[pk] for pk in _pointed_at(Offer, set(offers))}
    Place.objects.filter(pk__in=created - used).delete()
    organisations = remove_unused_organisations(ids=run.created_organisations)
    run.undone_at = at
    run.save(update_fields=["undone_at"])
    kernel.record(
        actor=actor, action="directory.import_undone", subject=f"import:{run.pk}", at=at,
        removed=len(created - used), kept=len(used),
    )  # fmt: skip
    return Undone(len(created - used), len(used), organisations)


def _pointed_at(model: type[models.Model], ids: set[int]) -> set[int]:
    """Give the rows that rows of any other table point at; a place's offers do not count."""
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.concrete or not relation.auto_created or relation.related_model is Offer:
            continue
        name = relation.field.name  # type: ignore[union-attr]
        pointing = relation.related_model._base_manager.filter(  # type: ignore[union-attr]
            **{f"{name}__in": ids}
        )
        found |= set(pointing.order_by().values_list(name, flat=True))
    return found


@transaction.atomic
def open_place(
    *,
    organisation_id: int,
    name: str,
    commune_id: int,
    address: str,
    postcode: str,
    services: Iterable[str],
    at: datetime,
    actor: str,
    fee: Fee = Fee.UNKNOWN,
    modes: Sequence[str] = (),
    is_invented: bool = False,
) -> Place:
    """Enter a place here, with its offers; its position is the centre of its commune.

    Args:
        services: keys of the nine services of the national standard.
        fee: what people pay, when it is known.

    Raises:
        CommuneNotInhabited: ``commune_id`` is neither a commune nor an arrondissement.
        ServiceUnknown: a service that the standard does not have.
    """
    commune = Territory.objects.get(pk=commune_id)
    if commune.kind not in INHABITED:
        raise CommuneNotInhabited(territory=commune.name)
    known = {entry.key for entry in lists.entries("services")}
    offered = list(dict.fromkeys(services))
    for service in offered:
        if service not in known:
            raise ServiceUnknown(service=service)
    place = Place.objects.create(
        organisation_id=organisation_id, name=name, folded=fold(name)[:200], commune=commune,
        address=address, postcode=postcode, latitude=commune.latitude,
        longitude=commune.longitude, source=OWN_SOURCE, source_id="", source_date=day_of(at),
        is_invented=is_invented,
    )  # fmt: skip
    place.source_id = f"lieu-{place.pk}"
    place.save(update_fields=["source_id"])
    Offer.objects.bulk_create(
        [
            Offer(place=place, service=service, fee=fee, modes=list(modes), is_invented=is_invented)
            for service in offered
        ]
    )
    kernel.record(actor=actor, action="directory.place_opened", subject=f"place:{place.pk}", at=at)
    return place


def _locked(place: Place) -> Place:
    """Lock a place against other decisions about it."""
    return Place.objects.select_for_update(of=("self",)).get(pk=place.pk)


@transaction.atomic
def close_place(
    *,
    place: Place,
    on: date,
    at: datetime,
    actor: str,
    because: ClosingReason = ClosingReason.UNSTATED,
) -> Place:
    """Say that a place gives help no more from a day on, and tell the apps above.

    Closing again on the same day changes nothing; on another day moves the date.
    """
    place = _locked(place)
    if place.closed_on == on:
        return place
    place.closed_on, place.closed_because = on, because
    place.save(update_fields=["closed_on", "closed_because"])
    kernel.record(
        actor=actor, action="directory.place_closed", subject=f"place:{place.pk}", at=at,
        on=on.isoformat(), because=str(because),
    )  # fmt: skip
    events.publish(PlaceClosed(place.pk, on, actor, at))
    return place


@transaction.atomic
def reopen_place(*, place: Place, at: datetime, actor: str) -> Place:
    """Say that a closed place gives help again; an open one stays as it is."""
    place = _locked(place)
    if place.closed_on is None:
        return place
    place.closed_on, place.closed_because = None, ClosingReason.UNSTATED
    place.save(update_fields=["closed_on", "closed_because"])
    kernel.record(
        actor=actor, action="directory.place_reopened", subject=f"place:{place.pk}", at=at
    )
    events.publish(PlaceReopened(place.pk, actor, at))
    return place


@transaction.atomic
def qualify_place(*, place: Place, on: date, actor: str, at: datetime, reason: str = "") -> Place:
    """Let a place cash vouchers from a day on. Qualifying again keeps the earlier day.

    Args:
        reason: what the decision rests on, at most 300 characters; read by the place's manager.

    Raises:
        PlaceIsClosed: a closed place cannot be qualified.
    """
    place = _locked(place)
    if place.closed_on is not None:
        raise PlaceIsClosed(place=place.name, on=f"{place.closed_on:%d/%m/%Y}")
    if place.qualified_on is not None and place.qualified_on <= on:
        return place
    place.qualified_on = on
    place.save(update_fields=["qualified_on"])
    Qualification.objects.create(
        place=place, granted=True, from_on=on, reason=reason, decided_at=at, decided_by=actor
    )
    kernel.record(
        actor=actor, action="directory.place_qualified", subject=f"place:{place.pk}", at=at,
        on=on.isoformat(),
    )  # fmt: skip
    return place


@transaction.atomic
def disqualify_place(*, place: Place, actor: str, at: datetime, reason: str = "") -> Place:
    """Let a place cash vouchers no more, at once; one that could not stays as it is.

    Args:
        reason: what the decision rests on, at most 300 characters; read by the place's manager.
    """
    place = _locked(place)
    if place.qualified_on is not None:
        place.qualified_on = None
        place.save(update_fields=["qualified_on"])
        Qualification.objects.create(
            place=place, granted=False, from_on=day_of(at), reason=reason, decided_at=at,
            decided_by=actor,
        )  # fmt: skip
        kernel.record(
            actor=actor, action="directory.place_disqualified", subject=f"place:{place.pk}", at=at
        )
    return place


@transaction.atomic
def add_worker(
    *,
    place: Place,
    user_id: int,
    public_name: str,
    at: datetime,
    actor: str,
    profession: str = "",
) -> Worker:
    """Say that someone with an account receives people at a place; who had left comes back.

    Args:
        public_name: what the public may read, a first name; at most 80 characters.
        profession: the same, at most 80 characters; blank when it is not stated.

    Raises:
        PlaceIsClosed: nobody receives people there any more.
    """
    place = _locked(place)
    if place.closed_on is not None:
        raise PlaceIsClosed(place=place.name, on=f"{place.closed_on:%d/%m/%Y}")
    worker = Worker.objects.filter(place=place, user=user_id).first()
    if worker is not None and worker.left_on is None:
        return worker
    worker = worker or Worker(place=place, user_id=user_id)
    worker.public_name, worker.profession, worker.left_on = public_name, profession, None
    worker.save()
    kernel.record(
        actor=actor, action="directory.worker_added", subject=f"place:{place.pk}", at=at,
        worker=worker.pk,
    )  # fmt: skip
    return worker


@transaction.atomic
def remove_worker(*, worker_id: int, on: date, at: datetime, actor: str) -> Worker:
    """Say that someone receives people at a place no more; hours already open stay."""
    worker = Worker.objects.select_for_update(of=("self",)).get(pk=worker_id)
    if worker.left_on is None:
        worker.left_on = on
        worker.save(update_fields=["left_on"])
        kernel.record(
            actor=actor, action="directory.worker_removed", subject=f"place:{worker.place_id}",
            at=at, worker=worker.pk,
        )  # fmt: skip
    return worker
