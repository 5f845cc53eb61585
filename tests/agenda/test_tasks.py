"""The worker's tasks of persons, pathways and orientation are thin: they only name the moment."""

import datetime

import pytest

from filiere.orientation.tasks import expire_referrals
from filiere.pathways.tasks import close_silent_follow_ups
from filiere.persons.models import Person
from filiere.persons.tasks import purge_persons, send_outbox
from tests.agenda.factories import new_person
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def test_tasks_work_at_the_moment_they_are_given():
    new_person()
    in_two_years = int((AT + datetime.timedelta(days=731)).timestamp())

    assert purge_persons(in_two_years) == 1
    assert Person.objects.get().anonymised_at == datetime.datetime(
        2028, 11, 24, 9, 30, tzinfo=datetime.UTC
    )
    assert send_outbox(in_two_years) == 0
    assert close_silent_follow_ups(in_two_years) == 0
    assert expire_referrals(in_two_years) == 0
