"""What sending a person asks the services, in order: file, consents, diagnosis, referral, voucher.

Pages and API send through here, so that both write the same things or nothing.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from filiere.accounts.models import Role, User
from filiere.kernel.permissions import memberships
from filiere.orientation import services as orientation
from filiere.orientation.errors import NoCapacity
from filiere.orientation.models import Referral, UnmetCause
from filiere.pathways import services as pathways
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.rules.diagnosis import Request
from filiere.vouchers import services as vouchers


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What a prescriber knows of the person sent. A name is kept only with ``keep_identity``.

    Attributes:
        offers: candidates in order of preference, at least one.
        agreement_id: agreement under which the person is sent; None says "without agreement".
        commitment_id: who pays a part, under that agreement.
        voucher_serial: number of a voucher handed out with the referral.
    """

    need: str
    commune_id: int
    offers: list[int]
    procedure: str = ""
    deadline_days: int | None = None
    birth_year: int | None = None
    name: str = ""
    phone: str = ""
    keep_identity: bool = False
    tell_sender: bool = False
    follow_up: bool = False
    agreement_id: int | None = None
    commitment_id: int | None = None
    voucher_serial: int | None = None


def sender_of(user: User, acting_for_id: int | None = None) -> int:
    """Give the organisation a prescriber sends people for: the one acted for, else the first."""
    mine = sorted(int(m.organisation_id) for m in memberships(user) if m.role == Role.PRESCRIBER)
    return next((one for one in mine if one == acting_for_id), mine[0])


def refer(
    user: User, sending: Sending, *, at: dt.datetime, acting_for_id: int | None = None
) -> Referral:
    """Send one person to the first of the offers that has room; all or nothing is written.

    A refusal for want of room is counted as an unmet need all the same.

    Args:
        acting_for_id: organisation acted for, for a prescriber of several.

    Raises:
        NoCapacity: no candidate has a free seat.
        FiliereError: as ``orientation.send_referral`` and ``vouchers.hand_out``.
    """
    try:
        return _refer(user, sending, at, sender_of(user, acting_for_id))
    except NoCapacity:
        # The service counted it inside the transaction that was just undone.
        orientation.record_unmet(
            commune_id=sending.commune_id,
            need=sending.need,
            cause=UnmetCause.NO_SEAT if sending.offers else UnmetCause.NO_OFFER,
            at=at,
        )
        raise


@transaction.atomic
def _refer(user: User, sending: Sending, at: dt.datetime, sender_id: int) -> Referral:
    person_id = persons.open_file(
        birth_year=sending.birth_year, commune_id=sending.commune_id, at=at, actor=user.actor
    )
    _consent(user, person_id, sending, at)
    diagnosis = pathways.diagnose(
        person_id=person_id,
        answers={},
        request=Request(deadline_days=sending.deadline_days, procedure=sending.procedure or None),
        at=at,
        actor=user.actor,
    )
    referral = orientation.send_referral(
        person_id=person_id,
        diagnosis_id=diagnosis.pk,
        sender_id=sender_id,
        need=sending.need,
        procedure=sending.procedure,
        commune_id=sending.commune_id,
        agreement_id=sending.agreement_id,
        without_agreement=sending.agreement_id is None,
        commitment_id=sending.commitment_id,
        candidates=sending.offers,
        at=at,
        actor=user.actor,
    )
    if sending.voucher_serial is not None:
        vouchers.hand_out(
            voucher_serial=sending.voucher_serial,
            person_id=person_id,
            organisation_id=sender_id,
            at=at,
            actor=user.actor,
        )
    return referral


def _consent(user: User, person_id: UUID, sending: Sending, at: dt.datetime) -> None:
    agreed = {
        Purpose.KEEP_IDENTITY: sending.keep_identity,
        Purpose.TELL_SENDER: sending.tell_sender,
        Purpose.FOLLOW_UP: sending.follow_up,
    }
    persons.record_consents(person_id=person_id, answers=agreed, at=at, actor=user.actor)
    if sending.keep_identity and sending.name:
        persons.seal_identity(
            person_id=person_id,
            name=sending.name,
            phone=sending.phone,
            email="",
            at=at,
            actor=user.actor,
        )
