"""Everything that changes the agenda: publish, book, note who came."""

from filiere.agenda.services.attendance import record_attendance, undo_attendance
from filiere.agenda.services.booking import (
    book,
    cancel,
    confirm,
    lock,
    lock_slots,
    release,
    undo_minutes,
)
from filiere.agenda.services.handing_over import HandOver, hand_over_slots
from filiere.agenda.services.publishing import (
    PublishResult,
    block,
    cancel_slot,
    cancel_slots,
    free,
    open_now,
    open_unit,
    publish_slots,
)

__all__ = [
    "HandOver",
    "PublishResult",
    "block",
    "book",
    "cancel",
    "cancel_slot",
    "cancel_slots",
    "confirm",
    "free",
    "hand_over_slots",
    "lock",
    "lock_slots",
    "open_now",
    "open_unit",
    "publish_slots",
    "record_attendance",
    "release",
    "undo_attendance",
    "undo_minutes",
]
