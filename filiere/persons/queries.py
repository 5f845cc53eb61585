"""What other apps may know of persons. Reading a name leaves a trace; nothing else is named."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.persons.enums import Purpose
from filiere.persons.models import Consent, Person
from filiere.persons.models import Identity as SealedIdentity
from filiere.persons.sealing import Identity, name_mark, unseal


class FragilityFacts(NamedTuple):
    """What the rule of fragility needs; None is unknown."""

    birth_year: int | None
    commune_id: int | None


def exists(person_id: UUID) -> bool:
    """Tell whether a living (not erased) file bears this reference."""
    return Person.objects.filter(pk=person_id, anonymised_at=None).exists()


@transaction.atomic
def identities(person_ids: Collection[UUID], *, reader: str, at: datetime) -> dict[UUID, Identity]:
    """Open the identities that are kept, and write who read which, and when.

    Returns:
        Only the persons who agreed to be named.
    """
    sealed = SealedIdentity.objects.filter(person__in=person_ids)
    found = {row.person_id: unseal(row.sealed) for row in sealed}
    kernel.record_many(
        actor=reader,
        action="persons.identity_read",
        subjects=[f"person:{person_id}" for person_id in found],
        at=at,
    )
    return found


def name_of(person_ids: Collection[UUID], *, reader: str, at: datetime) -> dict[UUID, str]:
    """Give the names that are kept; each reading is written in the audit trail.

    Returns:
        Name by person; a person who did not agree is absent.
    """
    found = identities(person_ids, reader=reader, at=at)
    return {person_id: identity.name for person_id, identity in found.items()}


def initials(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Give initials for lists ("O. M."), for persons whose name is kept. Not audited."""
    sealed = SealedIdentity.objects.filter(person__in=person_ids)
    return {
        row.person_id: " ".join(f"{word[0].upper()}." for word in unseal(row.sealed).name.split())
        for row in sealed
    }


def find_by_name(name: str, *, reader: str, at: datetime) -> list[UUID]:
    """Find files by exact name, blind to case and accents; no name is decrypted.

    The search itself is written in the audit trail, without the name.
    """
    found = list(
        SealedIdentity.objects.filter(name_mac=name_mark(name))
        .order_by("person_id")
        .values_list("person_id", flat=True)
    )
    kernel.record_many(
        actor=reader,
        action="persons.found_by_name",
        subjects=[f"person:{person_id}" for person_id in found],
        at=at,
    )
    return found


def consents(person_id: UUID) -> dict[Purpose, bool]:
    """Give the latest answer per purpose; a purpose never asked is absent."""
    latest = (
        Consent.objects.filter(person=person_id)
        .order_by("purpose", "-at", "-pk")
        .distinct("purpose")
    )
    return {Purpose(row.purpose): row.given for row in latest}


def has_consent(person_id: UUID, purpose: Purpose) -> bool:
    """Tell whether the latest answer to one purpose is yes; never asked is no."""
    latest = Consent.objects.filter(person=person_id, purpose=purpose).order_by("-at", "-pk")
    return bool(latest.values_list("given", flat=True).first())


def who_consented(person_ids: Iterable[UUID], purpose: Purpose) -> set[UUID]:
    """Give those whose latest answer to one purpose is yes, in one query."""
    latest = (
        Consent.objects.filter(person__in=list(person_ids), purpose=purpose)
        .order_by("person_id", "-at", "-pk")
        .distinct("person_id")
        .values_list("person_id", "given")
    )
    return {person_id for person_id, given in latest if given}


def commune_of(person_id: UUID) -> int | None:
    """Give the commune where the person lives; None when unknown."""
    return Person.objects.filter(pk=person_id).values_list("commune_id", flat=True).first()


def fragility_facts(person_ids: Collection[UUID]) -> dict[UUID, FragilityFacts]:
    """Give what the rule of fragility needs for many persons, in one query."""
    rows = Person.objects.filter(pk__in=person_ids).values_list("pk", "birth_year", "commune_id")
    return {pk: FragilityFacts(birth_year, commune) for pk, birth_year, commune in rows}


def export(person_id: UUID, *, reader: str, at: datetime) -> dict[str, Any]:
    """Give everything this app holds on one person, in plain values, for the person.

    Returns:
        An empty dictionary when no file bears this reference. Upper apps add their own part.
    """
    person = Person.objects.filter(pk=person_id).select_related("commune").first()
    if person is None:
        return {}
    identity = identities([person_id], reader=reader, at=at).get(person_id)
    return {
        "reference": str(person.pk),
        "name": identity.name if identity else None,
        "phone": (identity.phone or None) if identity else None,
        "email": (identity.email or None) if identity else None,
        "birth_year": person.birth_year,
        "commune": person.commune.name if person.commune else None,
        "created_at": person.created_at.isoformat(),
        "last_contact_on": person.last_contact_on.isoformat(),
        "consents": [
            {"purpose": row.purpose, "given": row.given, "at": row.at.isoformat()}
            for row in Consent.objects.filter(person=person_id).order_by("at", "pk")
        ],
    }
