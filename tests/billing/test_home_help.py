"""Help at home: what may come back, and the year's attestation."""

import datetime

import pytest

from filiere.billing import queries, services
from filiere.billing.errors import (
    AlreadyAtHome,
    DeclarationMistyped,
    NothingToAttest,
    YearNotOver,
)
from filiere.billing.models import Charge
from tests.agenda.factories import new_person
from tests.billing.factories import AT, DAY, commitment, lot_for, world

pytestmark = pytest.mark.django_db
JANUARY = datetime.date(2026, 1, 1)
NEXT_YEAR = datetime.date(2027, 1, 4)


def at_home(here, nature="training", number="SAP 123 456 789"):
    return services.declare_home_help(
        offer_id=here.offer.pk, number=number, nature=nature, from_on=JANUARY, at=AT, actor="test"
    )


def credit(charge):
    charge = Charge.objects.select_related("registration__slot").get(pk=charge.pk)
    left = queries.receipt_lines(charge).person_cents
    return queries.credit_of(charge, person_cents=left)


def test_credit_of_is_half_of_what_the_person_paid_aid_taken_off():
    here = world(price=6000)
    assert credit(here.split()) is None
    at_home(here)
    paid = here.split(lot_for(here, face=1000).issued[0].code)
    assert (credit(paid).credit_cents, credit(paid).net_cents) == (2500, 2500)


def test_credit_of_stops_at_the_years_ceiling_with_this_provider():
    here = world(price=290_000)
    at_home(here)
    person = new_person(commune_id=here.commune.pk)
    here.split(person=person)
    again = here.split(person=person)
    assert (credit(again).counted_cents, credit(again).credit_cents) == (10_000, 5_000)
    assert credit(here.split()).credit_cents == 145_000


def test_remote_help_repair_and_sale_open_nothing_and_are_not_attested():
    here = world(price=6000)
    at_home(here, nature="repair")
    paid = here.split()
    assert credit(paid).credit_cents == 0
    assert queries.people_at_home(here.provider.pk, year=2026) == []


def test_attestation_lists_the_years_sessions_and_who_else_paid():
    here = world(price=6000)
    at_home(here)
    person = new_person(commune_id=here.commune.pk)
    here.split(person=person, commitment=commitment())
    here.split(person=person)
    here.split()
    gone = here.split(person=person)
    services.refund_charge(charge=gone, reason="Séance annulée", at=AT, actor="test")
    people = queries.people_at_home(here.provider.pk, year=2026)
    assert [(one.sessions, one.paid_cents) for one in people] == [(2, 9000), (1, 6000)]
    found = queries.attestation(here.provider.pk, people[0].person_id, year=2026, on=NEXT_YEAR)
    assert found.number == "SAP123456789"
    assert [(one.aid_cents, one.paid_cents) for one in found.sessions] == [(3000, 3000), (0, 6000)]
    assert (found.paid_cents, found.credit.credit_cents) == (9000, 4500)


def test_attestation_waits_for_the_end_of_the_year_and_for_a_payment():
    here = world(price=6000)
    at_home(here)
    person = new_person(commune_id=here.commune.pk)
    with pytest.raises(YearNotOver):
        queries.attestation(here.provider.pk, person, year=2026, on=DAY)
    with pytest.raises(NothingToAttest):
        queries.attestation(here.provider.pk, person, year=2026, on=NEXT_YEAR)


def test_a_session_after_the_end_of_the_declaration_is_not_attested():
    here = world(price=6000)
    found = at_home(here)
    services.end_home_help(
        home_help_id=found.pk, on=DAY - datetime.timedelta(days=1), at=AT, actor="test"
    )
    here.split()
    assert queries.people_at_home(here.provider.pk, year=2026) == []


def test_declare_home_help_refuses_a_number_mistyped_and_a_second_declaration():
    here = world()
    with pytest.raises(DeclarationMistyped):
        at_home(here, number="SAP12")
    assert at_home(here) == at_home(here)
    with pytest.raises(AlreadyAtHome):
        at_home(here, nature="delivery")


def test_people_at_home_is_one_query(django_assert_num_queries):
    here = world(price=6000)
    at_home(here)
    here.split()
    with django_assert_num_queries(1):
        assert len(queries.people_at_home(here.provider.pk, year=2026)) == 1
