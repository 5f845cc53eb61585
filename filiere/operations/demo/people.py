"""People of the demonstration: needs nobody met, a colleague who left, codes sent by text message.

Numbers are of the range kept for invented people (06 39 98).
"""

import datetime as dt

from filiere.accounts import inviting
from filiere.accounts.models import Membership, Role, User
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration
from filiere.directory import services as directory
from filiere.directory.models import Offer, Place
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.orientation import services as orientation
from filiere.orientation.models import UnmetCause
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.territories.models import Kind, Territory
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import VoucherState
from filiere.vouchers.queries import vouchers_of

LEFT = "bruno@demo.example"
VISITORS = (("Odile Marchand", "06 39 98 12 04"), ("Nadia Toumi", "06 39 98 47 21"))
# Towns of the Creuse: where none of the places shown suited, or none had room.
UNMET = (
    ("23030", UnmetCause.NONE_SUITS, 7),
    ("23008", UnmetCause.NONE_SUITS, 6),
    ("23076", UnmetCause.NO_SEAT, 5),
)


def prepare(place: Place, *, at: dt.datetime) -> None:
    """Add, once, what nobody met in the Creuse, and a colleague who left a place with hours.

    Args:
        place: where the colleague received people; a manager of its organisation still does.
    """
    if User.objects.filter(email=LEFT).exists():
        return
    for code, cause, count in UNMET:
        town = Territory.objects.filter(kind=Kind.COMMUNE, code=code).first()
        for number in range(count if town else 0):
            orientation.record_unmet(
                commune_id=town.pk if town else 0,
                need="procedure",
                cause=cause,
                at=at - dt.timedelta(days=3 + 5 * number),
            )
    _leave_hours(place, at)


def _leave_hours(place: Place, at: dt.datetime) -> None:
    """Open hours for someone, give two of them to people, then end their role."""
    user = User.objects.create_user(LEFT, None, display_name="Bruno Texier")
    held = Membership.objects.create(user=user, organisation=place.organisation, role=Role.MEDIATOR)
    worker = directory.add_worker(
        place=place, user_id=user.pk, public_name="Bruno", profession="conseiller numérique",
        at=at, actor="demo",
    )  # fmt: skip
    unit = agenda.open_unit(
        place_id=place.pk, name="Bruno", worker_id=worker.pk, at=at, actor="demo"
    )
    offer = Offer.objects.filter(place=place, closed_on=None).order_by("pk").first()
    if offer is not None:
        days = [bounds_of_day(legal_day(at) + dt.timedelta(days=n))[0] for n in (6, 7, 8)]
        opened = agenda.publish_slots(
            offer_id=offer.pk, worker_unit=unit, starts=[day.replace(hour=10) for day in days],
            minutes=45, seats=2, at=at, actor="demo", is_invented=True,
        )  # fmt: skip
        for slot in opened.created[:2]:
            person_id = persons.open_file(at=at, actor="demo")
            agenda.book(slot_id=slot.pk, person_id=person_id, at=at, actor="demo")
    inviting.end_membership(membership_id=held.pk, on=legal_day(at), at=at, actor="demo")


def text_codes(worker_id: int, *, at: dt.datetime) -> int:
    """Send the codes of two people expected by a worker from today on, who agreed that a number be kept.

    Returns:
        How many text messages wait to leave.
    """
    midnight, _after = bounds_of_day(legal_day(at))
    expected = (
        Registration.objects.filter(slot__worker__worker=worker_id, slot__starts_at__gte=midnight)
        .order_by("slot__starts_at", "pk")
        .values_list("person_id", flat=True)
    )
    held = {
        person_id: [one for one in vouchers_of(person_id) if one.state == VoucherState.HANDED_OUT]
        for person_id in expected
    }
    holders = [(person_id, kept[0].serial) for person_id, kept in held.items() if kept]
    for (person_id, serial), (name, phone) in zip(holders, VISITORS, strict=False):
        persons.record_consent(
            person_id=person_id, purpose=Purpose.KEEP_IDENTITY, given=True, at=at, actor="demo"
        )
        persons.seal_identity(person_id=person_id, name=name, phone=phone, at=at, actor="demo")
        vouchers.send_by_sms(serial=serial, at=at, actor="demo")
    return min(len(holders), len(VISITORS))
