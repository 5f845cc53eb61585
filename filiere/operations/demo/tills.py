"""A commune's till in the demonstration: a month signed, one that waits, and today's payments."""

import datetime as dt

from filiere.accounts.models import Membership, OrganisationKind, Role
from filiere.agenda import services as agenda
from filiere.agenda.models import Unit
from filiere.billing import services as billing
from filiere.billing.models import Charge, Duty, PriceKind, Till, TillMeans, TillSale
from filiere.billing.queries import tills as queries
from filiere.billing.services import tills
from filiere.directory.models import Offer, Place, Worker
from filiere.kernel.calendar import add_months, bounds_of_day, legal_day
from filiere.pathways import services as pathways
from filiere.persons import services as persons

PLACE = "Mairie de Sainte-Feyre, permanence"
NAME = "Régie de la permanence numérique (démonstration)"
PRICE_CENTS, PACKAGE_CENTS = 400, 3_000
SEATS = 4
LIMIT_CENTS = 5_000
HOUR = dt.timedelta(hours=1)
CASH, CARD = TillMeans.CASH.value, TillMeans.CARD.value


def prepare(place: Place, *, at: dt.datetime) -> Till:
    """Open the till of a town hall two months ago and let it live; done twice, it is done once.

    The first month is signed; in the second, which waits for the accountant, somebody bought a
    package of ten sessions, and somebody else one without a session; today one payment is recorded,
    two are not, and one person has not paid yet.
    """
    town = place.organisation
    town.kind = OrganisationKind.COMMUNE
    town.save(update_fields=["kind"])
    known = queries.open_till_of(town.pk)
    if known is not None:
        return known
    today = legal_day(at)
    first = add_months(today.replace(day=1), -2)
    second = add_months(first, 1)
    till = _open(place, first)
    unit, offer = _unit(place, first), _offer(place, first)
    _month(till, unit, offer, first, [CASH, CASH, CASH, CARD], signed=True)
    _package(offer, second)
    _month(till, unit, offer, second, [CASH, CARD, CASH, CARD], signed=False)
    opens = bounds_of_day(today)[0] + 7 * HOUR
    if opens + 2 * HOUR < at:
        charges = _sessions(unit, _offer(place, today), opens, unsettled=1)
        tills.record_receipt(charge=charges[0], means=CASH, at=opens + HOUR, actor=_actor(till))
    return till


def _held(place: Place, role: Role) -> Membership:
    """Give who was invited in a role at the town hall."""
    return Membership.objects.select_related("user").get(
        organisation=place.organisation_id, role=role, ended_on=None
    )


def _open(place: Place, first: dt.date) -> Till:
    at = _morning(first)
    till = tills.open_till(
        organisation_id=place.organisation_id,
        name=NAME,
        act_number="2026-031",
        act_on=first - dt.timedelta(days=20),
        purpose="Séances d’accompagnement numérique et impressions, au tarif voté par le conseil.",
        sales=[TillSale.HELP, TillSale.ACCESS],
        means=[TillMeans.CASH, TillMeans.CARD, TillMeans.VOUCHER],
        cash_limit_cents=LIMIT_CENTS,
        deposit_days=30,
        opened_on=first,
        manager=_held(place, Role.MANAGER),
        at=at,
        actor="demo",
    )
    tills.name_duty(
        till_id=till.pk, membership=_held(place, Role.MEDIATOR), duty=Duty.DEPUTY, from_on=first,
        at=at, actor="demo",
    )  # fmt: skip
    return till


def _morning(day: dt.date) -> dt.datetime:
    return bounds_of_day(day)[0] + 7 * HOUR


def _unit(place: Place, first: dt.date) -> Unit:
    """The agenda of the town hall's mediator, who also records at the till."""
    user = _held(place, Role.MEDIATOR).user
    worker, _made = Worker.objects.get_or_create(
        place=place,
        user=user,
        defaults={"public_name": user.display_name, "profession": "médiation numérique"}
        | {"is_invented": True},
    )
    return agenda.open_unit(
        place_id=place.pk, name=worker.public_name, worker_id=worker.pk, at=_morning(first),
        actor="demo",
    )  # fmt: skip


def _offer(place: Place, first: dt.date) -> Offer:
    offer = Offer.objects.get(place=place, service="procedures")
    billing.set_price(
        offer_id=offer.pk, kind=PriceKind.SESSION, amount_cents=PRICE_CENTS, from_on=first,
        at=_morning(first), actor="demo", is_invented=True,
    )  # fmt: skip
    return offer


def _package(offer: Offer, first: dt.date) -> None:
    """From a day on, ten sessions at the price of seven and a half; one alone costs the same."""
    billing.set_price(
        offer_id=offer.pk, kind=PriceKind.PACK, amount_cents=PACKAGE_CENTS, from_on=first,
        at=_morning(first), actor="demo", is_invented=True,
        package=billing.Package(valid_days=180, sessions=10, single_cents=PRICE_CENTS),
    )  # fmt: skip


def _sessions(unit: Unit, offer: Offer, opens: dt.datetime, *, unsettled: int = 0) -> list[Charge]:
    """Hold one workshop whose people pay by themselves; the last ones are left to the counter."""
    before = opens - dt.timedelta(days=2)
    made = agenda.publish_slots(
        offer_id=offer.pk, worker_unit=unit, starts=[opens], minutes=30, seats=SEATS, at=before,
        actor="demo", is_invented=True,
    )  # fmt: skip
    seats = [
        agenda.book(
            slot_id=slot.pk,
            person_id=persons.open_file(at=before, actor="demo", is_invented=True),
            at=before,
            actor="demo",
        )
        for slot in made.created
        for _seat in range(SEATS)
    ]
    charges: list[Charge] = []
    for seat in seats:
        pathways.deliver(
            registration_id=seat.pk, present=True, outcome="done_together", at=opens, actor="demo"
        )
        charge = Charge.objects.get(registration=seat)
        if seat == seats[-1] and charge.priced_as["kind"] == PriceKind.PACK:
            billing.reprice_charge(charge=charge, take_package=True, at=opens, actor="demo")
        if len(charges) + unsettled < len(seats):
            charges.append(
                billing.split_charge(
                    charge=charge, voucher_code=None, at=opens + HOUR, actor="demo"
                )
            )
    return charges


def _month(
    till: Till, unit: Unit, offer: Offer, first: dt.date, means: list[str], *, signed: bool
) -> None:
    """Live one month: a workshop, its receipts, a correction, a count, two deposits, its end."""
    place, opens = offer.place, _morning(first + dt.timedelta(days=8))
    manager = _held(place, Role.MANAGER).user.actor
    deputy = _actor(till)
    charges = _sessions(unit, offer, opens)
    receipts = [
        tills.record_receipt(charge=charge, means=one, at=opens + HOUR, actor=deputy)
        for charge, one in zip(charges, means, strict=False)
    ]
    if not signed and receipts:
        tills.reverse_receipt(
            receipt=receipts[0], reason="Payé par carte, non en espèces", at=opens + 2 * HOUR,
            actor=manager,
        )  # fmt: skip
        tills.record_receipt(charge=charges[0], means=CARD, at=opens + 3 * HOUR, actor=deputy)
        tills.sell_package(
            till_id=till.pk, offer_id=offer.pk, means=CARD, key=f"demo:{till.pk}",
            person_id=charges[1].registration.person_id, at=opens + 4 * HOUR,
            actor=deputy,
        )  # fmt: skip
    held = queries.in_hand(till)
    tills.count_cash(
        till_id=till.pk, counted_cents=held[CASH], note="", at=opens + 9 * HOUR, actor=manager
    )
    for rank, one in enumerate((CASH, CARD), start=1):
        if held[one]:
            tills.deposit(
                till_id=till.pk, means=one, amount_cents=held[one],
                reference=f"V-{first:%Y-%m}-{rank}", at=opens + 10 * HOUR, actor=manager,
            )  # fmt: skip
    over = _morning(add_months(first, 1))
    if not receipts:
        return
    tills.hand_over_month(till_id=till.pk, month=first, at=over, actor=manager)
    if signed:
        accountant = _held(place, Role.ACCOUNTANT).user.actor
        tills.sign_month(
            till_id=till.pk, month=first, at=over + dt.timedelta(days=2), actor=accountant
        )


def _actor(till: Till) -> str:
    """The deputy who records."""
    named = till.duties.select_related("membership__user").get(duty=Duty.DEPUTY, ended_on=None)
    return str(named.membership.user.actor)
