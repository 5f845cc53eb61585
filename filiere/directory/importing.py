"""Writing the places of one import, set by set, inside the caller's transaction."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.utils import timezone

from filiere.accounts.services import NewOrganisation, register_organisations
from filiere.directory.models import Fee, ImportLine, ImportRun, Offer, Place, Severity
from filiere.directory.reading import Reading, ReadPlace, Remark
from filiere.directory.stating import keep_statements
from filiere.rules.national_standard import ParsedPlace
from filiere.rules.text import fold

type_progress = Callable[[int, int], None]

# What a new reading of the same line may change. Never the organisation (it may be paid), nor
# what was decided here: closed, qualified, invented. What the place states of itself wins too.
_UPDATED = (
    "name", "folded", "commune", "address", "address_extra", "postcode", "latitude", "longitude",
    "typologies", "phone", "emails", "websites", "opening_hours", "summary", "presentation",
    "itinerance", "parent_name", "programmes", "labels", "other_labels", "access_modes",
    "accessibility_url", "booking_url", "source_date", "source_digest",
)  # fmt: skip
_OFFER_UPDATED = ("modes", "publics", "special_care", "fee", "closed_on")


def write_places(
    reading: Reading,
    run: ImportRun,
    *,
    at: datetime,
    actor: str,
    chunk: int,
    progress: type_progress | None,
) -> None:
    """Create and update places and offers, then the counts of the run and its remarks."""
    known = _known(reading)
    changed, unchanged = [], 0
    for found in reading.places:
        key = (found.place.source, found.place.producer_id)
        if key in known and known[key].source_digest == found.digest:
            unchanged += 1
            continue
        changed.append((found, known.get(key)))
        if key in known:
            reading.remarks.extend(_differing_number(found, known[key]))
    organisations = _organisations(
        [found for found, former in changed if not former], run, at, actor
    )
    total, done = len(reading.places), unchanged
    for batch in _batches(changed, chunk):
        _write_batch(batch, organisations, run, at)
        done += len(batch)
        if progress:
            progress(done, total)
    if progress and not changed:
        progress(total, total)
    run.created = sum(former is None for _found, former in changed)
    run.updated = len(changed) - run.created
    run.unchanged, run.refused = unchanged, reading.refused
    _write_remarks(reading.remarks, run, chunk)


def _known(reading: Reading) -> dict[tuple[str, str], Place]:
    """Give the places already there, by source and identifier."""
    sources = {found.place.source for found in reading.places}
    places = Place.objects.filter(source__in=sources).select_related("organisation").order_by("pk")
    return {
        (place.source, place.source_id): place
        for place in places.only(
            "source",
            "source_id",
            "source_digest",
            "organisation__siret",
            "organisation__rna",
            "organisation__siren",
        )
    }


def _differing_number(found: ReadPlace, former: Place) -> Iterator[Remark]:
    """Tell that a line now names another organisation: a person decides, not a file."""
    number = found.siret or found.rna or found.siren
    known = former.organisation
    unit = known.siret[:9] if known.siret else None  # a SIRET begins with its SIREN
    if number and number not in {known.siret, known.rna, known.siren, unit}:
        yield Remark(
            found.line, found.place.producer_id, "pivot", Severity.WARNING,
            "organisation_kept", number,
        )  # fmt: skip


def _organisations(
    new: Sequence[ReadPlace], run: ImportRun, at: datetime, actor: str
) -> dict[int, int]:
    """Give the organisation of each new place, by line; create the unknown ones."""
    wanted = [
        NewOrganisation(
            found.place.parent_name or found.place.name, found.siret, found.rna, found.siren
        )
        for found in new
    ]
    ids, created = register_organisations(wanted=wanted, at=at, actor=actor)
    run.created_organisations = created
    return {found.line: pk for found, pk in zip(new, ids, strict=True)}


def _write_batch(
    batch: Sequence[tuple[ReadPlace, Place | None]],
    organisations: dict[int, int],
    run: ImportRun,
    at: datetime,
) -> None:
    """Write one batch of places, their offers, and stop the offers no longer listed."""
    places = [
        _place(found, former.organisation_id if former else organisations[found.line], run)
        for found, former in batch
    ]
    keep_statements(
        [
            (place, former.pk)
            for place, (_found, former) in zip(places, batch, strict=True)
            if former
        ]
    )
    Place.objects.bulk_create(
        places, update_conflicts=True, unique_fields=("source", "source_id"),
        update_fields=_UPDATED,
    )  # fmt: skip
    offers = [
        offer
        for place, (found, _former) in zip(places, batch, strict=True)
        for offer in _offers(place, found.place)
    ]
    Offer.objects.bulk_create(
        offers, update_conflicts=True, unique_fields=("place", "service"),
        update_fields=_OFFER_UPDATED,
    )  # fmt: skip
    Offer.objects.filter(place__in=places, closed_on=None).exclude(
        pk__in=[offer.pk for offer in offers]
    ).update(closed_on=day_of(at))


def _place(found: ReadPlace, organisation_id: int, run: ImportRun) -> Place:
    """Give the row of one place."""
    place = found.place
    return Place(
        organisation_id=organisation_id,
        name=place.name,
        folded=fold(place.name)[:200],
        commune_id=found.commune_id,
        address=place.street,
        address_extra=place.street_extra,
        postcode=place.postcode or "",
        latitude=_degrees(place.latitude),
        longitude=_degrees(place.longitude),
        typologies=list(place.typologies),
        phone=place.phone or "",
        emails=list(place.emails),
        websites=list(place.websites),
        opening_hours=place.opening_hours,
        summary=place.summary,
        presentation=place.description,
        itinerance=list(place.itinerance),
        parent_name=place.parent_name,
        programmes=list(place.national_programmes),
        labels=list(place.labels),
        other_labels=list(place.other_labels),
        access_modes=list(place.access_modes),
        accessibility_url=place.accessibility_url or "",
        booking_url=place.booking_url or "",
        source=place.source,
        source_id=place.producer_id,
        source_date=place.updated_on,
        source_digest=found.digest,
        created_by_run=run,
    )


def _degrees(value: float | None) -> Decimal | None:
    """Round a coordinate to five decimals, about one metre."""
    return None if value is None else Decimal(f"{value:.5f}")


def _offers(place: Place, parsed: ParsedPlace) -> list[Offer]:
    """Give the offers of one place: one for each service the line names."""
    return [
        Offer(
            place=place,
            service=service,
            modes=list(parsed.support_modes),
            publics=list(parsed.publics),
            special_care=list(parsed.special_care),
            fee=fee_of(parsed.fees),
            closed_on=None,
        )
        for service in parsed.services
    ]


def fee_of(fees: Sequence[str]) -> Fee:
    """Give the one price word of an offer; several words mean that it depends."""
    if not fees:
        return Fee.UNKNOWN
    return Fee(fees[0]) if len(fees) == 1 else Fee.CONDITIONAL


def day_of(at: datetime) -> date:
    """Give the legal French day of a moment."""
    return timezone.localtime(at).date()


def _write_remarks(remarks: Sequence[Remark], run: ImportRun, chunk: int) -> None:
    """Keep the report of the run."""
    ImportLine.objects.bulk_create(
        [
            ImportLine(
                run=run, line=remark.line, source_id=remark.source_id[:120],
                column=remark.column[:60], severity=remark.severity, reason=remark.reason,
                value=remark.value,
            )
            for remark in remarks
        ],
        batch_size=max(chunk, 1000),
    )  # fmt: skip


def _batches(
    changed: Sequence[tuple[ReadPlace, Place | None]], chunk: int
) -> Iterator[list[tuple[ReadPlace, Place | None]]]:
    """Cut a long list."""
    remaining = iter(changed)
    while batch := list(islice(remaining, chunk)):
        yield batch
