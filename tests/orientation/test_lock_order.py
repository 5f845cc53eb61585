"""Two places that pass people on to each other at the same moment never wait for each other."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from filiere.agenda.models import Registration
from filiere.orientation import services
from filiere.orientation.models import Attempt, AttemptState
from tests.agenda.factories import OfferFactory, OrganisationFactory, hours, new_slot
from tests.conftest import AT
from tests.orientation.test_referrals import STARTS, send

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
]
ROUNDS = 200


def sent_back_and_forth(first, second, sender):
    """A referral whose candidates are two places in turn, many times."""
    referral = send(first, second, sender_id=sender)
    Attempt.objects.bulk_create(
        Attempt(referral=referral, position=3 + turn, offer=(first, second)[turn % 2])
        for turn in range(ROUNDS)
    )
    return referral.pk


def test_refuse_in_opposite_directions_meets_no_deadlock():
    sender, one, other = OrganisationFactory().pk, OfferFactory(), OfferFactory()
    for offer in (one, other):
        new_slot(offer, seats=3, starts_at=STARTS)
    referrals = [sent_back_and_forth(one, other, sender), sent_back_and_forth(other, one, sender)]
    barrier = threading.Barrier(2, timeout=60)

    def pass_on(referral):
        try:
            for _round in range(ROUNDS):
                barrier.wait()
                attempt = Attempt.objects.get(referral=referral, state=AttemptState.ASKED)
                services.refuse(
                    attempt_id=attempt.pk, reason="full", at=AT + hours(1), actor="user:8"
                )
        except BaseException:
            barrier.abort()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(pass_on, referrals))

    refused = Attempt.objects.filter(state=AttemptState.REFUSED)
    assert refused.count() == 2 * ROUNDS
    assert Attempt.objects.filter(state=AttemptState.ASKED).count() == 2
    assert Registration.objects.filter(state="held").count() == 2
    assert Registration.objects.filter(state="released").count() == 2 * ROUNDS


def test_expire_due_beside_a_refusal_passes_each_on_once():
    sender, one, other = OrganisationFactory().pk, OfferFactory(), OfferFactory()
    for offer in (one, other):
        new_slot(offer, seats=3, starts_at=STARTS)
    referrals = [sent_back_and_forth(one, other, sender), sent_back_and_forth(other, one, sender)]

    def expire(_number):
        try:
            return services.expire_due(at=AT + hours(49), actor="worker")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        expired = list(pool.map(expire, range(2)))

    assert sum(expired) == 2
    for referral in referrals:
        states = Attempt.objects.filter(referral=referral).order_by("position")
        assert [one.state for one in states[:3]] == ["expired", "asked", "waiting"]
