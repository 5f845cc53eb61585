"""A role opens a page; it does not open everybody's objects."""

import pytest
from django.urls import reverse

from filiere.accounts.models import Organisation
from filiere.agenda.models import Registration, Slot
from filiere.billing.models import PayerShare
from filiere.orientation.models import Attempt
from filiere.settlement import services as settlement
from filiere.settlement.models import PaymentOrder
from tests.agenda.factories import AT, hours
from tests.api.conftest import signed_in
from tests.api.scenes import delivered, paid, shop

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _clock():
    import time_machine

    with time_machine.travel(AT, tick=False):
        yield


def status_of(caller, name, *args, post=False):
    address = reverse(name, args=args)
    answer = caller.client.post(address) if post else caller.client.get(address)
    return answer.status_code


def test_a_mediator_of_another_place_opens_no_seat():
    made = shop()
    ref, stranger = delivered(made), signed_in("mediator")

    assert status_of(made.mediator, "counter", ref) == 200
    assert status_of(stranger, "counter", ref) == 403
    assert status_of(stranger, "session_receipt", ref) == 403
    for name in ("day_attend", "day_conclude", "day_undo", "counter"):
        assert status_of(stranger, name, ref, post=True) == 403
    assert Registration.objects.get(ref=ref).state == "present"


def test_a_manager_of_another_place_closes_no_hour():
    made = shop(starts_at=AT + hours(24))

    assert status_of(signed_in("manager"), "slot_cancel", made.slot.pk, post=True) == 403
    assert Slot.objects.get(pk=made.slot.pk).state == "open"


def test_a_funder_opens_only_what_it_funds():
    made = shop()
    paid(made)
    tranche, stranger = made.vouchers.tranches[0], signed_in("commissioner")
    own = signed_in("commissioner", Organisation.objects.get(pk=tranche.funder_id))
    act = PayerShare.objects.get(kind="voucher").movement_id
    pages = [
        ("programme", tranche.programme_id),
        ("tranche", tranche.pk),
        ("sessions_paid", tranche.pk, made.offer.place_id),
        ("sessions_in", tranche.pk, made.vouchers.commune.pk),
        ("sessions_of", tranche.pk, "procedures"),
        ("act", act),
    ]

    assert {status_of(own, *one) for one in pages} == {200}
    assert {status_of(stranger, *one) for one in pages} == {403}


def test_a_provider_opens_only_its_own_payments():
    made = shop()
    paid(made)
    settlement.freeze_batch(cutoff_at=AT, label="VIR-1", at=AT, actor="user:0")
    order, stranger = PaymentOrder.objects.get(), signed_in("manager")

    assert status_of(made.mediator, "payment", order.pk) == 200
    assert status_of(stranger, "payment", order.pk) == 403
    answer = stranger.client.get(reverse("payables"), {"organisation": order.provider_id})
    assert answer.status_code == 403


def test_a_referral_is_opened_by_its_sender_and_its_host_only():
    made, sender = shop(starts_at=AT + hours(24)), signed_in("prescriber")
    wanted = {
        "need": "procedure",
        "commune_id": made.vouchers.commune.pk,
        "offers": [made.offer.pk],
    }
    ref = sender.post("referrals", wanted)[1]["ref"]
    attempt = Attempt.objects.get().pk

    assert status_of(sender, "referral", ref) == 200
    assert status_of(made.mediator, "referral", ref) == 200
    assert status_of(signed_in("prescriber"), "referral", ref) == 403
    assert status_of(signed_in("mediator"), "referral", ref) == 403
    for name in ("referral_accept", "referral_refuse"):
        assert status_of(signed_in("mediator"), name, attempt, post=True) == 403
    assert Attempt.objects.get().state == "asked"


def test_whoever_prepared_a_batch_does_not_approve_it():
    made, operator = shop(), signed_in("operator")
    paid(made)
    batch = operator.post("batches", {"label": "VIR-1"})[1]["id"]

    assert status_of(operator, "batch_approve", batch, post=True) == 403
    assert status_of(signed_in("operator"), "batch_approve", batch, post=True) == 302
