import datetime

import pytest

from filiere.agenda import services as agenda
from filiere.agenda.models import Registration
from filiere.agreements import services as agreements
from filiere.agreements.services import Promise
from filiere.directory.events import PlaceClosed
from filiere.kernel.events import publish
from filiere.orientation import referral_queries as queries
from filiere.orientation import services
from filiere.orientation.errors import (
    AgreementNotInForce,
    AgreementNotSaid,
    AgreementOfAnother,
    AnswerTooLate,
    AttemptClosed,
    AttemptUnknown,
    DiagnosisOfAnother,
    NoCapacity,
    ReferralFinished,
)
from filiere.orientation.models import Attempt, Referral, UnmetNeed
from filiere.pathways import services as pathways
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.rules.diagnosis import Request
from tests.agenda.factories import (
    CommuneFactory,
    OfferFactory,
    OrganisationFactory,
    hours,
    new_person,
    new_registration,
    new_slot,
)
from tests.conftest import AT

pytestmark = pytest.mark.django_db
STARTS = AT + hours(24 * 5)
AN_HOUR_LATER = AT + hours(1)


def offer_with(seats=1, starts_at=STARTS):
    offer = OfferFactory()
    if seats:
        new_slot(offer, seats=seats, starts_at=starts_at)
    return offer


def send(*offers, person_id=None, urgent=False, **overrides):
    person_id = person_id or new_person()
    diagnosis = pathways.diagnose(
        person_id=person_id,
        answers={},
        request=Request(deadline_days=2 if urgent else None),
        at=AT,
        actor="user:5",
    )
    defaults = {
        "person_id": person_id,
        "diagnosis_id": diagnosis.pk,
        "sender_id": overrides.pop("sender_id", None) or OrganisationFactory().pk,
        "need": "procedure",
        "commune_id": CommuneFactory().pk,
        "without_agreement": True,
        "candidates": [offer.pk for offer in offers],
        "at": AT,
        "actor": "user:5",
    }
    return services.send_referral(**defaults | overrides)


def states(referral):
    return list(referral.attempts.order_by("position").values_list("state", flat=True))


def asked(referral):
    return Attempt.objects.select_related("registration").get(referral=referral, state="asked")


def accept(referral, at=AN_HOUR_LATER):
    return services.accept(attempt_id=asked(referral).pk, at=at, actor="user:8")


def refuse(referral, reason="full", at=AN_HOUR_LATER):
    return services.refuse(attempt_id=asked(referral).pk, reason=reason, at=at, actor="user:8")


def test_send_referral_holds_a_seat_at_the_first_place_that_has_one():
    full, first, second = offer_with(seats=0), offer_with(seats=3), offer_with()

    referral = send(full, first, second, procedure="tax_return")

    assert states(referral) == ["skipped", "asked", "waiting"]
    attempt = asked(referral)
    assert (attempt.offer, attempt.free_seats_seen) == (first, 3)
    assert (attempt.registration.state, attempt.registration.procedure) == ("held", "tax_return")
    assert attempt.answer_by == AT + hours(48)


def test_send_referral_leaves_less_time_for_an_emergency_and_before_the_session():
    assert asked(send(offer_with(), urgent=True)).answer_by == AT + hours(4)
    soon = AT + hours(3)
    assert asked(send(offer_with(starts_at=soon), urgent=True)).answer_by == soon


def test_send_referral_does_not_ask_for_a_seat_that_begins_at_once():
    with pytest.raises(NoCapacity):
        send(offer_with(starts_at=AT + hours(1)))


@pytest.mark.parametrize(("offers", "cause"), [(0, "no_offer"), (2, "no_seat")])
def test_send_referral_without_capacity_is_refused_and_counted(offers, cause):
    commune = CommuneFactory()

    with pytest.raises(NoCapacity, match="28"):
        send(*[offer_with(seats=0) for _ in range(offers)], commune_id=commune.pk)

    need = UnmetNeed.objects.get()
    assert (need.cause, need.need, need.commune, need.referral) == (
        cause,
        "procedure",
        commune,
        None,
    )
    assert not Referral.objects.exists()
    assert not Registration.objects.exists()


def test_send_referral_twice_is_once():
    offer, person_id, sender = offer_with(seats=2), new_person(), OrganisationFactory()

    first = send(offer, person_id=person_id, sender_id=sender.pk)
    assert send(offer, person_id=person_id, sender_id=sender.pk) == first

    assert Registration.objects.count() == 1


def test_send_referral_needs_this_persons_diagnosis():
    other = pathways.diagnose(
        person_id=new_person(), answers={}, request=Request(), at=AT, actor="user:5"
    )
    for diagnosis_id in (other.pk, 0):
        with pytest.raises(DiagnosisOfAnother):
            send(offer_with(), diagnosis_id=diagnosis_id)


def test_send_referral_needs_an_agreement_in_force_or_an_explicit_none():
    agreement = agreements.sign(
        kind="referral",
        title="Contrat d'orientation",
        promiser_id=OrganisationFactory().pk,
        starts_on=datetime.date(2026, 1, 1),
        ends_on=datetime.date(2026, 11, 23),
        commitments=[Promise("Rien")],
        at=AT,
        actor="user:1",
    )
    offer = offer_with(seats=5)
    with pytest.raises(AgreementNotSaid):
        send(offer, without_agreement=False)
    with pytest.raises(AgreementNotSaid):
        send(offer, without_agreement=True, agreement_id=agreement.pk)
    with pytest.raises(AgreementNotInForce):
        send(offer, without_agreement=False, agreement_id=agreement.pk)
    with pytest.raises(AgreementNotInForce):
        send(offer, commitment_id=agreement.commitments.get().pk)

    agreement.ends_on = None
    agreement.save()
    commitment = agreement.commitments.get()
    referral = send(
        offer, without_agreement=False, agreement_id=agreement.pk, commitment_id=commitment.pk
    )
    assert asked(referral).registration.commitment == commitment


def signed_with(organisation):
    return agreements.sign(
        kind="third_party",
        title="Tiers payant",
        promiser_id=OrganisationFactory().pk,
        counterpart_id=organisation.pk if organisation else None,
        starts_on=datetime.date(2026, 1, 1),
        commitments=[Promise("La moitié", rate_ppm=500_000)],
        at=AT,
        actor="user:1",
    )


@pytest.mark.parametrize("whole", [True, False], ids=["agreement", "commitment alone"])
def test_send_referral_refuses_what_another_organisation_signed(whole):
    sender, other, offer = OrganisationFactory(), OrganisationFactory(), offer_with(seats=5)

    def attempt(agreement):
        given = {"commitment_id": agreement.commitments.get().pk, "sender_id": sender.pk}
        if whole:
            given |= {"agreement_id": agreement.pk, "without_agreement": False}
        return send(offer, **given)

    with pytest.raises(AgreementOfAnother):
        attempt(signed_with(other))
    assert not Referral.objects.exists()
    for agreement in (signed_with(sender), signed_with(None)):
        assert attempt(agreement).commitment.agreement_id == agreement.pk


def test_accept_confirms_the_seat_once():
    referral = send(offer_with())
    attempt = asked(referral)

    for _twice in range(2):
        services.accept(attempt_id=attempt.pk, at=AT + hours(1), actor="user:8")

    attempt.refresh_from_db()
    referral.refresh_from_db()
    assert (attempt.state, referral.state) == ("accepted", "accepted")
    assert Registration.objects.get().state == "confirmed"
    with pytest.raises(AttemptClosed):
        services.refuse(attempt_id=attempt.pk, reason="full", at=AT, actor="user:8")
    with pytest.raises(AttemptUnknown):
        services.accept(attempt_id=0, at=AT, actor="user:8")


def test_accept_after_the_deadline_is_refused():
    referral = send(offer_with())
    with pytest.raises(AnswerTooLate):
        accept(referral, at=AT + hours(48.1))


def test_refuse_asks_the_next_then_counts_the_unmet_need():
    referral = send(offer_with(), offer_with(seats=0), offer_with())

    refuse(referral, "wrong_public")
    assert states(referral) == ["refused", "skipped", "asked"]
    first = referral.attempts.get(position=1)
    services.refuse(attempt_id=first.pk, reason="full", at=AT, actor="user:8")
    assert states(referral) == ["refused", "skipped", "asked"]
    refuse(referral)

    referral.refresh_from_db()
    assert (referral.state, states(referral)) == ("exhausted", ["refused", "skipped", "refused"])
    assert set(Registration.objects.values_list("state", flat=True)) == {"released"}
    need = UnmetNeed.objects.get()
    assert (need.referral, need.cause, need.commune) == (
        referral,
        "all_refused",
        referral.commune,
    )


def test_expire_due_passes_on_to_the_next_until_exhausted():
    referral = send(offer_with(), offer_with())
    other = send(offer_with(), offer_with(), urgent=True)

    assert services.expire_due(at=AT + hours(48), actor="worker") == 1
    assert states(other) == ["expired", "asked"]
    assert services.expire_due(at=AT + hours(48.1), actor="worker") == 1
    assert states(referral) == ["expired", "asked"]
    assert asked(referral).answer_by == AT + hours(96.1)
    services.expire_due(at=AT + hours(200), actor="worker")
    assert services.expire_due(at=AT + hours(200), actor="worker") == 0

    assert set(Referral.objects.values_list("state", flat=True)) == {"exhausted"}
    assert UnmetNeed.objects.count() == 2


def come(referral, **overrides):
    seat = Attempt.objects.get(referral=referral, state="accepted").registration_id
    defaults = {"present": True, "outcome": "done_alone", "at": STARTS, "actor": "user:8"}
    pathways.deliver(registration_id=seat, **defaults | overrides)
    referral.refresh_from_db()
    return seat


@pytest.mark.parametrize("agreed", [True, False])
def test_result_is_told_to_the_sender_only_with_consent(agreed):
    person_id = new_person(*([Purpose.TELL_SENDER] if agreed else []))
    referral = send(offer_with(), person_id=person_id)
    accept(referral)

    come(referral)

    assert (referral.state, referral.result) == ("done", "done_alone")
    assert referral.result_told_at == (STARTS if agreed else None)
    line = queries.sent(referral.sender_id).lines[0]
    assert line.result == ("done_alone" if agreed else None)
    assert line.result_withheld is not agreed


def test_result_of_an_absence_is_returned_and_undone():
    referral = send(offer_with(), person_id=new_person(Purpose.TELL_SENDER))
    accept(referral)

    seat = come(referral, present=False, outcome=None)
    assert (referral.state, referral.result) == ("done", "absent")
    with pytest.raises(ReferralFinished):
        services.withdraw(referral_id=referral.pk, at=STARTS, actor="user:5")

    agenda.undo_attendance(registration_id=seat, at=STARTS + hours(0.1), actor="user:8")
    referral.refresh_from_db()
    assert (referral.state, referral.result, referral.result_told_at) == ("accepted", "", None)


def test_session_of_somebody_nobody_sent_changes_no_referral():
    registration = new_registration(new_slot(starts_at=STARTS))
    agenda.record_attendance(
        registration_id=registration.pk, present=False, at=STARTS, actor="user:8"
    )
    assert not Referral.objects.exists()


def test_slot_cancelled_after_acceptance_reorients_to_the_next_place():
    referral = send(offer_with(), offer_with())
    accept(referral)
    slot = referral.attempts.get(position=1).registration.slot

    agenda.cancel_slot(slot_id=slot.pk, at=AT + hours(2), actor="user:8")

    referral.refresh_from_db()
    assert (referral.state, states(referral)) == ("open", ["refused", "asked", "waiting"])
    assert referral.attempts.get(position=1).refusal_reason == "closed"


def test_slot_cancelled_asks_the_same_offer_again_when_it_is_alone():
    offer = offer_with()
    new_slot(offer, starts_at=STARTS + hours(24))
    referral = send(offer)

    agenda.cancel_slot(
        slot_id=asked(referral).registration.slot_id, at=AT + hours(2), actor="user:8"
    )

    assert states(referral) == ["refused", "asked"]
    assert asked(referral).registration.slot.starts_at == STARTS + hours(24)


def test_slots_cancelled_together_send_nobody_from_one_to_another():
    offer = offer_with()
    slots = [new_slot(offer, starts_at=STARTS + hours(24 * day)) for day in (1, 2, 3)]
    referral = send(offer)
    first = asked(referral).registration.slot_id

    agenda.cancel_slots(
        slot_ids=[first, slots[0].pk, slots[1].pk], at=AT + hours(2), actor="user:8"
    )

    assert states(referral) == ["refused", "asked"]
    assert asked(referral).registration.slot_id == slots[2].pk
    assert Registration.objects.filter(state="cancelled").count() == 1


def test_passing_a_referral_on_begins_only_once(django_assert_max_num_queries):
    referral = send(offer_with(), offer_with())

    with django_assert_max_num_queries(33):
        refuse(referral)

    assert states(referral) == ["refused", "asked"]


def test_place_closed_between_referral_and_visit_reorients_or_counts():
    closed = offer_with()
    new_slot(closed, starts_at=STARTS + hours(24))
    referral = send(closed)
    accept(referral)
    closed.place.closed_on = STARTS.date()
    closed.place.save()

    publish(PlaceClosed(place_id=closed.place_id, on=STARTS.date(), at=AT, actor="user:2"))

    referral.refresh_from_db()
    assert (referral.state, states(referral)) == ("exhausted", ["refused", "skipped"])
    assert UnmetNeed.objects.get().cause == "all_refused"
    assert Registration.objects.get().state == "cancelled"


def test_seat_given_back_by_the_person_withdraws_the_referral():
    referral = send(offer_with(), offer_with())
    accept(referral)

    agenda.cancel(registration_id=Registration.objects.get().pk, at=AT, actor="public")

    referral.refresh_from_db()
    assert (referral.state, states(referral)) == ("withdrawn", ["skipped", "skipped"])
    assert not UnmetNeed.objects.exists()


def test_withdraw_gives_the_seat_back_once():
    referral = send(offer_with())

    for _twice in range(2):
        services.withdraw(referral_id=referral.pk, at=AT, actor="user:5")

    assert Registration.objects.get().state == "cancelled"
    assert UnmetNeed.objects.count() == 0


def test_person_erased_is_no_longer_sent():
    referral = send(offer_with(seats=1))

    persons.erase(person_id=referral.person_id, at=AT, actor="user:5")

    referral.refresh_from_db()
    assert (referral.state, Registration.objects.get().state) == ("withdrawn", "cancelled")


def test_inbox_lists_what_waits_most_pressing_first(django_assert_num_queries):
    offer = offer_with(seats=4)
    later, sooner = send(offer), send(offer, urgent=True)
    accept(send(offer))
    send(offer_with())

    with django_assert_num_queries(4):
        inbox = queries.inbox(offer.place.organisation_id, at=AT + hours(5))
        assert [attempt.referral for attempt in inbox.waiting] == [sooner, later]
        assert inbox.waiting[0].registration.slot.starts_at == STARTS

    assert (inbox.waiting_count, inbox.accepted_count, inbox.late_count) == (2, 1, 1)


def test_sent_counts_by_state_in_a_fixed_number_of_queries(django_assert_num_queries):
    sender = OrganisationFactory()
    for number in range(4):
        referral = send(offer_with(), sender_id=sender.pk)
        if number % 2:
            refuse(referral)

    with django_assert_num_queries(3):
        sent = queries.sent(sender.pk)

    assert sent.counts == {"open": 2, "exhausted": 2}
    assert [line.places_tried for line in sent.lines] == [1, 0, 1, 0]
    assert queries.referral_page(sent.lines[0].referral_id) is not None
