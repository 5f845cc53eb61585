"""An appointment as the person reads it: signed address, price, what for, what to bring."""

import datetime as dt
from dataclasses import dataclass

import segno
from django.core.signing import Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filiere.agenda import queries as agenda
from filiere.agenda.models import Registration, RegistrationState, Slot
from filiere.billing import queries as billing
from filiere.directory.models import Place
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.rules.needs import need as need_of
from filiere.rules.procedures import procedure as procedure_of
from filiere.web.bring import to_bring
from filiere.web.formats import euros

LATER = dt.timedelta(days=21)
MOST_TIMES = 6
# How ``orientation.self_booking`` names who books alone.
BY_THE_PERSON = "visitor:"


@dataclass(frozen=True, slots=True)
class Appointment:
    """One seat, in words."""

    registration: Registration
    slot: Slot
    place: Place
    what: str
    price: str
    is_free: bool
    minutes: int
    bring: list[str]
    url: str
    sheet_url: str
    cancel_url: str
    is_cancelled: bool
    worker: str


def token_of(ref: str) -> str:
    """Sign a reference, so that knowing or guessing one does not open the page."""
    return Signer(salt="filiere.booking").signature(ref)


def url_of(name: str, ref: str) -> str:
    """Give the signed address of one page of an appointment."""
    return reverse(name, args=[ref, token_of(ref)])


def year_token(ref: str) -> str:
    """Sign a reference for the private page of a person's year, otherwise than its appointment."""
    return Signer(salt="filiere.year_of_help").signature(ref)


def year_address(registration: Registration, name: str = "my_year") -> str:
    """Give the private address of a person's year; blank unless the person booked alone.

    Somebody who books for others knows the address of the appointment: it must not open the year.
    """
    if not booked_alone(registration):
        return ""
    return reverse(name, args=[registration.ref, year_token(registration.ref)])


def booked_alone(registration: Registration) -> bool:
    """Tell whether the person took the appointment without anybody's account."""
    return registration.booked_by.startswith(BY_THE_PERSON)


def signed_registration(ref: str, token: str) -> Registration:
    """Find an appointment by its signed address.

    Raises:
        NotFound: the signature is wrong, or no appointment bears this reference.
    """
    registration = agenda.registration_by_ref(ref)
    if registration is None or not constant_time_compare(token, token_of(registration.ref)):
        raise NotFound(reference=ref)
    return registration


def price_of(slot: Slot) -> int | None:
    """Give the price of one seat in euro cents; None when the place does not state it."""
    return billing.price_of(slot.offer_id, minutes_of(slot), legal_day(slot.starts_at))


def minutes_of(slot: Slot) -> int:
    """Give the length of a session, in minutes."""
    return int((slot.ends_at - slot.starts_at).total_seconds() // 60)


def price_words(cents: int | None) -> str:
    """Say what a session costs before any voucher or third party."""
    if cents is None:
        return _("The price is not stated: ask the place before you come.")
    if cents == 0:
        return _("Nothing to pay.")
    return _("%(amount)s. A voucher, or a body that pays for you, may lower it to zero.") % {
        "amount": euros(cents)
    }


def what_for(need: str, procedure: str) -> str:
    """Say what the person comes for; blank when they did not."""
    found = procedure_of(procedure) or need_of(need)
    return found.label(get_language() or "fr") if found else ""


def appointment(registration: Registration) -> Appointment:
    """Put an appointment in words."""
    slot, ref = registration.slot, registration.ref
    cents = price_of(slot)
    worker = slot.worker.worker
    return Appointment(
        registration=registration,
        slot=slot,
        place=slot.offer.place,
        what=what_for(registration.need, registration.procedure),
        price=price_words(cents),
        is_free=cents == 0,
        minutes=minutes_of(slot),
        bring=to_bring(registration.need, registration.procedure),
        url=url_of("booked", ref),
        sheet_url=url_of("booked_sheet", ref),
        cancel_url=url_of("booked_cancel", ref),
        is_cancelled=registration.state
        in (RegistrationState.CANCELLED, RegistrationState.RELEASED),
        worker=worker.public_name if worker else "",
    )


def other_times(slot: Slot, at: dt.datetime) -> list[agenda.FreeSlot]:
    """Give the next free times of the same offer, this one left out; one query."""
    free = agenda.free_seats([slot.offer_id], (at, at + LATER)).get(slot.offer_id, [])
    return [one for one in free if one.slot_id != slot.pk][:MOST_TIMES]


def qr(text: str) -> SafeString:
    """Draw a code to scan; what it holds is always printed in letters beside it."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=2)
    return mark_safe(drawn)  # noqa: S308 - drawn by us from a reference
