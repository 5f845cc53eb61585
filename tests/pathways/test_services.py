import datetime

import pytest
from django.utils import translation

from filiere.agenda import services as agenda
from filiere.agenda.errors import SeatOnlyHeld, UndoTooLate
from filiere.agreements.errors import OperatorUnknown
from filiere.pathways import queries, services
from filiere.pathways.errors import (
    FollowUpClosed,
    FollowUpNotDue,
    NobodyCame,
    OutcomeMissing,
    QuestionnaireUnknown,
    SessionAlreadyNoted,
)
from filiere.pathways.models import Diagnosis, FollowUp, SessionNote
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.rules.diagnosis import Request
from tests.agenda.factories import hours, new_person, new_registration, new_slot
from tests.conftest import AT

pytestmark = pytest.mark.django_db
STARTS = AT + hours(24)  # 25 November 2026
ONE_MONTH = datetime.date(2026, 12, 25)
SIX_MONTHS = datetime.date(2027, 5, 25)


def deliver(registration, *, at=STARTS, **overrides):
    defaults = {"present": True, "outcome": "done_together"}
    return services.deliver(
        registration_id=registration.pk, at=at, actor="user:1", **defaults | overrides
    )


def noon(day):
    return datetime.datetime.combine(day, datetime.time(12), tzinfo=datetime.UTC)


def test_diagnose_keeps_the_answers_and_the_conclusion():
    person_id = new_person()

    diagnosis = services.diagnose(
        person_id=person_id,
        answers={"use": "never", "tools": None, "invented": "x"},
        request=Request(deadline_days=3),
        at=AT,
        actor="user:1",
    )

    stored = Diagnosis.objects.get()
    assert stored.answers == {"use": "never"}
    assert stored.result == diagnosis.result
    assert (stored.result["today"], stored.result["segment"]) == ("3a", "excluded")
    assert queries.latest_diagnosis(person_id) == diagnosis


def test_diagnose_without_answer_nor_person_still_answers():
    diagnosis = services.diagnose(answers={}, request=Request(), at=AT, actor="public")

    with translation.override("en"):
        explanation = queries.explain(diagnosis)
    assert explanation.segment is None
    assert {level for _label, level in explanation.levels} == {"not answered"}
    assert len(explanation.reasons) == 2


@pytest.mark.parametrize("days", [-1, 0, 1, 9])
def test_explain_words_every_deadline_differently(days):
    diagnosis = services.diagnose(
        answers={"use": "recent", "confidence": "no", "help": "no", "access": "none"},
        request=Request(deadline_days=days, procedure="tax_return"),
        at=AT,
        actor="public",
    )

    reasons = queries.explain(diagnosis).reasons
    assert len(set(reasons)) == len(reasons) >= 4
    assert not any("%(" in reason for reason in reasons)


def test_diagnose_refuses_an_unknown_version():
    with pytest.raises(QuestionnaireUnknown, match="1999"):
        services.diagnose(answers={}, request=Request(), at=AT, actor="x", version="1999")


def test_deliver_writes_both_taps_once():
    registration = new_registration(procedure="tax_return")

    first = deliver(registration, sent_by="operator", operator_key="impots", is_emergency=True)
    again = deliver(registration, sent_by="operator", operator_key="impots", is_emergency=True)

    assert first.note == again.note
    note = SessionNote.objects.get()
    assert (note.procedure, note.operator_key, note.is_emergency) == ("tax_return", "impots", True)
    assert (first.registration.state, note.noted_at) == ("present", STARTS)


def test_deliver_of_an_absence_needs_no_outcome():
    delivered = deliver(new_registration(), present=False, outcome=None)

    assert (delivered.registration.state, delivered.note) == ("absent", None)


def test_deliver_refuses_and_writes_nothing_half():
    registration = new_registration()
    with pytest.raises(OutcomeMissing):
        deliver(registration, outcome=None)
    with pytest.raises(OperatorUnknown):
        deliver(registration, operator_key="nobody")
    with pytest.raises(SeatOnlyHeld):
        deliver(new_registration(held=True))

    registration.refresh_from_db()
    assert (registration.state, SessionNote.objects.count()) == ("confirmed", 0)


def test_note_session_refuses_without_presence_and_with_other_answers():
    registration = new_registration()
    with pytest.raises(NobodyCame):
        services.note_session(
            registration_id=registration.pk, outcome="to_continue", at=STARTS, actor="user:1"
        )
    deliver(registration)

    with pytest.raises(SessionAlreadyNoted, match="15"):
        deliver(registration, outcome="to_continue")


def test_note_session_plans_two_questions_only_with_consent():
    agreed = new_registration(person_id=new_person(Purpose.FOLLOW_UP))
    deliver(agreed)
    deliver(new_registration())

    planned = FollowUp.objects.order_by("months").values_list("registration", "months", "due_on")
    assert list(planned) == [(agreed.pk, 1, ONE_MONTH), (agreed.pk, 6, SIX_MONTHS)]


def test_note_session_of_a_later_session_replaces_the_questions():
    person_id = new_person(Purpose.FOLLOW_UP)
    first = new_registration(person_id=person_id)
    second = new_registration(new_slot(starts_at=STARTS + hours(48)), person_id=person_id)
    deliver(first)
    deliver(second, at=STARTS + hours(48))

    states = dict(FollowUp.objects.filter(months=6).values_list("registration", "state"))
    assert states == {first.pk: "cancelled", second.pk: "planned"}

    agenda.undo_attendance(registration_id=second.pk, at=STARTS + hours(48.1), actor="user:1")
    states = dict(FollowUp.objects.filter(months=6).values_list("registration", "state"))
    assert states == {first.pk: "planned"}


def test_undo_removes_the_note_within_fifteen_minutes_only():
    registration = new_registration(person_id=new_person(Purpose.FOLLOW_UP))
    deliver(registration)
    with pytest.raises(UndoTooLate):
        agenda.undo_attendance(
            registration_id=registration.pk, at=STARTS + hours(0.26), actor="user:1"
        )
    assert SessionNote.objects.count() == 1

    agenda.undo_attendance(registration_id=registration.pk, at=STARTS + hours(0.2), actor="user:1")

    assert (SessionNote.objects.count(), FollowUp.objects.count()) == (0, 0)
    assert deliver(registration, outcome="to_continue", at=STARTS + hours(0.21)).note is not None


@pytest.fixture
def follow_up():
    deliver(new_registration(person_id=new_person(Purpose.FOLLOW_UP)))
    return FollowUp.objects.get(months=6)


def answer(follow_up, alone, day):
    return services.answer_follow_up(
        follow_up_id=follow_up.pk, did_it_alone=alone, at=noon(day), actor="user:1"
    )


def test_answer_follow_up_counts_from_its_day_on(follow_up):
    with pytest.raises(FollowUpNotDue):
        answer(follow_up, True, SIX_MONTHS - datetime.timedelta(days=1))

    answer(follow_up, True, SIX_MONTHS)
    answer(follow_up, True, SIX_MONTHS)

    counts = queries.follow_up_counts(6)
    assert (counts.alone, counts.not_alone, counts.no_answer, counts.planned) == (1, 0, 0, 0)
    with pytest.raises(FollowUpClosed):
        answer(follow_up, False, SIX_MONTHS)


def test_close_silent_follow_ups_after_thirty_days_and_late_answer_counts(follow_up):
    last = SIX_MONTHS + datetime.timedelta(days=30)
    assert list(queries.due_follow_ups(SIX_MONTHS))[-1] == follow_up

    assert services.close_silent_follow_ups(on=last) == 1  # the one-month question
    assert services.close_silent_follow_ups(on=last + datetime.timedelta(days=1)) == 1

    assert queries.follow_up_counts(6).no_answer == 1
    answer(follow_up, False, last + datetime.timedelta(days=9))
    counts = queries.follow_up_counts(6)
    assert (counts.answered, counts.no_answer) == (1, 0)


def test_consent_taken_back_cancels_the_questions(follow_up):
    persons.record_consent(
        person_id=follow_up.person_id, purpose="follow_up", given=False, at=AT, actor="user:1"
    )

    assert set(FollowUp.objects.values_list("state", flat=True)) == {"cancelled"}
    with pytest.raises(FollowUpClosed):
        answer(follow_up, True, SIX_MONTHS)


def test_attack_77_erasure_forgets_answers_and_keeps_the_session(follow_up):
    services.diagnose(
        person_id=follow_up.person_id,
        answers={"use": "never"},
        request=Request(),
        at=AT,
        actor="user:1",
    )

    persons.erase(person_id=follow_up.person_id, at=AT, actor="user:1")

    assert Diagnosis.objects.get().answers == {}
    assert Diagnosis.objects.get().result["segment"] == "excluded"
    assert SessionNote.objects.count() == 1
    assert set(FollowUp.objects.values_list("state", flat=True)) == {"cancelled"}
