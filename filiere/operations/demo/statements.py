"""What statements of the demonstration tell: hours used since summer, a person who booked alone."""

import datetime as dt

from filiere.accounts.models import Organisation
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration, Slot, Unit
from filiere.agreements import cards
from filiere.agreements import services as agreements
from filiere.agreements.models import Agreement, AgreementKind
from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.billing.models import PriceKind
from filiere.directory.models import Place
from filiere.kernel.calendar import add_months, bounds_of_day, legal_day
from filiere.orientation.self_booking import book_for_oneself
from filiere.pathways import services as pathways
from filiere.persons import services as persons
from filiere.persons.enums import Purpose

TITLE = "Heures offertes aux agents, depuis l’été (démonstration)"
TOKEN = "demo-annee"  # noqa: S105 - names one invented booking
NAME = "Suzanne Picard"
QUOTA_MINUTES, MINUTES = 3_000, 60
MONTHS_AGO = 2
# Days of that month on which somebody of the staff came; above the threshold of small groups.
CAME_ON = (3, 4, 5, 10, 11, 12, 17)
ALONE_ON = 18
SERVICE = "procedures"
PRICE_CENTS = 2_000


def fill(place: Place, employer: Organisation, *, at: dt.datetime) -> None:
    """Let an employer's staff use its hours two months ago, and a person come alone. Once.

    Args:
        place: where they came; it must have a worker and a service.
    """
    unit = Unit.objects.filter(place=place, worker__isnull=False).order_by("pk").first()
    offer = place.offers.filter(closed_on=None, service=SERVICE).first()
    if unit is None or offer is None or Agreement.objects.filter(title=TITLE).exists():
        return
    month = add_months(legal_day(at).replace(day=1), -MONTHS_AGO)
    begun = bounds_of_day(month)[0]
    if not billing_queries.price_of(offer.pk, MINUTES, month):
        billing.set_price(
            offer_id=offer.pk, kind=PriceKind.SESSION, amount_cents=PRICE_CENTS, from_on=month,
            at=begun, actor="demo", is_invented=True,
        )  # fmt: skip
    signed = agreements.sign(
        kind=AgreementKind.EMPLOYER,
        title=TITLE,
        promiser_id=employer.pk,
        starts_on=month,
        ends_on=add_months(month, 12),
        commitments=[agreements.Promise(TITLE, quota_minutes=QUOTA_MINUTES)],
        at=begun,
        actor="demo",
        is_invented=True,
    )
    code = cards.issue_cards(
        commitment_id=signed.commitments.get().pk, count=1, at=begun, actor="demo"
    )[0]
    starts = [begun + dt.timedelta(days=day - 1, hours=19) for day in (*CAME_ON, ALONE_ON)]
    opened = agenda.publish_slots(
        offer_id=offer.pk, worker_unit=unit, starts=starts, minutes=MINUTES, seats=1, at=begun,
        actor="demo", is_invented=True,
    ).created  # fmt: skip
    slots = sorted(opened, key=lambda slot: slot.starts_at)
    for slot in slots[: len(CAME_ON)]:
        seat = agenda.book(
            slot_id=slot.pk, person_id=persons.open_file(at=begun, actor="demo"), need="procedure",
            procedure="", at=begun, actor="demo",
        )  # fmt: skip
        _settle(seat, slot, card=code)
    for slot in slots[len(CAME_ON) :]:
        _settle(_alone(slot, at=begun), slot)


def _alone(slot: Slot, *, at: dt.datetime) -> Registration:
    """Book as somebody who keeps the private address of her year."""
    return book_for_oneself(
        token=TOKEN, slot_id=slot.pk, need="procedure", name=NAME, at=at,
        agreed=[Purpose.KEEP_IDENTITY],
    )  # fmt: skip


def _settle(seat: Registration, slot: Slot, *, card: str = "") -> None:
    """Note that the person came, and settle what the session costs."""
    pathways.deliver(
        registration_id=seat.pk, present=True, outcome="done_together", at=slot.ends_at,
        actor="demo",
    )  # fmt: skip
    charge = billing_queries.charge_of(seat.pk)
    if charge is not None and charge.price_cents:
        billing.split_charge(
            charge=charge, voucher_code=None, card_code=card, at=slot.ends_at, actor="demo"
        )
