"""Somebody is received without an open hour, from the day sheet to the counter."""

import pytest
import time_machine
from django.urls import reverse

from filiere.agenda.models import Registration
from tests.agenda.factories import AT, hours
from tests.api.scenes import shop

pytestmark = pytest.mark.django_db
FRENCH = {"accept-language": "fr"}


def form(of, **changes):
    given = {
        "offer": of.offer.pk, "minutes": "30", "outcome": "done_together", "sent_by": "unknown",
    }  # fmt: skip
    return given | changes


def test_walk_in_notes_the_session_then_opens_the_counter():
    of = shop()
    before = of.slot.starts_at - hours(2)
    with time_machine.travel(before, tick=False):
        day = of.mediator.client.get(reverse("day"), headers=FRENCH).content.decode()
        assert "Recevoir quelqu’un maintenant" in day
        answer = of.mediator.client.post(reverse("walk_in"), form(of))

    seat = Registration.objects.get()
    assert answer.url == reverse("counter", args=[seat.ref])
    assert (seat.state, seat.slot.starts_at, seat.slot.seats) == ("present", before, 1)


def test_walk_in_refused_keeps_what_was_typed():
    of = shop()
    with time_machine.travel(of.slot.starts_at - hours(1), tick=False):
        answer = of.mediator.client.post(
            reverse("walk_in"), form(of, minutes="120"), headers=FRENCH
        )

    assert answer.status_code == 422
    said = answer.content.decode()
    assert "Personne dans ce lieu n’est libre" in said
    assert '<option value="120" selected>' in said
    assert not Registration.objects.exists()


def test_walk_in_without_an_outcome_writes_nothing():
    of = shop()
    with time_machine.travel(AT, tick=False):
        answer = of.mediator.client.post(reverse("walk_in"), form(of, outcome=""))
    assert answer.status_code == 422
    assert not Registration.objects.exists()
