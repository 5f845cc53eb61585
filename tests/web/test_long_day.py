"""A day with more people than a page holds: shown by pages, opened where the work is."""

import datetime
import re

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.agenda import services
from filiere.agenda.models import Registration
from filiere.kernel.models import AuditEntry
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.web import sheets
from tests.agenda.factories import TOMORROW, OfferFactory, UnitFactory, new_person, new_slot
from tests.conftest import AT

pytestmark = pytest.mark.django_db
ROWS, PEOPLE = 5, 12


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(sheets, "ROWS", ROWS)
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def seats(client):
    """An hour of twelve people, then an empty one, for a mediator who is signed in."""
    offer = OfferFactory()
    unit = UnitFactory(worker__place=offer.place)
    slot = new_slot(offer, unit=unit, seats=PEOPLE)
    new_slot(offer, unit=unit, starts_at=TOMORROW + datetime.timedelta(hours=2))
    Membership.objects.create(
        user=unit.worker.user, organisation=offer.place.organisation, role=Role.MEDIATOR
    )
    client.force_login(unit.worker.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return [
        services.book(slot_id=slot.pk, person_id=new_person(), actor="user:1", at=AT)
        for _one in range(PEOPLE)
    ]


def address(more=""):
    return reverse("day_on", args=[TOMORROW.date()]) + more


def shown(answer):
    """The references on a page, in order, and the page of how many."""
    content = answer.content.decode()
    page = re.search(r"Page (\d+) of (\d+)", content)
    return re.findall(r'id="seance-([^"]+)"', content), page and page.groups()


def refs(seats):
    return [seat.ref for seat in seats]


def test_a_long_day_is_shown_by_pages_with_the_sums_of_the_whole_day(client, seats):
    first = client.get(address())
    assert shown(first) == (refs(seats[:5]), ("1", "3"))
    assert "12 people expected" in first.content.decode()
    last = client.get(address("?page=3"))
    assert shown(last) == (refs(seats[10:]), ("3", "3"))
    assert "Free place" in last.content.decode()


def test_a_long_day_opens_at_the_first_person_still_to_receive(client, seats):
    Registration.objects.filter(pk__in=[seat.pk for seat in seats[:7]]).update(
        state="absent", attendance_at=AT
    )
    assert shown(client.get(address())) == (refs(seats[5:10]), ("2", "3"))


def test_somebody_is_found_by_reference_as_it_is_written(client, seats):
    written = seats[11].ref.lower().replace("-", " ")
    assert seats[11].ref in shown(client.get(address(f"?personne={written}")))[0]
    lost = client.get(address("?personne=OR-0000-0000")).content.decode()
    assert "No session of this day has this reference" in lost
    assert 'value="OR-0000-0000"' in lost


def test_a_tap_comes_back_to_the_page_of_the_person(client, seats):
    with time_machine.travel(TOMORROW, tick=False):
        answer = client.post(reverse("day_attend", args=[seats[8].ref]), {"present": "yes"})
        assert answer.url.endswith(f"?personne={seats[8].ref}#seance-{seats[8].ref}")
        assert shown(client.get(answer.url))[0] == refs(seats[5:10])
    assert Registration.objects.get(pk=seats[8].pk).state == "present"


def test_a_page_reads_its_own_names_only_and_one_person_is_next(client, seats):
    for seat in (seats[0], seats[6]):
        persons.record_consent(
            person_id=seat.person_id, purpose=Purpose.KEEP_IDENTITY, given=True, at=AT, actor="t"
        )
        persons.seal_identity(person_id=seat.person_id, name="Odile Roy", at=AT, actor="t")
    second = client.get(address("?page=2")).content.decode()
    read = AuditEntry.objects.filter(action="persons.identity_read")
    assert [one.subject for one in read] == [f"person:{seats[6].person_id}"]
    assert ("Odile Roy" in second, 'class="now' in second) == (True, False)
    assert client.get(address("?page=1")).content.decode().count('class="now') == 1


def test_a_short_day_has_no_pages_and_nothing_to_find(client, seats, monkeypatch):
    monkeypatch.setattr(sheets, "ROWS", 50)
    content = client.get(address()).content.decode()
    assert "Find this person" not in content
    assert "Page 1" not in content
