"""The demonstration: invented places, people and money in four territories, through the services.

Months of past activity (settled, followed up) and three weeks around today, so that each
profession finds work on its desk. Everything is marked invented.
"""

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from filiere.accounts.models import Membership, Organisation, OrganisationKind, Role, User
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration, RegistrationState, Unit
from filiere.billing import services as billing
from filiere.billing.models import PriceKind
from filiere.directory import services as directory
from filiere.directory.models import Offer, Place, Worker
from filiere.kernel.calendar import bounds_of_day, legal_day
from filiere.operations.demo import (
    bank,
    devices,
    funder_forms,
    invoices,
    law,
    lots,
    observed,
    people,
    prices,
    projects,
    statements,
    tills,
)
from filiere.operations.loop import run as loop
from filiere.operations.loop.state import Run, Say
from filiere.operations.loop.world import PARIS, World, build, organisation, programme_name
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.programmes.models import Programme
from filiere.rules.procedures import all_procedures
from filiere.territories import queries as territories
from filiere.territories import services as territory_services
from filiere.territories.models import Kind, Territory
from filiere.vouchers.models import VoucherState
from filiere.vouchers.queries import vouchers_of

PASSWORD = "Un fil vert 2026"  # noqa: S105 - printed on purpose: the demonstration has no secrets
PLACES = Path(__file__).parent.parent / "data" / "demo-places.csv"
SOURCE = "demonstration"
# (kind, code, persons of the past, persons around today)
SCENES = (
    (Kind.DEPARTEMENT, "23", 90, 60),
    (Kind.EPCI, "246200364", 60, 30),
    (Kind.DEPARTEMENT, "49", 40, 20),
    (Kind.DEPARTEMENT, "974", 24, 12),
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone to sign in as."""

    email: str
    name: str
    words: str
    role: Role
    organisation: str
    kind: OrganisationKind = OrganisationKind.ASSOCIATION


PEOPLE = (
    DemoPerson("karim@demo.example", "Karim", "médiateur à la médiathèque de Guéret",
               Role.MEDIATOR, "Médiathèque de Guéret"),
    DemoPerson("sandrine@demo.example", "Sandrine", "responsable à France services de Saint-Vaury",
               Role.MANAGER, "France services de Saint-Vaury"),
    DemoPerson("claire@demo.example", "Claire Vasseur", "assistante sociale, envoie des personnes",
               Role.PRESCRIBER, "CCAS (démonstration)"),
    DemoPerson("departement@demo.example", "Hélène Roux", "financeur : le Département",
               Role.COMMISSIONER, "Département (démonstration)", OrganisationKind.DEPARTEMENT),
    DemoPerson("fondation@demo.example", "Paul Lenoir", "financeur : une fondation",
               Role.COMMISSIONER, "Fondation (démonstration)", OrganisationKind.FOUNDATION),
    DemoPerson("hub@demo.example", "Aïcha Benali", "coordinatrice de la Creuse",
               Role.STEWARD, "Hub (démonstration)"),
    DemoPerson("projet@demo.example", "Luc Morel", "porteur de projet",
               Role.CARRIER, "Association du fil (démonstration)"),
    DemoPerson("comptable@demo.example", "Odette Garnier", "opératrice : prépare les paiements",
               Role.OPERATOR, "Opérateur (démonstration)", OrganisationKind.OPERATOR),
    DemoPerson("directeur@demo.example", "René Faure", "opérateur : approuve les paiements",
               Role.OPERATOR, "Opérateur (démonstration)", OrganisationKind.OPERATOR),
    DemoPerson("regie@demo.example", "Colette Bernard", "régisseuse à la mairie de Sainte-Feyre",
               Role.MANAGER, tills.PLACE),
    DemoPerson("mairie@demo.example", "Nadège Roche", "médiatrice, enregistre à la régie",
               Role.MEDIATOR, tills.PLACE),
    DemoPerson("tresorerie@demo.example", "Yves Caron", "comptable public, signe les mois",
               Role.ACCOUNTANT, tills.PLACE),
    DemoPerson("controle@demo.example", "Simone Petit", "contrôleuse : vérifie tout",
               Role.AUDITOR, "Chambre des comptes (démonstration)", OrganisationKind.STATE),
)  # fmt: skip

# Names of people expected at Guéret, who agreed that they be kept.
NAMES = ("Odile Marchand", "Nadia Toumi", "Bernard Lacroix", "Jeanne Aubert", "Moussa Diallo")


def is_loaded() -> bool:
    """Tell whether the demonstration is already in this database."""
    return User.objects.filter(email=PEOPLE[-1].email).exists()


def load(*, at: dt.datetime, progress: Say) -> list[str]:
    """Load everything; each step is safe to repeat after an interruption.

    Args:
        at: the moment that counts as now.

    Returns:
        Codes of vouchers to try at Karim's counter; only their digests are stored.
    """
    territory_services.load_reference(progress=lambda n, of: progress("territoires", n, of))
    directory.import_places(path=PLACES, source_name=SOURCE, at=at, actor="demo")
    _mark_invented()
    bank.open_programmes(territories.by_code("23"), at=at)
    lots.prepare(Programme.objects.get(name=bank.NAME), at=at)
    this_monday = _monday(at)
    codes: dict[UUID, str] = {}
    for number, (kind, code, past, present) in enumerate(SCENES, start=1):
        territory = Territory.objects.get(kind=kind, code=code)
        long_ago = this_monday - dt.timedelta(weeks=44)
        if not _lived(territory, long_ago):
            before = _live(territory, past, long_ago, 10 + number, progress)
            with tempfile.TemporaryDirectory() as folder:
                loop.close_books(before, folder=Path(folder))
        opens = this_monday - dt.timedelta(weeks=1)
        if not _lived(territory, opens):
            run = _live(territory, present, opens, 20 + number, progress, until=at)
            if number == 1:  # the scene of Karim's département
                codes |= run.codes
    for person in PEOPLE:
        _invite(person, at)
    bank.import_statement(at=at)
    place = Place.objects.get(source=SOURCE, name=PEOPLE[0].organisation)
    devices.prepare(place, at=at)
    tills.prepare(Place.objects.get(source=SOURCE, name=tills.PLACE), at=at)
    saint_vaury = Place.objects.get(source=SOURCE, name="France services de Saint-Vaury")
    people.prepare(saint_vaury, at=at)
    funder = organisation("Département (démonstration)", OrganisationKind.DEPARTEMENT)
    invoices.prepare(saint_vaury.organisation, funder, at=at)
    prices.fill(
        Place.objects.get(source=SOURCE, name=PEOPLE[1].organisation),
        Organisation.objects.get(name="Département (démonstration)"),
        at=at,
    )
    observed.fill(at=at, source=SOURCE)
    statements.fill(saint_vaury, funder, at=at)
    projects.fill(at=at)
    funder_forms.fill(at=at)
    law.fill(at=at)
    return _today(codes, at)


def _monday(at: dt.datetime) -> dt.datetime:
    local = at.astimezone(PARIS)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - dt.timedelta(days=local.weekday())


def _mark_invented() -> None:
    """Say of every demonstration place, and of what belongs to it, that it is invented."""
    ours = Place.objects.filter(source=SOURCE)
    ours.update(is_invented=True)
    Organisation.objects.filter(places__in=ours).update(is_invented=True)


def _lived(territory: Territory, opens_at: dt.datetime) -> bool:
    """Tell whether this scene was begun by an earlier, interrupted, loading."""
    name = programme_name(territory, opens_at=opens_at)
    return Programme.objects.filter(name=name).exists()


def _live(
    territory: Territory,
    count: int,
    opens_at: dt.datetime,
    seed: int,
    progress: Say,
    until: dt.datetime | None = None,
) -> Run:
    world: World = build(
        territory=territory, persons=count, opens_at=opens_at, seed=seed, progress=progress
    )
    run = Run(world=world, persons=count, seed=seed, say=progress)
    loop.open_doors(run, until=until)
    return run


def _invite(person: DemoPerson, at: dt.datetime) -> None:
    """Open one account, with its role and, for a mediator, its agenda."""
    if User.objects.filter(email=person.email).exists():
        return
    user = User.objects.create_user(person.email, PASSWORD, display_name=person.name)
    place = Place.objects.filter(source=SOURCE, name=person.organisation).first()
    holder = place.organisation if place else organisation(person.organisation, person.kind)
    creuse = territories.by_code("23") if person.role == Role.STEWARD else None
    Membership.objects.create(user=user, organisation=holder, role=person.role, territory=creuse)
    if place is None or person.role == Role.ACCOUNTANT:
        return
    worker = Worker.objects.filter(place=place, left_on=None).order_by("pk").first()
    if worker is not None:
        Worker.objects.filter(pk=worker.pk).update(user=user, public_name=person.name)


def _today(codes: dict[UUID, str], at: dt.datetime) -> list[str]:
    """Fill Karim's day, whatever day of the week it is, with people who hold a voucher.

    Returns:
        The codes of those people's vouchers, in the order of their hours.
    """
    unit = Unit.objects.select_related("worker", "place").get(worker__user__email=PEOPLE[0].email)
    offer = Offer.objects.get(place=unit.place, service="procedures")
    midnight, _after = bounds_of_day(legal_day(at))
    billing.set_price(
        offer_id=offer.pk,
        kind=PriceKind.SESSION,
        amount_cents=2_500,
        from_on=legal_day(at),
        at=at,
        actor="demo",
        is_invented=True,
    )
    opened = agenda.publish_slots(
        offer_id=offer.pk,
        worker_unit=unit,
        starts=[midnight.replace(hour=hour, minute=15) for hour in (8, 12, 13, 17, 18)],
        minutes=30,
        seats=1,
        at=midnight,
        actor="demo",
        is_invented=True,
    )
    shown: list[str] = []
    holders = [pair for pair in sorted(codes.items()) if _still_pays(pair[0], at)]
    for slot, (person_id, code) in zip(opened.created[:4], holders, strict=False):
        agenda.book(
            slot_id=slot.pk,
            person_id=person_id,
            need="procedure",
            procedure=all_procedures()[len(shown)].key,
            at=midnight,
            actor="demo",
        )
        shown.append(code)
    if unit.worker is not None:
        _name_visitors(unit.worker, midnight)
        people.text_codes(unit.worker.pk, at=at)
    return shown


def _still_pays(person_id: UUID, at: dt.datetime) -> bool:
    """Tell whether a person holds a voucher with its whole value, valid today."""
    return any(
        voucher.state == VoucherState.HANDED_OUT
        and voucher.remaining_cents == voucher.face_cents
        and voucher.use_until >= legal_day(at)
        for voucher in vouchers_of(person_id)
    )


def _name_visitors(worker: Worker, at: dt.datetime) -> None:
    """Give names to a few people expected by a worker, as if they had agreed."""
    expected = Registration.objects.filter(
        slot__worker__worker=worker, state=RegistrationState.CONFIRMED, slot__starts_at__gte=at
    )
    for registration, name in zip(expected.order_by("slot__starts_at", "pk"), NAMES, strict=False):
        persons.record_consent(
            person_id=registration.person_id,
            purpose=Purpose.KEEP_IDENTITY,
            given=True,
            at=at,
            actor="demo",
        )
        persons.seal_identity(
            person_id=registration.person_id, name=name, phone="", email="", at=at, actor="demo"
        )
