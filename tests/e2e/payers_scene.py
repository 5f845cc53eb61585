"""Who pays: a fund, an employer, a person at home, in the territory of ``life_scene``.

Odile's retirement fund signed for 60 %; Jeanne was helped at home every other week all year.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from filiere.accounts.models import OrganisationKind, Role
from filiere.agenda import services as agenda
from filiere.agenda.models import Registration, Unit
from filiere.agreements import services as agreements
from filiere.agreements.models import AgreementKind, Commitment
from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.billing.models import PriceKind
from filiere.directory.models import Offer
from filiere.operations.loop.world import PARIS, organisation
from filiere.pathways import services as pathways
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.territories import queries as territories
from tests.e2e import life_scene
from tests.e2e.life_scene import ME, SESSIONS_ON
from tests.vouchers import factories as vouchers

EMPLOYER, FUND = "Le Chaudron.io (démonstration)", "Caisse de retraite (démonstration)"
FUND_TITLE = "Tiers payant de la caisse de retraite"
SESSION_CENTS, FACE_CENTS, FUND_PPM = 3_000, 2_000, 600_000
HOME_CENTS, HOME_MINUTES, HOME_SESSIONS = 13_000, 120, 24
FIRST_AT_HOME = dt.date(2026, 1, 9)
DAY = dt.timedelta(days=1)


def play() -> dict[str, Any]:
    """Load it; give Odile's session and voucher, Nadia's session, and Jeanne's last one."""
    life_scene.PLACES = {
        "Médiathèque de Guéret": (SESSION_CENTS, "karim"),
        "France services de Saint-Vaury": (2_000, "sandrine"),
    }
    life_scene.PEOPLE |= {"lea": ("Léa Fabre", EMPLOYER, Role.COMMISSIONER)}
    life_scene.KINDS |= {EMPLOYER: OrganisationKind.COMPANY}
    facts = life_scene.play()
    nadia = Registration.objects.get(ref=facts["sessions"]["karim"][0])
    _name(nadia.person_id, "Nadia Toumi", at=life_scene.AT)
    lot = vouchers.active(
        count=1, face=FACE_CENTS, territory_ids=[territories.by_code("23").pk]
    )  # fmt: skip
    offer, last = _at_home()
    return facts | {
        "odile": _odile(), "voucher": lot.issued[0].printed, "home_offer": offer, "jeanne": last,
    }  # fmt: skip


def _name(person_id: UUID, name: str, *, at: dt.datetime) -> None:
    persons.record_consent(
        person_id=person_id, purpose=Purpose.KEEP_IDENTITY, given=True, at=at, actor=ME
    )
    persons.seal_identity(person_id=person_id, name=name, at=at, actor=ME)


def _person(name: str, *, at: dt.datetime) -> UUID:
    commune = territories.find_commune("Guéret")[0].territory_id
    made = persons.open_file(birth_year=1951, commune_id=commune, at=at, actor=ME)
    _name(made, name, at=at)
    return made


def _seat(
    offer: Offer, unit: Unit, starts: dt.datetime, minutes: int, person_id: UUID,
    *, at: dt.datetime, commitment: Commitment | None = None,
) -> Registration:  # fmt: skip
    opened = agenda.publish_slots(
        offer_id=offer.pk, worker_unit=unit, starts=[starts], minutes=minutes, seats=1, at=at,
        actor=ME, is_invented=True,
    )  # fmt: skip
    return agenda.book(
        slot_id=opened.created[0].pk, person_id=person_id, at=at, actor=ME, need="procedure",
        procedure="", commitment_id=commitment.pk if commitment else None,
    )  # fmt: skip


def _odile() -> str:
    """Odile's session at the médiathèque, which her fund signed to pay 60 % of."""
    signed = agreements.sign(
        kind=AgreementKind.THIRD_PARTY,
        title=FUND_TITLE,
        promiser_id=organisation(FUND, OrganisationKind.ASSOCIATION).pk,
        starts_on=FIRST_AT_HOME,
        commitments=[agreements.Promise("part", FUND_PPM)],
        at=life_scene.AT,
        actor=ME,
    )
    unit = Unit.objects.get(worker__user__email="karim@demo.example")
    offer = Offer.objects.get(place=unit.place, service="procedures")
    starts = dt.datetime.combine(SESSIONS_ON, dt.time(14), tzinfo=PARIS)
    return _seat(
        offer, unit, starts, 60, _person("Odile Marchand", at=life_scene.AT), at=life_scene.AT,
        commitment=signed.commitments.get(),
    ).ref  # fmt: skip


def _at_home() -> tuple[str, str]:
    """Two hours at Jeanne's every other week, all paid but the last; its service, and that one."""
    unit = Unit.objects.get(worker__user__email="sandrine@demo.example")
    others = Offer.objects.filter(place=unit.place).exclude(service="procedures")
    offer = others.order_by("service")[0]
    before = dt.datetime.combine(FIRST_AT_HOME, dt.time(9), tzinfo=PARIS) - 2 * DAY
    billing.set_price(
        offer_id=offer.pk, kind=PriceKind.SESSION, amount_cents=HOME_CENTS,
        from_on=before.date(), at=before, actor=ME,
    )  # fmt: skip
    jeanne = _person("Jeanne Aubert", at=before)
    for turn in range(HOME_SESSIONS - 1):
        starts = before + 2 * DAY + 14 * turn * DAY
        ends = starts + dt.timedelta(minutes=HOME_MINUTES)
        seat = _seat(offer, unit, starts, HOME_MINUTES, jeanne, at=starts - DAY)
        pathways.deliver(
            registration_id=seat.pk, present=True, outcome="done_together", at=ends, actor=ME
        )
        billing.split_charge(
            charge=billing_queries.charge_of(seat.pk), voucher_code=None, at=ends, actor=ME
        )
    last = dt.datetime.combine(SESSIONS_ON, dt.time(14), tzinfo=PARIS)
    seat = _seat(offer, unit, last, HOME_MINUTES, jeanne, at=life_scene.AT)
    return str(offer.pk), seat.ref
