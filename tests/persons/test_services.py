import datetime
import uuid

import pytest
from django.conf import settings
from django.db import connection

from filiere.kernel.models import AuditEntry
from filiere.persons import queries, services
from filiere.persons.enums import Purpose
from filiere.persons.errors import (
    BirthYearImpossible,
    ConsentMissing,
    NameMissing,
    PersonErased,
    PersonUnknown,
    RetentionTooLong,
)
from filiere.persons.models import Identity, Person
from tests.agenda.factories import CommuneFactory, hours, new_person, new_registration
from tests.conftest import AT

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 24)


def keep(person_id, name="Odile Martin", **more):
    services.seal_identity(person_id=person_id, name=name, at=AT, actor="user:1", **more)


def test_open_file_names_nobody():
    person_id = services.open_file(at=AT, actor="user:1", birth_year=1948)

    person = Person.objects.get(pk=person_id)
    assert (person.birth_year, person.commune, person.last_contact_on) == (1948, None, DAY)
    assert queries.name_of([person_id], reader="user:1", at=AT) == {}


@pytest.mark.parametrize("year", [2027, 1905, 48])
def test_open_file_refuses_an_impossible_year_of_birth(year):
    with pytest.raises(BirthYearImpossible, match=str(year)):
        services.open_file(at=AT, actor="user:1", birth_year=year)


def test_seal_identity_needs_consent():
    person_id = new_person()

    with pytest.raises(ConsentMissing):
        keep(person_id)

    assert not Identity.objects.exists()


def test_seal_identity_is_encrypted_in_the_database():
    person_id = new_person(Purpose.KEEP_IDENTITY)
    keep(person_id, phone="06 11 22 33 44", email="odile@example.org")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sealed, 'escape'), encode(name_mac, 'hex') FROM persons_identity"
        )
        stored = " ".join(cursor.fetchone())
    for clear in ("Odile", "odile", "Martin", "06 11", settings.IDENTITY_KEY):
        assert clear not in stored
    assert queries.name_of([person_id], reader="user:2", at=AT) == {person_id: "Odile Martin"}


def test_seal_identity_refuses_a_blank_name():
    with pytest.raises(NameMissing):
        keep(new_person(Purpose.KEEP_IDENTITY), name="  ")


def test_name_of_writes_who_read_it():
    person_id = new_person(Purpose.KEEP_IDENTITY)
    keep(person_id)

    queries.name_of([person_id], reader="user:7", at=AT)

    entry = AuditEntry.objects.get(action="persons.identity_read")
    assert (entry.actor, entry.subject, entry.at) == ("user:7", f"person:{person_id}", AT)
    assert "Odile" not in str(AuditEntry.objects.values_list())


def test_find_by_name_is_blind_to_case_and_accents():
    person_id = new_person(Purpose.KEEP_IDENTITY)
    keep(person_id, name="Zoé Lefèvre")

    assert queries.find_by_name("ZOE  LEFEVRE", reader="user:1", at=AT) == [person_id]
    assert queries.find_by_name("Zoé", reader="user:1", at=AT) == []


def test_initials_are_given_without_trace():
    person_id = new_person(Purpose.KEEP_IDENTITY)
    keep(person_id)

    assert queries.initials([person_id, new_person()]) == {person_id: "O. M."}


def test_record_consent_taken_back_deletes_the_identity():
    person_id = new_person(Purpose.KEEP_IDENTITY)
    keep(person_id)

    services.record_consent(
        person_id=person_id, purpose=Purpose.KEEP_IDENTITY, given=False, at=AT, actor="user:1"
    )

    assert not Identity.objects.exists()
    assert queries.consents(person_id) == {Purpose.KEEP_IDENTITY: False}


def test_consents_are_the_latest_of_each_purpose():
    person_id = new_person(Purpose.FOLLOW_UP, Purpose.TELL_SENDER)
    services.record_consent(
        person_id=person_id, purpose="tell_sender", given=False, at=AT + hours(1), actor="user:1"
    )

    assert queries.consents(person_id) == {Purpose.FOLLOW_UP: True, Purpose.TELL_SENDER: False}
    assert queries.who_consented([person_id, new_person()], Purpose.FOLLOW_UP) == {person_id}
    assert not queries.has_consent(person_id, Purpose.KEEP_IDENTITY)


def test_touch_keeps_the_latest_contact():
    person_id = new_person()

    services.touch(person_id=person_id, on=datetime.date(2027, 1, 1))
    services.touch(person_id=person_id, on=datetime.date(2026, 12, 1))

    assert Person.objects.get().last_contact_on == datetime.date(2027, 1, 1)
    with pytest.raises(PersonUnknown):
        services.touch(person_id=uuid.uuid4(), on=DAY)


def test_attack_77_erasure_forgets_who_and_keeps_what_was_done():
    person_id = new_person(Purpose.KEEP_IDENTITY, birth_year=1950, commune_id=CommuneFactory().pk)
    keep(person_id)
    registration = new_registration(person_id=person_id)

    services.erase(person_id=person_id, at=AT, actor="user:1")
    services.erase(person_id=person_id, at=AT + hours(1), actor="user:1")

    person = Person.objects.get(pk=person_id)
    assert (person.birth_year, person.commune, person.anonymised_at) == (None, None, AT)
    assert not Identity.objects.exists()
    registration.refresh_from_db()
    assert registration.person_id == person_id
    assert registration.state == "cancelled"
    with pytest.raises(PersonErased):
        new_registration(person_id=person_id)
    with pytest.raises(PersonUnknown):
        services.erase(person_id=uuid.uuid4(), at=AT, actor="user:1")


def test_purge_forgets_after_twelve_months_without_contact():
    eve = datetime.datetime(2025, 11, 22, 12, tzinfo=datetime.UTC)
    old = new_person(Purpose.KEEP_IDENTITY, at=eve)
    keep(old)
    kept = new_person(at=eve + hours(24))

    done = services.purge(on=datetime.date(2026, 11, 23), at=AT, actor="worker")

    assert done == 1
    assert Person.objects.get(pk=old).anonymised_at == AT
    assert Person.objects.get(pk=kept).anonymised_at is None
    assert not Identity.objects.exists()
    assert services.purge(on=datetime.date(2026, 11, 23), at=AT, actor="worker") == 0


def test_purge_refuses_more_than_the_maximum():
    with pytest.raises(RetentionTooLong, match="25"):
        services.purge(on=DAY, at=AT, actor="worker", months=25)


def test_export_gives_all_that_is_held():
    person_id = new_person(Purpose.KEEP_IDENTITY, birth_year=1950)
    keep(person_id, email="odile@example.org")

    given = queries.export(person_id, reader="user:1", at=AT)

    assert (given["name"], given["email"], given["phone"]) == (
        "Odile Martin",
        "odile@example.org",
        None,
    )
    assert given["consents"][0]["purpose"] == "keep_identity"
    assert queries.export(uuid.uuid4(), reader="user:1", at=AT) == {}


def test_fragility_facts_of_many_in_one_query(django_assert_num_queries):
    commune = CommuneFactory()
    people = [new_person(birth_year=1940, commune_id=commune.pk), new_person()]

    with django_assert_num_queries(1):
        facts = queries.fragility_facts(people)

    assert tuple(facts[people[0]]) == (1940, commune.pk)
    assert tuple(facts[people[1]]) == (None, None)
