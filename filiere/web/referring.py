"""What the referral page asks the services, in order: file, consents, diagnosis, referral."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction

from filiere.accounts.models import Role, User
from filiere.kernel.permissions import memberships
from filiere.orientation import services as orientation
from filiere.orientation.models import Referral
from filiere.pathways import services as pathways
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.rules.diagnosis import Request
from filiere.vouchers import services as vouchers

CONSENTS = {
    "keep_identity": Purpose.KEEP_IDENTITY,
    "tell_sender": Purpose.TELL_SENDER,
    "follow_up": Purpose.FOLLOW_UP,
}


def sender_of(user: User) -> int:
    """The organisation a prescriber sends people for."""
    return next(m.organisation_id for m in memberships(user) if m.role == Role.PRESCRIBER)


@transaction.atomic
def refer(
    user: User, answers: dict[str, Any], *, commune_id: int, offers: list[int], at: dt.datetime
) -> Referral:
    """Send one person to the first of ``offers`` that answers yes; all or nothing is written."""
    person_id = persons.open_file(
        birth_year=answers["birth_year"], commune_id=commune_id, at=at, actor=user.actor
    )
    _consent(user, person_id, answers, at)
    diagnosis = pathways.diagnose(
        person_id=person_id,
        answers={},
        request=Request(
            deadline_days=answers["deadline_days"], procedure=answers["procedure"] or None
        ),
        at=at,
        actor=user.actor,
    )
    commitment = answers["commitment"]
    referral = orientation.send_referral(
        person_id=person_id,
        diagnosis_id=diagnosis.pk,
        sender_id=sender_of(user),
        need=answers["need"],
        procedure=answers["procedure"],
        commune_id=commune_id,
        agreement_id=commitment.agreement_id if commitment else None,
        without_agreement=commitment is None,
        commitment_id=commitment.pk if commitment else None,
        candidates=offers,
        at=at,
        actor=user.actor,
    )
    if answers["voucher_serial"]:
        vouchers.hand_out(
            voucher_serial=answers["voucher_serial"],
            person_id=person_id,
            organisation_id=sender_of(user),
            at=at,
            actor=user.actor,
        )
    return referral


def _consent(user: User, person_id: UUID, answers: dict[str, Any], at: dt.datetime) -> None:
    for field, purpose in CONSENTS.items():
        persons.record_consent(
            person_id=person_id, purpose=purpose, given=answers[field], at=at, actor=user.actor
        )
    if answers["keep_identity"] and answers["name"]:
        persons.seal_identity(
            person_id=person_id,
            name=answers["name"],
            phone=answers["phone"],
            email="",
            at=at,
            actor=user.actor,
        )
