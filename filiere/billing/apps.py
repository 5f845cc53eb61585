"""Django registration of the app."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Price rules, charges, and their split between payers."""

    name = "filiere.billing"
    label = "billing"

    def ready(self) -> None:
        """Listen to attendances: who came is charged, what is undone is not."""
        from filiere.agenda.events import AttendanceRecorded, AttendanceUndone  # noqa: PLC0415
        from filiere.billing import checks, handlers  # noqa: PLC0415
        from filiere.billing.events import ChargeRefunded  # noqa: PLC0415
        from filiere.kernel import events  # noqa: PLC0415

        events.subscribe(AttendanceRecorded, handlers.on_attendance_recorded)
        events.subscribe(AttendanceUndone, handlers.on_attendance_undone)
        events.subscribe(ChargeRefunded, handlers.on_charge_refunded)
        checks.declare()
