"""What orientation does when lower apps tell a fact."""

from filiere.agenda.events import (
    AttendanceRecorded,
    AttendanceUndone,
    RegistrationCancelled,
    SlotCancelled,
)
from filiere.orientation import services
from filiere.orientation.models import AttemptState, Referral, ReferralState
from filiere.pathways.events import SessionNoted


def return_result_of_session(event: SessionNoted) -> None:
    """Tell the sender how the session ended."""
    services.return_result(
        registration_id=event.registration_id, result=event.outcome, at=event.at, actor=event.actor
    )


def return_absence(event: AttendanceRecorded) -> None:
    """Tell the sender that the person did not come; a presence waits for its outcome."""
    if not event.present:
        services.return_result(
            registration_id=event.registration_id,
            result=services.ABSENT,
            at=event.at,
            actor=event.actor,
        )


def take_result_back(event: AttendanceUndone) -> None:
    """A session noted by mistake has no result."""
    services.take_result_back(registration_id=event.registration_id, at=event.at, actor=event.actor)


def reorient_those_of_cancelled_slot(event: SlotCancelled) -> None:
    """Whoever lost a seat with a cancelled slot is sent elsewhere."""
    for registration_id in event.registration_ids:
        services.reorient(registration_id=registration_id, at=event.at, actor=event.actor)


def withdraw_referral_of_cancelled_seat(event: RegistrationCancelled) -> None:
    """Someone who gives their seat back no longer wants to be sent."""
    live = Referral.objects.filter(
        attempts__registration=event.registration_id,
        attempts__state__in=(AttemptState.ASKED, AttemptState.ACCEPTED),
        state__in=(ReferralState.OPEN, ReferralState.ACCEPTED),
    )
    for referral in live.order_by("pk"):
        services.withdraw(referral_id=referral.pk, at=event.at, actor=event.actor)
