"""What a place says of itself, against what its source says."""

import pytest

from filiere.directory import stating
from filiere.directory.errors import AccessModeUnknown, HoursUnreadable, PhoneUnreadable
from filiere.directory.models import Fact, Place, Statement
from filiere.kernel.models import AuditEntry
from tests.agenda.factories import PlaceFactory

pytestmark = pytest.mark.django_db
ME = {"actor": "user:1"}


def test_state_facts_wins_and_keeps_the_source_beside(at):
    place = PlaceFactory(phone="+33555000000", opening_hours="Mo 09:00-12:00")
    facts = {Fact.PHONE: "05 55 11 22 33", Fact.OPENING_HOURS: "Mo 09:00-12:00"}

    changed = stating.state_facts(place=place, facts=facts, at=at, **ME)

    place.refresh_from_db()
    assert [one.fact for one in changed] == ["phone"]
    assert place.phone == "+33555112233"
    kept = Statement.objects.get()
    assert (kept.value, kept.imported) == ("+33555112233", "+33555000000")


def test_state_facts_twice_keeps_the_first_word_of_the_source(at):
    place = PlaceFactory(phone="+33555000000")
    for phone in ("0555112233", "0555112233", ""):
        stating.state_facts(place=place, facts={Fact.PHONE: phone}, at=at, **ME)

    place.refresh_from_db()
    assert place.phone == ""
    assert Statement.objects.get().imported == "+33555000000"
    assert AuditEntry.objects.filter(action="directory.facts_stated").count() == 2


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({Fact.PHONE: "appelez-moi"}, PhoneUnreadable),
        ({Fact.OPENING_HOURS: "le matin"}, HoursUnreadable),
        ({Fact.ACCESS_MODES: ["by_balloon"]}, AccessModeUnknown),
    ],
)
def test_state_facts_refuses_what_nobody_could_use(at, facts, refusal):
    place = PlaceFactory(phone="+33555000000")

    with pytest.raises(refusal):
        stating.state_facts(place=place, facts=facts, at=at, **ME)
    assert not Statement.objects.exists()
    place.refresh_from_db()
    assert place.phone == "+33555000000"


def test_withdraw_statement_shows_the_source_again(at):
    place = PlaceFactory(opening_hours="Mo 09:00-12:00")
    stating.state_facts(place=place, facts={Fact.OPENING_HOURS: "Tu 09:00-12:00"}, at=at, **ME)

    for _twice in range(2):
        place = stating.withdraw_statement(place=place, fact=Fact.OPENING_HOURS, at=at, **ME)

    assert place.opening_hours == "Mo 09:00-12:00"
    assert not Statement.objects.exists()


def test_import_leaves_a_statement_in_force_and_notes_what_the_source_now_says(load, at):
    load({"telephone": "05 55 00 00 00"})
    place = Place.objects.get()
    stating.state_facts(place=place, facts={Fact.PHONE: "05 55 11 22 33"}, at=at, **ME)

    run = load({"telephone": "05 55 99 99 99", "adresse": "2 place Bonnyaud"})

    place.refresh_from_db()
    assert run.updated == 1
    assert place.address == "2 place Bonnyaud"
    assert place.phone == "+33555112233"
    assert Statement.objects.get().imported == "+33555999999"
    stating.withdraw_statement(place=place, fact=Fact.PHONE, at=at, **ME)
    place.refresh_from_db()
    assert place.phone == "+33555999999"
