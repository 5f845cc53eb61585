"""People with a need: file, diagnosis, search, booking or referral."""

import contextlib
import datetime as dt
import random
from dataclasses import dataclass
from uuid import UUID

from filiere.agenda import services as agenda
from filiere.agenda.errors import AlreadyRegistered, PlaceClosed, SlotFull, SlotGone
from filiere.operations.loop.world import World
from filiere.orientation import queries as orientation_queries
from filiere.orientation import services as orientation
from filiere.orientation.errors import NoCapacity
from filiere.orientation.findings import Option
from filiere.orientation.models import UnmetCause
from filiere.pathways import services as pathways
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.rules.diagnosis import Request, load_questionnaire
from filiere.rules.procedures import all_procedures
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import VoucherExpired

# Weights of the needs people bring; keys of rules/data/needs.yaml.
NEEDS = {"procedure": 55, "learn": 25, "breakdown": 8, "work": 6, "scam": 4, "equipment": 2}
SEARCH_DAYS = 12


@dataclass(frozen=True, slots=True)
class Visitor:
    """One person to be: everything drawn before the first service is called.

    Attributes:
        serial, code: of the voucher waiting for the person, if one is.
        keeper_id: organisation that keeps it until then; 0 without a voucher.
    """

    number: int
    seed: int
    arrives_at: dt.datetime
    serial: int | None
    code: str
    keeper_id: int

    @property
    def rng(self) -> random.Random:
        """A generator of this person's own, whatever process walks it."""
        return random.Random(f"{self.seed}:{self.number}")


@dataclass(frozen=True, slots=True)
class Walk:
    """Where one person's search ended."""

    number: int
    person_id: UUID
    path: str
    refusals: tuple[str, ...] = ()


def seek(world: World, visitor: Visitor) -> Walk:
    """Open a file, diagnose, search, then book alone or be referred by a prescriber."""
    rng, at = visitor.rng, visitor.arrives_at
    commune_id = _commune(world, rng)
    person_id = persons.open_file(
        birth_year=None if rng.random() < 0.05 else at.year - _age(rng),
        commune_id=commune_id,
        at=at,
        actor="loop",
        is_invented=True,
    )
    asked = (Purpose.TELL_SENDER, Purpose.FOLLOW_UP)
    persons.record_consents(
        person_id=person_id,
        answers={purpose: rng.random() < 0.9 for purpose in asked},
        at=at,
        actor="loop",
    )
    need = rng.choices(list(NEEDS), weights=list(NEEDS.values()))[0]
    procedure = rng.choice(all_procedures()).key if need == "procedure" else ""
    diagnosis = pathways.diagnose(
        person_id=person_id,
        answers=_answers(rng),
        request=Request(deadline_days=rng.choice([None, None, 5, 40]), procedure=procedure or None),
        at=at,
        actor="loop",
    )
    _hand_out(visitor, person_id)
    finding = orientation_queries.find(
        need=need,
        commune_id=commune_id,
        window=(at, at + dt.timedelta(days=SEARCH_DAYS)),
        at=at,
        limit=5,
    )
    options = [option for option in finding.options if option.slot_id is not None]
    if not options:
        cause = UnmetCause.NO_SEAT if finding.options else UnmetCause.NO_OFFER
        orientation.record_unmet(commune_id=commune_id, need=need, cause=cause, at=at)
        return Walk(visitor.number, person_id, "unmet")
    if rng.random() < 0.45:
        return _refer(
            world, visitor, rng, person_id, diagnosis.pk, commune_id, need, procedure, options
        )
    return _book_alone(visitor, person_id, commune_id, need, procedure, options)


def _hand_out(visitor: Visitor, person_id: UUID) -> None:
    """Give the voucher, if there is one; an expired one stays in the prescriber's drawer."""
    if visitor.serial is None:
        return
    with contextlib.suppress(VoucherExpired):
        vouchers.hand_out(
            voucher_serial=visitor.serial,
            person_id=person_id,
            organisation_id=visitor.keeper_id,
            at=visitor.arrives_at,
            actor="loop",
        )


def _commune(world: World, rng: random.Random) -> int:
    ids, weights = zip(*world.communes, strict=True)
    return int(rng.choices(ids, weights=weights)[0])


def _age(rng: random.Random) -> int:
    low, high = rng.choices([(18, 39), (40, 59), (60, 74), (75, 95)], weights=[25, 28, 27, 20])[0]
    return rng.randint(low, high)


def _answers(rng: random.Random) -> dict[str, str | None]:
    """Answer each question, or leave one in five blank."""
    return {
        question.key: None if rng.random() < 0.2 else rng.choice(question.answers).key
        for question in load_questionnaire().questions
    }


def _refer(
    world: World,
    visitor: Visitor,
    rng: random.Random,
    person_id: UUID,
    diagnosis_id: int,
    commune_id: int,
    need: str,
    procedure: str,
    options: list[Option],
) -> Walk:
    candidates = list(dict.fromkeys(option.offer_id for option in options))[:3]
    try:
        orientation.send_referral(
            person_id=person_id,
            diagnosis_id=diagnosis_id,
            sender_id=rng.choice(world.prescriber_ids),
            need=need,
            procedure=procedure,
            commune_id=commune_id,
            agreement_id=None,
            without_agreement=True,
            commitment_id=rng.choice([None, *world.commitment_ids]),
            candidates=candidates,
            at=visitor.arrives_at,
            actor="loop",
        )
    except NoCapacity:
        return Walk(visitor.number, person_id, "unmet", ("orientation.no_capacity",))
    return Walk(visitor.number, person_id, "referred")


def _book_alone(
    visitor: Visitor,
    person_id: UUID,
    commune_id: int,
    need: str,
    procedure: str,
    options: list[Option],
) -> Walk:
    refusals: list[str] = []
    for option in options:
        try:
            agenda.book(
                slot_id=option.slot_id or 0,
                person_id=person_id,
                actor="loop",
                at=visitor.arrives_at,
                need=need,
                procedure=procedure,
            )
        except (SlotFull, SlotGone, PlaceClosed, AlreadyRegistered) as refusal:
            refusals.append(refusal.code)
            continue
        return Walk(visitor.number, person_id, "booked", tuple(refusals))
    orientation.record_unmet(
        commune_id=commune_id, need=need, cause=UnmetCause.NO_SEAT, at=visitor.arrives_at
    )
    return Walk(visitor.number, person_id, "unmet", tuple(refusals))
