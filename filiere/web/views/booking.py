"""A person takes, reads, prints and cancels an appointment, without account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.agenda import queries as agenda
from filiere.agenda import services as agenda_services
from filiere.agenda.errors import PlaceClosed, SlotFull, SlotGone
from filiere.agenda.models import Slot, SlotState
from filiere.kernel.errors import FiliereError, NotFound
from filiere.orientation.self_booking import book_for_oneself, booked_with, new_token
from filiere.persons import queries as persons
from filiere.web import bookings
from filiere.web.access import public
from filiere.web.answers import Answers, read_answers
from filiere.web.forms.booking import BookingForm
from filiere.web.numbers import whole
from filiere.web.rates import refuse_too_many

TAKEN_HERE = "seats_taken"
REMEMBERED = 5
TAKEN = (SlotFull, SlotGone, PlaceClosed)


@require_http_methods(["GET", "POST"])
@public
def book(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Ask what is needed to come, and take the seat; if it is gone, offer the next ones."""
    at, answers = timezone.now(), read_answers(request.GET)
    slot = agenda.slot_page(_wanted(request, slot_id))
    if slot is None:
        raise NotFound(reference=str(slot_id))
    if request.method == "GET" and "autre" not in request.GET:
        already = _already(request, slot.pk)
        if already is not None:
            return render(request, "booking/already.html", already)
    form = _form(request, answers)
    refusal: FiliereError | None = None
    if request.method == "POST" and form.is_valid():
        refuse_too_many(request, "booking", at=at)
        try:
            address = _take(form, slot.pk, answers)
            _remember(request, slot.pk, form.cleaned_data["token"])
            return redirect(address)
        except TAKEN as error:
            refusal = error
    elif _is_gone(slot):
        refusal = SlotFull() if slot.state == SlotState.OPEN and slot.starts_at > at else SlotGone()
    context = _page(slot, form, answers, refusal)
    status = refusal.http_status if refusal else (422 if form.errors else 200)
    return render(request, "booking/book.html", context, status=status)


def _remember(request: HttpRequest, slot_id: int, token: str) -> None:
    """Keep in the session which form took a seat here: "back" must not take a second one."""
    taken = [pair for pair in request.session.get(TAKEN_HERE, []) if pair[0] != slot_id]
    request.session[TAKEN_HERE] = [*taken, (slot_id, token)][-REMEMBERED:]


def _already(request: HttpRequest, slot_id: int) -> dict[str, object] | None:
    """Give the seat of this slot that was taken in this window, if it is still held."""
    token = dict(request.session.get(TAKEN_HERE, [])).get(slot_id, "")
    registration = booked_with(token=token, slot_id=slot_id) if token else None
    if registration is None:
        return None
    known = agenda.registration(registration.pk)
    if known is None:
        return None
    given = request.GET.copy()
    given["autre"] = "1"
    return {"seat": bookings.appointment(known), "other_url": f"?{given.urlencode()}"}


def _wanted(request: HttpRequest, slot_id: int) -> int:
    """Give the slot asked for: another may have been chosen after a refusal."""
    return whole(request.POST.get("slot", "")) or slot_id


def _form(request: HttpRequest, answers: Answers) -> BookingForm:
    """Bind what was sent, else start from what is already known."""
    return BookingForm(
        request.POST or None,
        year=timezone.localdate().year,
        language=get_language() or "fr",
        initial={
            "token": new_token(),
            "procedure": answers.procedure.key if answers.procedure else "",
        },
    )


def _take(form: BookingForm, slot_id: int, answers: Answers) -> str:
    """Take the seat and give the address of the appointment."""
    given = form.cleaned_data
    registration = book_for_oneself(
        token=given["token"],
        slot_id=slot_id,
        need=answers.need.key if answers.need else "",
        procedure=given["procedure"],
        commune_id=answers.commune.pk if answers.commune else None,
        birth_year=given["birth_year"],
        name=given["name"],
        phone=given["phone"],
        agreed=form.agreed,
        at=timezone.now(),
    )
    return bookings.url_of("booked", registration.ref)


def _is_gone(slot: Slot) -> bool:
    """Tell before the person writes anything that the seat is no longer free."""
    return slot.starts_at <= timezone.now() or agenda.free_count(slot) == 0


def _page(
    slot: Slot, form: BookingForm, answers: Answers, refusal: FiliereError | None
) -> dict[str, object]:
    """Gather what the page shows."""
    need = answers.need.key if answers.need else ""
    return {
        "slot": slot,
        "place": slot.offer.place,
        "worker": slot.worker.worker,
        "minutes": bookings.minutes_of(slot),
        "price": bookings.price_words(bookings.price_of(slot)),
        "what": bookings.what_for(need, answers.procedure.key if answers.procedure else ""),
        "form": form,
        "asks_procedure": need in ("", "procedure", "unsure", "work"),
        "refusal": refusal,
        "others": bookings.other_times(slot, timezone.now()) if refusal else [],
        "back_url": answers.url("results") if answers.need and answers.commune else "",
    }


@require_safe
@public
def booked(request: HttpRequest, ref: str, token: str) -> HttpResponse:
    """Confirm: when, where, how much, what to bring, how to cancel."""
    registration = bookings.signed_registration(ref, token)
    context = {
        "seat": bookings.appointment(registration),
        "year_url": bookings.year_address(registration),
    }
    return render(request, "booking/booked.html", context)


@require_safe
@public
def sheet(request: HttpRequest, ref: str, token: str) -> HttpResponse:
    """Print the appointment on one page, with the part the place keeps."""
    registration = bookings.signed_registration(ref, token)
    person = registration.person_id
    names = persons.name_of({person}, reader="visitor", at=timezone.now())
    context = {
        "seat": bookings.appointment(registration),
        "name": names.get(person, ""),
        "qr": bookings.qr(registration.ref),
        "large": "grand" in request.GET,
    }
    return render(request, "booking/sheet.html", context)


@require_http_methods(["GET", "POST"])
@public
def cancel(request: HttpRequest, ref: str, token: str) -> HttpResponse:
    """Ask, then give the seat back."""
    registration = bookings.signed_registration(ref, token)
    if request.method == "POST":
        agenda_services.cancel(
            registration_id=registration.pk, at=timezone.now(), actor=registration.booked_by
        )
        messages.success(
            request, _("The appointment is cancelled. Someone else can take the place.")
        )
        return redirect(bookings.url_of("booked", registration.ref))
    seat = bookings.appointment(registration)
    return render(request, "booking/cancel.html", {"seat": seat})
