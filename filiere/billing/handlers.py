"""An attendance raises a charge; an attendance undone cancels it."""

from filiere.agenda.events import AttendanceRecorded, AttendanceUndone
from filiere.billing import services
from filiere.billing.events import ChargeRefunded
from filiere.billing.services import tills


def on_attendance_recorded(event: AttendanceRecorded) -> None:
    """Somebody came: their session has a price. Nobody is charged for an absence."""
    if event.present:
        services.raise_charge(registration_id=event.registration_id, at=event.at, actor=event.actor)


def on_attendance_undone(event: AttendanceUndone) -> None:
    """The tap was a mistake: so was the charge, unless it is already paid."""
    services.cancel_charge(registration_id=event.registration_id, at=event.at, actor=event.actor)


def on_charge_refunded(event: ChargeRefunded) -> None:
    """What the person paid at a till is given back there, under a number of its own."""
    tills.reverse_receipt_of(
        charge_id=event.charge_id, reason=event.reason, at=event.at, actor=event.actor
    )
