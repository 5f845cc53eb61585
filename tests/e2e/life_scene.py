"""A territory that lives, before any programme: places, hours, people who took an appointment.

What a programme needs around it and does not make itself; the journey does the rest by the pages.
"""

import datetime as dt
from typing import Any

from filiere.accounts.models import Membership, Organisation, OrganisationKind, Role, User
from filiere.agenda import services as agenda
from filiere.agenda.models import Unit, UnitKind
from filiere.billing import services as billing
from filiere.billing.models import PriceKind
from filiere.directory import services as directory
from filiere.directory.models import Offer, Place, Worker
from filiere.operations import demo
from filiere.operations.loop.world import PARIS, invented_iban, organisation
from filiere.persons import services as persons
from filiere.territories import queries as territories
from filiere.territories import services as territory_services
from tests.conftest import AT

ME = "tests"
# Name of a place → price of a session in cents, and who receives there.
PLACES = {
    "Médiathèque de Guéret": (1_735, "karim"),
    "France services de Saint-Vaury": (2_000, "sandrine"),
}
PEOPLE = {
    "helene": ("Hélène Roux", "Département de la Creuse", Role.COMMISSIONER),
    "paul": ("Paul Lenoir", "Fondation du Limousin", Role.COMMISSIONER),
    "etat": ("Anne Girard", "État, préfecture de la Creuse", Role.COMMISSIONER),
    "odette": ("Odette Garnier", "Hub de la Creuse", Role.OPERATOR),
    "rene": ("René Faure", "Hub de la Creuse", Role.OPERATOR),
    "claire": ("Claire Vasseur", "CCAS de Guéret", Role.PRESCRIBER),
    "simone": ("Simone Petit", "Chambre des comptes", Role.AUDITOR),
}
KINDS = {
    "Département de la Creuse": OrganisationKind.DEPARTEMENT,
    "Fondation du Limousin": OrganisationKind.FOUNDATION,
    "État, préfecture de la Creuse": OrganisationKind.STATE,
    "Hub de la Creuse": OrganisationKind.OPERATOR,
    "CCAS de Guéret": OrganisationKind.COMMUNE,
}
# The day when sessions take place, and how many people each place expects.
SESSIONS_ON, EXPECTED = dt.date(2026, 12, 2), 4


def play() -> dict[str, Any]:
    """Load it; give the sessions to come, by who receives, in the order of their hours."""
    territory_services.load_reference(progress=lambda *_: None)
    directory.import_places(path=demo.PLACES, source_name=demo.SOURCE, at=AT, actor=ME)
    for key, (name, holder, role) in PEOPLE.items():
        kind = KINDS.get(holder, OrganisationKind.ASSOCIATION)
        _account(key, name, organisation(holder, kind), role)
    sessions = {key: _place(name, price, key) for name, (price, key) in PLACES.items()}
    ibans = [invented_iban(number) for number in range(1, 5)]
    return {
        "password": demo.PASSWORD,
        "sessions": sessions,
        "iban": ibans[0],
        "ibans": ibans[1:],
    }


def _account(key: str, name: str, holder: Organisation, *roles: Role) -> User:
    user = User.objects.create_user(f"{key}@demo.example", demo.PASSWORD, display_name=name)
    for role in roles:
        Membership.objects.create(user=user, organisation=holder, role=role)
    return user


def _place(name: str, price_cents: int, key: str) -> list[str]:
    """A qualified place with its price, its mediator who also manages it, and its hours taken."""
    place = Place.objects.get(source=demo.SOURCE, name=name)
    holder = place.organisation
    assert holder is not None
    user = _account(key, key.capitalize(), holder, Role.MEDIATOR, Role.MANAGER)
    directory.qualify_place(place=place, on=AT.date(), at=AT, actor=ME)
    worker = Worker.objects.create(place=place, user=user, public_name=key.capitalize())
    unit, _made = Unit.objects.get_or_create(
        worker=worker, defaults={"place": place, "kind": UnitKind.WORKER, "name": key.capitalize()}
    )
    offer = Offer.objects.get(place=place, service="procedures")
    billing.set_price(
        offer_id=offer.pk, kind=PriceKind.SESSION, amount_cents=price_cents, from_on=AT.date(),
        at=AT, actor=ME,
    )  # fmt: skip
    morning = dt.datetime.combine(SESSIONS_ON, dt.time(9), tzinfo=PARIS)
    opened = agenda.publish_slots(
        offer_id=offer.pk, worker_unit=unit,
        starts=[morning + dt.timedelta(minutes=30 * half) for half in range(EXPECTED + 4)],
        minutes=30, seats=1, at=AT, actor=ME, is_invented=True,
    )  # fmt: skip
    commune = territories.find_commune("Guéret")[0].territory_id
    return [
        agenda.book(
            slot_id=slot.pk,
            person_id=persons.open_file(birth_year=1951, commune_id=commune, at=AT, actor=ME),
            at=AT, actor=ME, need="procedure", procedure="",
        ).ref
        for slot in opened.created[:EXPECTED]
    ]  # fmt: skip
