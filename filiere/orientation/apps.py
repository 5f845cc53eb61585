"""Django registration of the app."""

from django.apps import AppConfig


class OrientationConfig(AppConfig):
    """Finder, ranking, referrals and unmet need."""

    name = "filiere.orientation"
    label = "orientation"

    def ready(self) -> None:
        """Follow what lower apps tell."""
        from filiere.agenda import events as agenda  # noqa: PLC0415
        from filiere.kernel.events import subscribe  # noqa: PLC0415
        from filiere.orientation import checks, handlers  # noqa: PLC0415
        from filiere.pathways.events import SessionNoted  # noqa: PLC0415

        subscribe(SessionNoted, handlers.return_result_of_session)
        subscribe(agenda.AttendanceRecorded, handlers.return_absence)
        subscribe(agenda.AttendanceUndone, handlers.take_result_back)
        subscribe(agenda.SlotCancelled, handlers.reorient_those_of_cancelled_slot)
        subscribe(agenda.RegistrationCancelled, handlers.withdraw_referral_of_cancelled_seat)
        checks.declare()
