"""A person takes an appointment alone: once, with what they agreed to and nothing more."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from filiere.agenda.errors import SlotFull
from filiere.agenda.models import Registration
from filiere.orientation.self_booking import book_for_oneself, new_token
from filiere.persons import queries as persons
from filiere.persons.enums import Purpose
from filiere.persons.errors import NameMissing
from tests.agenda.factories import new_registration, new_slot
from tests.conftest import AT


def book(slot, **overrides):
    defaults = {"token": new_token(), "slot_id": slot.pk, "need": "procedure", "at": AT}
    return book_for_oneself(**defaults | overrides)


@pytest.mark.django_db
def test_book_for_oneself_takes_a_seat_and_keeps_no_name():
    registration = book(new_slot(), name="Odile", phone="06 12 34 56 78")

    assert (registration.state, registration.need) == ("confirmed", "procedure")
    assert not persons.initials([registration.person_id])
    assert not persons.has_consent(registration.person_id, Purpose.KEEP_IDENTITY)


@pytest.mark.django_db
def test_book_for_oneself_keeps_the_name_of_who_agreed():
    registration = book(new_slot(), name="Odile", agreed={Purpose.KEEP_IDENTITY})

    assert persons.initials([registration.person_id]) == {registration.person_id: "O."}
    assert not persons.has_consent(registration.person_id, Purpose.FOLLOW_UP)


@pytest.mark.django_db
def test_book_for_oneself_twice_with_one_form_is_one_seat():
    slot, token = new_slot(seats=3), new_token()

    first, second = book(slot, token=token), book(slot, token=token)

    assert first == second
    assert Registration.objects.filter(slot=slot).count() == 1


@pytest.mark.django_db
def test_book_for_oneself_in_a_full_slot_leaves_no_file_behind():
    slot = new_slot()
    new_registration(slot)
    files = persons_count()

    with pytest.raises(SlotFull):
        book(slot)

    assert persons_count() == files


@pytest.mark.django_db
def test_book_for_oneself_refuses_to_keep_a_name_nobody_wrote():
    with pytest.raises(NameMissing):
        book(new_slot(), agreed={Purpose.KEEP_IDENTITY})


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_book_for_oneself_sent_twice_at_the_same_moment_is_one_seat():
    slot, token = new_slot(seats=5), new_token()

    def click(_number):
        try:
            return book(slot, token=token).ref
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        refs = set(pool.map(click, range(4)))

    assert len(refs) == 1
    assert Registration.objects.filter(slot=slot).count() == 1


def persons_count():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM persons_person")
        return cursor.fetchone()[0]
