"""Open a file, keep a name with consent, forget on time. Identity is written nowhere else."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from filiere.kernel import services as kernel
from filiere.kernel.calendar import add_months, legal_day
from filiere.kernel.events import publish
from filiere.persons import queries
from filiere.persons.enums import Purpose
from filiere.persons.errors import (
    BirthYearImpossible,
    ConsentMissing,
    NameMissing,
    PersonErased,
    PersonUnknown,
    RetentionTooLong,
)
from filiere.persons.events import ConsentWithdrawn, PersonsErased
from filiere.persons.models import Consent, Identity, Person
from filiere.persons.sealing import Identity as OpenIdentity
from filiere.persons.sealing import name_mark, seal
from filiere.rules import parameters

OLDEST_AGE = 120
PURGE_STEP = 500


@transaction.atomic
def open_file(
    *,
    at: datetime,
    actor: str,
    birth_year: int | None = None,
    commune_id: int | None = None,
    is_invented: bool = False,
) -> UUID:
    """Open a pseudonymous file. Nothing in it names anyone; every fact is optional.

    Args:
        birth_year: four figures; None when not said.
        commune_id: where the person lives; None when not said.
        is_invented: True for the demonstration and the loop.

    Raises:
        BirthYearImpossible: in the future, or more than 120 years ago.
    """
    year = legal_day(at).year
    if birth_year is not None and not year - OLDEST_AGE <= birth_year <= year:
        raise BirthYearImpossible(year=birth_year)
    person = Person.objects.create(
        birth_year=birth_year,
        commune_id=commune_id,
        created_at=at,
        last_contact_on=legal_day(at),
        is_invented=is_invented,
    )
    kernel.record(actor=actor, action="persons.file_opened", subject=f"person:{person.pk}", at=at)
    return person.pk


def record_consent(
    *, person_id: UUID, purpose: Purpose | str, given: bool, at: datetime, actor: str
) -> None:
    """Write a yes or a no to one purpose; see ``record_consents``."""
    record_consents(person_id=person_id, answers={Purpose(purpose): given}, at=at, actor=actor)


@transaction.atomic
def record_consents(
    *, person_id: UUID, answers: Mapping[Purpose, bool], at: datetime, actor: str
) -> None:
    """Write a yes or a no to each purpose asked.

    Taking back the consent to keep one's name deletes the identity now.

    Raises:
        PersonUnknown: no such file.
        PersonErased: the file was erased.
    """
    person = _lock(person_id)
    Consent.objects.bulk_create(
        Consent(person=person, purpose=purpose, given=given, at=at, recorded_by=actor)
        for purpose, given in answers.items()
    )
    kernel.record(
        actor=actor,
        action="persons.consent_recorded",
        subject=f"person:{person_id}",
        at=at,
        **{str(purpose): given for purpose, given in answers.items()},
    )
    refused = [purpose for purpose, given in answers.items() if not given]
    if Purpose.KEEP_IDENTITY in refused:
        Identity.objects.filter(person=person).delete()
    for purpose in refused:
        publish(ConsentWithdrawn(person_id=person_id, purpose=str(purpose), at=at, actor=actor))


@transaction.atomic
def seal_identity(
    *, person_id: UUID, name: str, at: datetime, actor: str, phone: str = "", email: str = ""
) -> None:
    """Keep who someone is, encrypted; a second call replaces the first.

    Raises:
        ConsentMissing: the last answer to KEEP_IDENTITY is not yes.
        NameMissing: the name is blank.
        PersonUnknown: no such file.
        PersonErased: the file was erased.
    """
    person = _lock(person_id)
    if not queries.has_consent(person_id, Purpose.KEEP_IDENTITY):
        raise ConsentMissing
    identity = OpenIdentity(name=name.strip(), phone=phone.strip(), email=email.strip())
    if not identity.name:
        raise NameMissing
    Identity.objects.update_or_create(
        person=person,
        defaults={"sealed": seal(identity), "name_mac": name_mark(identity.name)},
    )
    kernel.record(
        actor=actor, action="persons.identity_sealed", subject=f"person:{person_id}", at=at
    )


@transaction.atomic(savepoint=False)
def touch(*, person_id: UUID, on: date) -> None:
    """Note a contact with the person: retention runs from the latest day noted.

    Raises:
        PersonUnknown: no such file.
        PersonErased: the file was erased.
    """
    living = Person.objects.filter(pk=person_id, anonymised_at=None)
    if not living.update(last_contact_on=Greatest("last_contact_on", Value(on))):
        raise PersonErased if Person.objects.filter(pk=person_id).exists() else PersonUnknown


def lock(*, person_id: UUID) -> None:
    """Make other changes of this file wait for the caller's transaction.

    What locks a person, slots and a referral does so in that order, or two may wait for each other.
    """
    lock_many(person_ids=[person_id])


def lock_many(*, person_ids: Iterable[UUID]) -> None:
    """Make other changes of these files wait, in the order every caller takes; see ``lock``."""
    files = Person.objects.select_for_update(of=("self",)).filter(pk__in=set(person_ids))
    list(files.order_by("pk").values_list("pk"))


@transaction.atomic
def erase(*, person_id: UUID, at: datetime, actor: str) -> None:
    """Forget someone for good: identity deleted, year of birth and commune blanked.

    Seats taken, sessions and money stay, attached to a file that describes nobody: counts and the
    ledger do not change. Future seats are given back. Erasing twice is once.

    Raises:
        PersonUnknown: no such file.
    """
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise PersonUnknown
    if person.anonymised_at is None:
        _anonymise([person.pk], at=at, actor=actor, action="persons.erased")


def purge(*, on: date, at: datetime, actor: str, months: int | None = None) -> int:
    """Forget everyone whose last contact is too old. Can be stopped and run again.

    Args:
        on: day of reference.
        months: kept that long after the last contact; by default the dated parameter
            ``retention.months`` (12), at most ``retention.maximum_months`` (24).

    Returns:
        Number of files anonymised.

    Raises:
        RetentionTooLong: ``months`` is over the maximum.
    """
    maximum = parameters.whole("retention.maximum_months", on)
    months = parameters.whole("retention.months", on) if months is None else months
    if months > maximum:
        raise RetentionTooLong(months=months, maximum=maximum)
    limit = add_months(on, -months)
    done = 0
    while True:
        with transaction.atomic():
            old = Person.objects.filter(anonymised_at=None, last_contact_on__lt=limit)
            locked = old.order_by("last_contact_on", "pk").select_for_update(skip_locked=True)
            chunk = list(locked.values_list("pk", flat=True)[:PURGE_STEP])
            if not chunk:
                return done
            _anonymise(chunk, at=at, actor=actor, action="persons.purged")
        done += len(chunk)


def _lock(person_id: UUID) -> Person:
    """Lock one living file."""
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise PersonUnknown
    if person.anonymised_at is not None:
        raise PersonErased
    return person


def _anonymise(person_ids: list[UUID], *, at: datetime, actor: str, action: str) -> None:
    """Blank locked files and tell upper apps to drop what they hold."""
    Identity.objects.filter(person__in=person_ids).delete()
    Person.objects.filter(pk__in=person_ids).update(birth_year=None, commune=None, anonymised_at=at)
    kernel.record_many(
        actor=actor, action=action, subjects=[f"person:{pk}" for pk in person_ids], at=at
    )
    publish(PersonsErased(person_ids=tuple(person_ids), at=at, actor=actor))
