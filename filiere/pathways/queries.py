"""Reading pathways: a diagnosis explained, a person's sessions, the questions to ask."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from filiere.pathways.explanations import Explanation, explain_result
from filiere.pathways.models import Diagnosis, FollowUp, FollowUpState, SessionNote

__all__ = [
    "Explanation",
    "FollowUpCounts",
    "diagnosis",
    "due_follow_ups",
    "explain",
    "explain_result",
    "follow_up_counts",
    "follow_ups_of",
    "latest_diagnosis",
    "note_of",
    "notes_of",
    "sessions_of",
]


@dataclass(frozen=True, slots=True)
class FollowUpCounts:
    """Answers to one question. ``planned`` are those not asked yet or still waiting."""

    alone: int
    not_alone: int
    no_answer: int
    planned: int

    @property
    def answered(self) -> int:
        """Number of persons who answered."""
        return self.alone + self.not_alone


def explain(diagnosis: Diagnosis) -> Explanation:
    """Put a stored diagnosis in sentences, in the current language."""
    return explain_result(diagnosis.result)


def diagnosis(diagnosis_id: int) -> Diagnosis | None:
    """Give one diagnosis; None when there is none."""
    return Diagnosis.objects.filter(pk=diagnosis_id).first()


def latest_diagnosis(person_id: UUID) -> Diagnosis | None:
    """Give a person's latest diagnosis; None when there is none."""
    return Diagnosis.objects.filter(person=person_id).order_by("-made_at", "-pk").first()


def note_of(registration_id: int) -> SessionNote | None:
    """Give the note of one session; None when it is not noted."""
    return SessionNote.objects.filter(registration=registration_id).first()


def notes_of(registration_ids: Collection[int]) -> dict[int, SessionNote]:
    """Give the notes of many sessions by registration, in one query."""
    notes = SessionNote.objects.filter(registration__in=registration_ids)
    return {note.registration_id: note for note in notes}


def sessions_of(person_id: UUID) -> QuerySet[SessionNote]:
    """Give a person's delivered sessions, latest first."""
    return (
        SessionNote.objects.filter(registration__person=person_id)
        .select_related("registration__slot__offer__place")
        .order_by("-registration__slot__starts_at", "-pk")
    )


def follow_ups_of(person_id: UUID) -> QuerySet[FollowUp]:
    """Give the questions asked, or to ask, to a person, by day."""
    return FollowUp.objects.filter(person=person_id).order_by("due_on", "pk")


def due_follow_ups(on: date, *, organisation_id: int | None = None) -> QuerySet[FollowUp]:
    """Give the questions to ask on a day, longest waiting first.

    Args:
        organisation_id: keeps the sessions delivered by this organisation.
    """
    due = FollowUp.objects.filter(state=FollowUpState.PLANNED, due_on__lte=on)
    if organisation_id is not None:
        due = due.filter(registration__slot__offer__place__organisation=organisation_id)
    return due.select_related("registration__slot__offer__place").order_by("due_on", "pk")


def follow_up_counts(months: int, *, place_ids: Collection[int] | None = None) -> FollowUpCounts:
    """Count the answers to the question asked ``months`` after, in one query.

    Args:
        place_ids: keeps the sessions delivered there; None keeps all.
    """
    asked = FollowUp.objects.filter(months=months)
    if place_ids is not None:
        asked = asked.filter(registration__slot__offer__place__in=place_ids)
    counts = asked.aggregate(
        alone=Count("pk", filter=Q(did_it_alone=True)),
        not_alone=Count("pk", filter=Q(did_it_alone=False)),
        no_answer=Count("pk", filter=Q(state=FollowUpState.NO_ANSWER)),
        planned=Count("pk", filter=Q(state=FollowUpState.PLANNED)),
    )
    return FollowUpCounts(**counts)
