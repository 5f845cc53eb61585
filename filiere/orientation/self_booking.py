"""A person takes an appointment alone: file, consents, seat, in one transaction."""

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from filiere.agenda import services as agenda
from filiere.agenda.models import TAKES_SEAT, Registration
from filiere.persons import services as persons
from filiere.persons.enums import Purpose

TOKEN_BYTES = 16


def new_token() -> str:
    """Draw what makes one form one booking, however often it is sent."""
    return secrets.token_hex(TOKEN_BYTES)


def booked_with(*, token: str, slot_id: int) -> Registration | None:
    """Give the seat that a form already took in a slot, unless it was given back."""
    return (
        Registration.objects.filter(slot=slot_id, booked_by=_actor(token), state__in=TAKES_SEAT)
        .order_by("pk")
        .first()
    )


@transaction.atomic
def book_for_oneself(
    *,
    token: str,
    slot_id: int,
    need: str,
    at: datetime,
    procedure: str = "",
    commune_id: int | None = None,
    birth_year: int | None = None,
    name: str = "",
    phone: str = "",
    agreed: Collection[Purpose] = (),
) -> Registration:
    """Give the person who asks the lowest free seat of a slot; all or nothing is written.

    The same form sent twice, even at the same moment, gives the first seat.

    Args:
        token: from ``new_token``; carried by the form.
        commune_id: where the person lives; None when not said.
        birth_year: four figures; None when not said.
        name, phone: kept, encrypted, only with the agreement KEEP_IDENTITY.
        agreed: the purposes the person said yes to; a no to the others is recorded.

    Raises:
        SlotFull, SlotGone, PlaceClosed: see ``agenda.services.book``.
        BirthYearImpossible: in the future, or more than 120 years ago.
        NameMissing: the agreement is given without a name.
    """
    actor = _actor(token)
    with connection.cursor() as cursor:  # the same form waits for itself, nobody else
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [actor])
    done = Registration.objects.filter(slot=slot_id, booked_by=actor).order_by("pk").first()
    if done is not None:
        return done
    person_id = persons.open_file(at=at, actor=actor, birth_year=birth_year, commune_id=commune_id)
    answers = {purpose: purpose in agreed for purpose in Purpose}
    persons.record_consents(person_id=person_id, answers=answers, at=at, actor=actor)
    if Purpose.KEEP_IDENTITY in agreed:
        persons.seal_identity(person_id=person_id, name=name, phone=phone, at=at, actor=actor)
    return agenda.book(
        slot_id=slot_id, person_id=person_id, actor=actor, at=at, need=need, procedure=procedure
    )


def _actor(token: str) -> str:
    """Name who books alone: the form, since nobody signs in."""
    return f"visitor:{token}"
