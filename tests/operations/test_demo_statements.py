"""Statements of the demonstration: each has something to tell."""

import datetime

import pytest

from filiere.agenda.models import Registration
from filiere.observatory import statements
from filiere.observatory.statements import LineKind, Party, Period
from filiere.operations.demo import statements as demo_statements
from filiere.web.bookings import year_address
from tests.agenda.factories import AT, OrganisationFactory
from tests.billing.factories import world

pytestmark = pytest.mark.django_db


def test_fill_gives_the_employer_a_month_to_read_and_a_person_her_year_once():
    here, employer = world(price=2000), OrganisationFactory()
    place = here.offer.place
    for _twice in range(2):
        demo_statements.fill(place, employer, at=AT)
    period = Period(datetime.date(2026, 1, 1), AT.date())
    found = statements.statement_of(Party.EMPLOYER, employer.pk, period, on=AT.date())
    assert [line.kind for line in found.lines] == [LineKind.HOURS_BOUGHT, LineKind.HOURS_USED]
    assert found.closing_cents == 2000 * len(demo_statements.CAME_ON)
    alone = Registration.objects.get(booked_by__startswith="visitor:")
    assert year_address(alone)
    year = statements.year_of_help(alone.person_id, year=2026)
    assert (year.count, year.paid_cents) == (1, 2000)
