"""What an anonymous booking asks the services, in order: file, consents, identity, seat."""

import datetime as dt

from django.core.signing import BadSignature, Signer
from django.db import transaction
from ninja import Field, Schema

from filiere.agenda import services as agenda
from filiere.agenda.models import Registration
from filiere.api.errors import BookingTokenWrong
from filiere.persons import services as persons
from filiere.persons.enums import Purpose

SIGNER = Signer(salt="filiere.api.booking")


class PersonIn(Schema):
    """Who comes. Everything is optional; a name is kept only with ``keep_identity``."""

    name: str = Field("", max_length=120)
    phone: str = Field("", max_length=20)
    email: str = Field("", max_length=120)
    birth_year: int | None = Field(None, ge=1900, le=2100)
    commune_id: int | None = None
    keep_identity: bool = False
    tell_sender: bool = False
    follow_up: bool = False


class BookingIn(PersonIn):
    """A seat for someone."""

    slot_id: int
    need: str = Field("", max_length=40)
    procedure: str = Field("", max_length=60)


@transaction.atomic
def book(given: BookingIn, *, at: dt.datetime, actor: str) -> Registration:
    """Open a file, keep what the person agreed to, take the seat; all or nothing."""
    person_id = persons.open_file(
        birth_year=given.birth_year, commune_id=given.commune_id, at=at, actor=actor
    )
    agreed = {
        Purpose.KEEP_IDENTITY: given.keep_identity,
        Purpose.TELL_SENDER: given.tell_sender,
        Purpose.FOLLOW_UP: given.follow_up,
    }
    for purpose, yes in agreed.items():
        persons.record_consent(person_id=person_id, purpose=purpose, given=yes, at=at, actor=actor)
    if given.keep_identity and given.name:
        persons.seal_identity(
            person_id=person_id,
            name=given.name,
            phone=given.phone,
            email=given.email,
            at=at,
            actor=actor,
        )
    return agenda.book(
        slot_id=given.slot_id,
        person_id=person_id,
        need=given.need,
        procedure=given.procedure,
        at=at,
        actor=actor,
    )


def token_of(registration: Registration) -> str:
    """The token with which whoever booked may cancel; computed again, never stored."""
    return SIGNER.sign(registration.ref).rpartition(":")[2]


def require_token(ref: str, token: str) -> None:
    """Refuse a token that does not match the reference.

    Raises:
        BookingTokenWrong: it does not.
    """
    try:
        SIGNER.unsign(f"{ref}:{token}")
    except BadSignature as error:
        raise BookingTokenWrong(reference=ref) from error
