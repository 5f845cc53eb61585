"""What the agenda refuses."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class SlotFull(FiliereError):
    """Every seat of the slot is taken."""

    code = "agenda.slot_full"
    message = _("The last seat was taken meanwhile.")
    remedy = _("Choose another time: your answers are kept.")
    http_status = 409


class SlotGone(FiliereError):
    """The slot was cancelled, is over or has begun."""

    code = "agenda.slot_gone"
    message = _("This appointment is no longer offered.")
    remedy = _("Choose another time: your answers are kept.")
    http_status = 409


class NobodyFree(FiliereError):
    """Nobody of the place has this time: a session then would be held by two at once."""

    code = "agenda.nobody_free"
    message = _("Nobody at this place is free at that time: it is already planned.")
    remedy = _("Take a free seat of the hour under way, or choose a shorter session.")
    http_status = 409


class AlreadyRegistered(FiliereError):
    """The person already has a seat in this slot, booked by someone else."""

    code = "agenda.already_registered"
    message = _("This person already has this appointment: %(ref)s.")
    remedy = _("Nothing more to do. To change the time, cancel it first.")
    http_status = 409


class PlaceClosed(FiliereError):
    """The place, or this service there, is closed on that day."""

    code = "agenda.place_closed"
    message = _("%(place)s is closed since %(closed_on)s.")
    remedy = _("Choose another place: your answers are kept.")
    http_status = 409


class RegistrationUnknown(FiliereError):
    """No registration bears this reference."""

    code = "agenda.registration_unknown"
    message = _("No appointment bears this reference.")
    remedy = _("Check the reference on the sheet, or search by day.")
    http_status = 404


class SeatNotHeld(FiliereError):
    """The seat was given back: it cannot be confirmed."""

    code = "agenda.seat_not_held"
    message = _("The seat %(ref)s was given back: it can no longer be confirmed.")
    remedy = _("Book a seat again.")
    http_status = 409


class SeatOnlyHeld(FiliereError):
    """The place has not yet accepted the person."""

    code = "agenda.seat_only_held"
    message = _("The seat %(ref)s is only held: the place has not yet accepted.")
    remedy = _("Accept the referral first, then note that the person came.")
    http_status = 409


class AttendanceAlreadyRecorded(FiliereError):
    """Came or did not come was already noted."""

    code = "agenda.attendance_already_recorded"
    message = _("Whether the person of %(ref)s came is already noted.")
    remedy = _("Undo it first, within %(minutes)s minutes.")
    http_status = 409


class AttendanceTooEarly(FiliereError):
    """The session is on a later day."""

    code = "agenda.attendance_too_early"
    message = _("This session is on %(day)s: nobody can have come yet.")
    remedy = _("Come back that day.")


class UndoTooLate(FiliereError):
    """The time to undo is over."""

    code = "agenda.undo_too_late"
    message = _("This was noted more than %(minutes)s minutes ago.")
    remedy = _("Ask the person in charge of your place to correct it with you.")


class NothingToUndo(FiliereError):
    """Nothing was noted for this seat."""

    code = "agenda.nothing_to_undo"
    message = _("Nothing is noted for %(ref)s.")
    remedy = _("Note first whether the person came.")


class SlotAlreadyHeld(FiliereError):
    """Someone was received in this slot: it took place."""

    code = "agenda.slot_already_held"
    message = _("Somebody was already received in this session: it cannot be cancelled.")
    remedy = _("Cancel the appointments one by one instead.")
    http_status = 409


class UnitTaken(FiliereError):
    """The unit is already taken during this time."""

    code = "agenda.unit_taken"
    message = _("%(unit)s is already taken during this time.")
    remedy = _("Choose another time, or cancel what is planned.")
    http_status = 409


class SlotOutOfRange(FiliereError):
    """Length or number of seats outside what is possible."""

    code = "agenda.slot_out_of_range"
    message = _("A session lasts 5 minutes to 12 hours and has 1 to 200 seats.")
    remedy = _("Correct the length or the number of seats.")


class NotReceivedHere(FiliereError):
    """The colleague does not receive people at the place of these hours."""

    code = "agenda.not_received_here"
    message = _("This colleague does not receive people at the place of these hours.")
    remedy = _("Name this colleague on the page of the place, or choose another one.")
    http_status = 409
