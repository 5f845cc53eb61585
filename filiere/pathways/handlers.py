"""What pathways do when lower apps tell a fact."""

from filiere.agenda.events import AttendanceUndone
from filiere.pathways.models import Diagnosis, FollowUp, FollowUpState, SessionNote
from filiere.persons.enums import Purpose
from filiere.persons.events import ConsentWithdrawn, PersonsErased
from filiere.persons.queries import has_consent


def drop_note_of_undone_session(event: AttendanceUndone) -> None:
    """A session that was a mistake leaves no note, and gives earlier questions back."""
    note = SessionNote.objects.filter(registration=event.registration_id).first()
    if note is None:
        return
    FollowUp.objects.filter(registration=event.registration_id).delete()
    person_id = note.registration.person_id
    note.delete()
    if not has_consent(person_id, Purpose.FOLLOW_UP):
        return
    latest = (
        SessionNote.objects.filter(registration__person=person_id)
        .exclude(registration__follow_ups=None)
        .order_by("-registration__slot__starts_at", "-pk")
        .first()
    )
    if latest is not None:
        FollowUp.objects.filter(
            registration=latest.registration_id, state=FollowUpState.CANCELLED
        ).update(state=FollowUpState.PLANNED)


def stop_asking_those_who_refuse(event: ConsentWithdrawn) -> None:
    """Someone who no longer wants to be asked again is not."""
    if event.purpose == Purpose.FOLLOW_UP:
        FollowUp.objects.filter(person=event.person_id, state=FollowUpState.PLANNED).update(
            state=FollowUpState.CANCELLED
        )


def forget_answers_of_erased_persons(event: PersonsErased) -> None:
    """Answers to the questionnaire describe someone: they go; levels stay for counting."""
    Diagnosis.objects.filter(person__in=event.person_ids).update(answers={})
    FollowUp.objects.filter(person__in=event.person_ids, state=FollowUpState.PLANNED).update(
        state=FollowUpState.CANCELLED
    )
