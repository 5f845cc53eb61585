"""Who may do what, on one page: each action and the roles that hold it.

The registry denies whatever is not written here. A ``where`` narrows a role to its own objects:
a mediator's own place, a funder's own programmes. docs/reference/access-matrix.md is the same
table for pages and endpoints, walked by a test.
"""

from collections.abc import Callable
from typing import Any

from filiere.accounts.models import Role
from filiere.billing.models import Duty
from filiere.billing.queries import tills
from filiere.kernel.permissions import grant, grant_signed_in, memberships
from filiere.projects.models import MemberRight
from filiere.projects.queries import may, right_of
from filiere.territories.queries import contains

EVERY_ROLE = list(Role)


def organisations_of(user: Any) -> set[int]:
    """Ids of the organisations a user acts for."""
    return {membership.organisation_id for membership in memberships(user)}


def _acting_for(held: list[Any]) -> set[int]:
    return {membership.organisation_id for membership in held}


def _own(held: list[Any], organisation: Any) -> bool:
    return organisation.pk in _acting_for(held)


def _in_territory(held: list[Any], place: Any) -> bool:
    """A steward acts in one territory; without one, everywhere."""
    return any(
        m.territory is None or contains(m.territory, place.commune_id)
        for m in held
        if m.role == Role.STEWARD
    )


def _own_or_in_territory(held: list[Any], place: Any) -> bool:
    managed = [m for m in held if m.role == Role.MANAGER]
    return _own_place(managed, place) or _in_territory(held, place)


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


def _commissioned(held: list[Any], programme: Any) -> bool:
    return programme.commissioner_id in _acting_for(held)


def _served_programme(held: list[Any], programme: Any) -> bool:
    """The operator runs every programme, the auditor reads them; a commissioner its own."""
    if {m.role for m in held} & {Role.OPERATOR, Role.AUDITOR}:
        return True
    return _commissioned(held, programme)


def _own_organisation(held: list[Any], organisation: Any) -> bool:
    if Role.AUDITOR in {m.role for m in held}:
        return True
    return organisation.pk in _acting_for(held)


def _stated(held: list[Any], organisation: Any) -> bool:
    """The operator and the auditor read every statement; a manager, a payer that of its own."""
    if {m.role for m in held} & {Role.OPERATOR, Role.AUDITOR}:
        return True
    return organisation.pk in _acting_for(held)


def _kept_booklet(held: list[Any], booklet: Any) -> bool:
    """The operator prints every booklet; its custodian, once it is entrusted, that one."""
    if Role.OPERATOR in {m.role for m in held}:
        return True
    return booklet.custodian_id is not None and booklet.custodian_id in _acting_for(held)


def _own_lot(held: list[Any], lot: Any) -> bool:
    """Operators and auditors open every lot; a commissioner those of its own programmes."""
    if {m.role for m in held} & {Role.OPERATOR, Role.AUDITOR}:
        return True
    return lot.programme.commissioner_id in _acting_for(held)


def _managed(held: list[Any], organisation: Any) -> bool:
    return any(m.role == Role.MANAGER and m.organisation_id == organisation.pk for m in held)


def _exchanged_invoice(held: list[Any], invoice: Any) -> bool:
    """Whoever issued it and whoever received it read an invoice; so does the auditor."""
    if Role.AUDITOR in {m.role for m in held}:
        return True
    parties = {invoice.issuer.organisation_id, invoice.recipient_id}
    return bool(parties & _acting_for(held))


def _managed_registration(held: list[Any], registration: Any) -> bool:
    if Role.OPERATOR in {m.role for m in held}:
        return True
    return _managed(held, registration.slot.offer.place.organisation)


def _covers(held: list[Any], subject: Any) -> bool:
    """A steward decides what is said of its territory; only one without territory, of France."""
    mine = [m.territory for m in held]
    there = subject.territory_id
    return any(
        mine_one is None
        or (there is not None and (mine_one.pk == there or contains(mine_one, there)))
        for mine_one in mine
    )


def _seen_there(held: list[Any], price: Any) -> bool:
    """A price on the web is nobody's territory: any steward reads the page."""
    return price.territory_id is None or _covers(held, price)


def _at_till(*duties: str) -> Callable[[list[Any], Any], bool]:
    """Narrow a right to those named at the till, for one of some duties (all when none is said)."""

    def where(held: list[Any], till: Any) -> bool:
        mine = [m.pk for m in held if m.organisation_id == till.organisation_id]
        return tills.has_duty(till.pk, mine, *duties)

    return where


def _sees_till(held: list[Any], till: Any) -> bool:
    if Role.AUDITOR in {m.role for m in held}:
        return True
    return till.organisation_id in _acting_for(held)


def _of_its_till(held: list[Any], till: Any) -> bool:
    return till.organisation_id in _acting_for(held)


def _given_voucher(held: list[Any], voucher: Any) -> bool:
    return voucher.handed_out_by_id in _acting_for(held)


def _sent_claim(held: list[Any], claim: Any) -> bool:
    return claim.device.organisation_id in _acting_for(held)


def _concerned_claim(held: list[Any], claim: Any) -> bool:
    """The operator and the auditor read every claim; a place what it sent, a commissioner its own."""
    if {m.role for m in held} & {Role.OPERATOR, Role.AUDITOR}:
        return True
    if _sent_claim([m for m in held if m.role == Role.MANAGER], claim):
        return True
    funded = [m for m in held if m.role == Role.COMMISSIONER]
    return claim.voucher is not None and _commissioned(funded, claim.voucher.lot.programme)


def _managed_device(held: list[Any], device: Any) -> bool:
    """The operator limits every device; a manager those of its organisation."""
    if Role.OPERATOR in {m.role for m in held}:
        return True
    return device.organisation_id in _acting_for(held)


def project_right(held: list[Any], project: Any) -> str:
    """Give the right of somebody on a project file, blank for none.

    A right given to a whole organisation is that of its project carriers; one given by name is
    its holder's, whatever the role, as long as she acts for the organisation that gave it.
    """
    if not held:
        return ""
    return right_of(
        project.pk,
        user_id=held[0].user_id,
        organisation_ids=_acting_for(held),
        team_ids={m.organisation_id for m in held if m.role == Role.CARRIER},
    )


def _on_project(needed: str) -> Callable[[list[Any], Any], bool]:
    """Narrow a right to the project files on which one has at least ``needed``."""

    def where(held: list[Any], project: Any) -> bool:
        return may(project_right(held, project), needed)

    return where


def declare() -> None:
    """Fill the registry. Called once, when Django has loaded every app."""
    _declare_organisations()
    mediators = [Role.MEDIATOR, Role.MANAGER]
    grant_signed_in("web.see_desk")
    grant("agenda.see_day", roles=mediators)
    grant("agenda.publish_slots", roles=mediators, where=_own_place)
    grant("agenda.cancel_slot", roles=mediators, where=_own_slot)
    grant("agenda.deliver_session", roles=mediators, where=_own_registration)
    grant("billing.use_counter", roles=mediators, where=_own_registration)
    grant("vouchers.run_devices", roles=mediators, where=_own_place)
    _declare_unpaid_claims()
    grant("pathways.diagnose", roles=[*mediators, Role.PRESCRIBER])
    grant("orientation.see_referrals", roles=[*mediators, Role.PRESCRIBER])
    grant("orientation.see_referral", roles=[*mediators, Role.PRESCRIBER], where=_sent_or_asked)
    grant("orientation.send_referral", roles=[Role.PRESCRIBER])
    grant("orientation.answer_referral", roles=mediators, where=_own_attempt)
    grant("vouchers.hand_out", roles=[Role.PRESCRIBER])
    grant("vouchers.print_booklet", roles=[Role.OPERATOR, Role.PRESCRIBER], where=_kept_booklet)
    grant("vouchers.print_letter", roles=[Role.PRESCRIBER], where=_given_voucher)
    grant("vouchers.declare_lost", roles=[Role.PRESCRIBER], where=_given_voucher)
    _declare_money(mediators)
    _declare_projects()
    grant("observatory.see_board", roles=EVERY_ROLE)
    grant("pathways.follow_up", roles=mediators)
    grant("operations.see_check", roles=[Role.AUDITOR, Role.OPERATOR])


def _declare_unpaid_claims() -> None:
    """Who reads, contests and decides vouchers taken without network and not paid."""
    grant(
        "vouchers.see_unpaid_claims",
        roles=[Role.MANAGER, Role.COMMISSIONER, Role.OPERATOR, Role.AUDITOR],
        where=_concerned_claim,
    )
    grant("vouchers.contest_claim", roles=[Role.MANAGER], where=_sent_claim)
    grant("vouchers.decide_claim", roles=[Role.OPERATOR])
    grant("vouchers.limit_device", roles=[Role.MANAGER, Role.OPERATOR], where=_managed_device)
    grant(
        "vouchers.see_device",
        roles=[Role.MEDIATOR, Role.MANAGER, Role.OPERATOR],
        where=_managed_device,
    )
    grant("vouchers.raise_device_limits", roles=[Role.OPERATOR])
    grant("billing.see_guarantees", roles=[Role.COMMISSIONER, Role.OPERATOR, Role.AUDITOR])
    grant("billing.open_guarantee", roles=[Role.COMMISSIONER, Role.OPERATOR], where=_own)
    grant("billing.receive_guarantee", roles=[Role.OPERATOR])


def _declare_money(mediators: list[Role]) -> None:
    """Who opens programmes, keeps the bank's word, runs lots, pays and is paid."""
    grant(
        "observatory.see_programmes",
        roles=[Role.COMMISSIONER, Role.STEWARD, Role.AUDITOR],
        where=_own_programme,
    )
    grant("programmes.write", roles=[Role.COMMISSIONER], where=_commissioned)
    grant(
        "settlement.see_commission",
        roles=[Role.COMMISSIONER, Role.OPERATOR, Role.AUDITOR],
        where=_served_programme,
    )
    grant("settlement.take_commission", roles=[Role.OPERATOR])
    grant("programmes.confirm_receipt", roles=[Role.OPERATOR])
    grant("programmes.import_statement", roles=[Role.OPERATOR])
    grant("programmes.see_statements", roles=[Role.OPERATOR, Role.AUDITOR])
    grant(
        "programmes.see_ring_fence",
        roles=[Role.COMMISSIONER, Role.OPERATOR, Role.AUDITOR],
    )
    grant("vouchers.activate_lot", roles=[Role.OPERATOR])
    grant("vouchers.close_lot", roles=[Role.OPERATOR])
    grant(
        "vouchers.see_lot",
        roles=[Role.COMMISSIONER, Role.OPERATOR, Role.AUDITOR],
        where=_own_lot,
    )
    grant("vouchers.run_lot", roles=[Role.COMMISSIONER, Role.OPERATOR], where=_own_lot)
    grant(
        "settlement.see_payables",
        roles=[*mediators, Role.AUDITOR],
        where=_own_organisation,
    )
    grant("settlement.see_batches", roles=[Role.OPERATOR, Role.AUDITOR])
    grant("settlement.prepare_batch", roles=[Role.OPERATOR])
    grant("settlement.approve_batch", roles=[Role.OPERATOR])
    grant("settlement.hold_payments", roles=[Role.OPERATOR])
    grant(
        "settlement.see_claims",
        roles=[Role.COMMISSIONER, Role.AUDITOR],
        where=_own_organisation,
    )
    grant("settlement.change_account", roles=[Role.MANAGER], where=_managed)
    reading = [Role.MANAGER, Role.COMMISSIONER, Role.AUDITOR]
    grant("billing.see_invoices", roles=reading, where=_own)
    grant("billing.see_invoice", roles=reading, where=_exchanged_invoice)
    grant("billing.issue_invoices", roles=[Role.MANAGER], where=_managed)
    _declare_tills(mediators)
    grant("billing.refund", roles=[Role.MANAGER, Role.OPERATOR], where=_managed_registration)
    _declare_statements(mediators)


def _declare_statements(mediators: list[Role]) -> None:
    """Who reads what a party was charged and paid, and what is held on a person.

    The manager of a place that helped answers a person who asks for everything held on her: it is
    the place she was told to ask, and the file tells of other places too, so a mediator may not.
    """
    grant(
        "observatory.see_statements",
        roles=[Role.MANAGER, Role.COMMISSIONER, Role.OPERATOR, Role.AUDITOR],
        where=_stated,
    )
    grant("observatory.see_year_of_help", roles=mediators, where=_own_registration)
    grant("observatory.export_person", roles=[Role.MANAGER], where=_own_registration)


def _declare_projects() -> None:
    """Carriers open files; whoever is a member of one reads it, writes in it or runs it."""
    grant("projects.open", roles=[Role.CARRIER], where=_own)
    grant("projects.see_schemes", roles=EVERY_ROLE)
    grant("projects.add_scheme", roles=[Role.CARRIER, Role.STEWARD, Role.OPERATOR])
    grant("projects.keep_schemes", roles=[Role.STEWARD, Role.OPERATOR])
    grant("projects.see", roles=EVERY_ROLE, where=_on_project(MemberRight.READER))
    grant("projects.write", roles=EVERY_ROLE, where=_on_project(MemberRight.EDITOR))
    grant("projects.run", roles=EVERY_ROLE, where=_on_project(MemberRight.OWNER))


def _declare_tills(mediators: list[Role]) -> None:
    """Mediators only record, who is named manager holds the money, the accountant signs."""
    grant("billing.open_till", roles=[Role.MANAGER], where=_own)
    grant("billing.run_till", roles=[Role.MANAGER], where=_of_its_till)
    grant("billing.record_at_till", roles=mediators, where=_at_till())
    grant("billing.hold_till", roles=mediators, where=_at_till(Duty.MANAGER))
    grant("billing.sign_till", roles=[Role.ACCOUNTANT], where=_of_its_till)
    grant(
        "billing.see_till",
        roles=[*mediators, Role.ACCOUNTANT, Role.AUDITOR],
        where=_sees_till,
    )


def _declare_organisations() -> None:
    """Who runs an organisation and its places, and what a steward decides about them."""
    grant("accounts.manage_members", roles=[Role.MANAGER], where=_own)
    grant("accounts.invite_manager", roles=[Role.STEWARD, Role.OPERATOR])
    grant("accounts.use_tokens", roles=[Role.MANAGER, Role.OPERATOR])
    grant("agreements.offer_hours", roles=[Role.COMMISSIONER], where=_own)
    grant("billing.attest_home_help", roles=[Role.MANAGER], where=_managed)
    grant("billing.set_price", roles=[Role.MANAGER], where=_own_place)
    grant("billing.run_surveys", roles=[Role.MANAGER], where=_own_place)
    grant(
        "billing.note_prices",
        roles=[Role.MEDIATOR, Role.MANAGER, Role.PRESCRIBER, Role.STEWARD],
    )
    grant("billing.review_prices", roles=[Role.STEWARD], where=_seen_there)
    grant("billing.advise_ceilings", roles=[Role.STEWARD], where=_covers)
    grant("directory.run_place", roles=[Role.MANAGER], where=_own_place)
    grant("directory.close_place", roles=[Role.MANAGER, Role.STEWARD], where=_own_or_in_territory)
    grant("directory.qualify_place", roles=[Role.STEWARD], where=_in_territory)
    grant("directory.import_places", roles=[Role.STEWARD])
    grant("directory.undo_import", roles=[Role.STEWARD])
    grant("observatory.see_decisions", roles=[Role.STEWARD])
    grant("kernel.sign_rules", roles=[Role.STEWARD])
    grant("observatory.see_compliance", roles=[Role.MANAGER, Role.CARRIER], where=_own)
