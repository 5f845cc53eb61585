"""Who may do what, on one page: each action and the roles that hold it.

The registry denies whatever is not written here. A ``where`` narrows a role to its own objects:
a mediator's own place, a funder's own programmes. docs/reference/access-matrix.md is the same
table for pages and endpoints, walked by a test.
"""

from typing import Any

from filiere.accounts.models import Role
from filiere.kernel.permissions import grant, grant_signed_in, memberships

EVERY_ROLE = list(Role)


def organisations_of(user: Any) -> set[int]:
    """Ids of the organisations a user acts for."""
    return {membership.organisation_id for membership in memberships(user)}


def _acting_for(held: list[Any]) -> set[int]:
    return {membership.organisation_id for membership in held}


def _own_place(held: list[Any], place: Any) -> bool:
    return place.organisation_id in _acting_for(held)


def _own_slot(held: list[Any], slot: Any) -> bool:
    return slot.offer.place.organisation_id in _acting_for(held)


def _own_registration(held: list[Any], registration: Any) -> bool:
    return _own_slot(held, registration.slot)


def _sent_or_asked(held: list[Any], referral: Any) -> bool:
    mine = _acting_for(held)
    if referral.sender_id in mine:
        return True
    return any(attempt.offer.place.organisation_id in mine for attempt in referral.attempts.all())


def _own_attempt(held: list[Any], attempt: Any) -> bool:
    return attempt.offer.place.organisation_id in _acting_for(held)


def _own_programme(held: list[Any], programme: Any) -> bool:
    if {m.role for m in held} & {Role.STEWARD, Role.AUDITOR}:
        return True
    mine = _acting_for(held)
    return programme.commissioner_id in mine or any(
        tranche.funder_id in mine for tranche in programme.tranches.all()
    )


def _own_organisation(held: list[Any], organisation: Any) -> bool:
    if Role.AUDITOR in {m.role for m in held}:
        return True
    return organisation.pk in _acting_for(held)


def _given_voucher(held: list[Any], voucher: Any) -> bool:
    return voucher.handed_out_by_id in _acting_for(held)


def declare() -> None:
    """Fill the registry. Called once, when Django has loaded every app."""
    mediators = [Role.MEDIATOR, Role.MANAGER]
    grant_signed_in("web.see_desk")
    grant("agenda.see_day", roles=mediators)
    grant("agenda.publish_slots", roles=mediators, where=_own_place)
    grant("agenda.cancel_slot", roles=mediators, where=_own_slot)
    grant("agenda.deliver_session", roles=mediators, where=_own_registration)
    grant("billing.use_counter", roles=mediators, where=_own_registration)
    grant("pathways.diagnose", roles=[*mediators, Role.PRESCRIBER])
    grant("orientation.see_referrals", roles=[*mediators, Role.PRESCRIBER])
    grant("orientation.see_referral", roles=[*mediators, Role.PRESCRIBER], where=_sent_or_asked)
    grant("orientation.send_referral", roles=[Role.PRESCRIBER])
    grant("orientation.answer_referral", roles=mediators, where=_own_attempt)
    grant("vouchers.hand_out", roles=[Role.PRESCRIBER])
    grant("vouchers.declare_lost", roles=[Role.PRESCRIBER], where=_given_voucher)
    grant(
        "observatory.see_programmes",
        roles=[Role.COMMISSIONER, Role.STEWARD, Role.AUDITOR],
        where=_own_programme,
    )
    grant("programmes.confirm_receipt", roles=[Role.OPERATOR])
    grant("vouchers.activate_lot", roles=[Role.OPERATOR])
    grant(
        "settlement.see_payables",
        roles=[*mediators, Role.AUDITOR],
        where=_own_organisation,
    )
    grant("settlement.see_batches", roles=[Role.OPERATOR, Role.AUDITOR])
    grant("settlement.prepare_batch", roles=[Role.OPERATOR])
    grant("settlement.approve_batch", roles=[Role.OPERATOR])
    grant("observatory.see_board", roles=EVERY_ROLE)
    grant("pathways.follow_up", roles=mediators)
    grant("operations.see_check", roles=[Role.AUDITOR, Role.OPERATOR])
    grant("directory.qualify_place", roles=[Role.STEWARD])
    grant("directory.import_places", roles=[Role.STEWARD])
