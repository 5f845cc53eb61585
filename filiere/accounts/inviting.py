"""Inviting people into an organisation, and letting them go. Accounts open no other way.

The link of an invitation carries 256 random bits; only their digest is kept. The message leaves
by the outbox, whose text is emptied once it is sent.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext as _

from filiere.accounts.errors import (
    AlreadyMember,
    InvitationForAnother,
    InvitationGone,
    LastManager,
    ManagerExists,
    RoleNotInvited,
)
from filiere.accounts.events import MembershipEnded
from filiere.accounts.models import Invitation, Membership, Organisation, Role, User
from filiere.kernel import services as kernel
from filiere.kernel.events import publish
from filiere.kernel.models import Channel

LIFE = timedelta(days=7)
TOKEN_BYTES = 32
INVITED_ROLES = (Role.MEDIATOR, Role.MANAGER, Role.PRESCRIBER, Role.ACCOUNTANT)
type_link = Callable[[str], str]
type_bytes = Callable[[int], bytes]


def digest_of(token: str) -> str:
    """Give what is kept of a token: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *,
    organisation_id: int,
    email: str,
    role: str,
    link: type_link,
    at: datetime,
    actor: str,
    random_bytes: type_bytes = secrets.token_bytes,
) -> Invitation:
    """Ask someone to join an organisation in one role; the message leaves by the outbox.

    An invitation still open for the same address and role is withdrawn: the newest link counts.

    Args:
        role: mediator, manager, prescriber or public accountant.
        link: gives the full address of the page that accepts a token.
        random_bytes: source of randomness, replaced only by tests.

    Raises:
        RoleNotInvited: another role.
        AlreadyMember: the address holds this role here.
    """
    if role not in INVITED_ROLES:
        raise RoleNotInvited
    organisation = _locked(organisation_id)
    address = email.strip().lower()
    if _current(organisation).filter(user__email=address, role=role).exists():
        raise AlreadyMember(email=address)
    _open(organisation).filter(email=address, role=role).update(withdrawn_at=at)
    token = random_bytes(TOKEN_BYTES).hex()
    made = Invitation.objects.create(
        organisation=organisation, email=address, role=role, digest=digest_of(token),
        invited_by=actor, created_at=at, expires_at=at + LIFE,
    )  # fmt: skip
    _send(made, link(token), at)
    kernel.record(
        actor=actor, action="accounts.invited", subject=f"organisation:{organisation.pk}", at=at,
        invitation=made.pk, role=role,
    )  # fmt: skip
    return made


@transaction.atomic
def invite_first_manager(
    *, organisation_id: int, email: str, link: type_link, at: datetime, actor: str
) -> Invitation:
    """Give an organisation that has no manager its first one; see ``invite``.

    Raises:
        ManagerExists: someone manages it already.
        AlreadyMember: never, since nobody manages it.
    """
    organisation = _locked(organisation_id)
    if _managers(organisation).exists():
        raise ManagerExists(organisation=organisation.name)
    return invite(
        organisation_id=organisation_id, email=email, role=Role.MANAGER, link=link, at=at,
        actor=actor,
    )  # fmt: skip


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, at: datetime, actor: str) -> Invitation:
    """Take an invitation back: its link works no more. Twice is once.

    Raises:
        InvitationGone: it was accepted.
    """
    found = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
    if found.accepted_at is not None:
        raise InvitationGone
    if found.withdrawn_at is None:
        found.withdrawn_at = at
        found.save(update_fields=["withdrawn_at"])
        kernel.record(
            actor=actor, action="accounts.invitation_withdrawn",
            subject=f"organisation:{found.organisation_id}", at=at, invitation=found.pk,
        )  # fmt: skip
    return found


@transaction.atomic
def accept_invitation(
    *,
    token: str,
    at: datetime,
    user: User | None = None,
    display_name: str = "",
    password: str = "",
) -> Membership:
    """Join: open the account if the address has none, then give the role.

    Args:
        user: who is signed in, if anybody; an address that has an account must be signed in.
        display_name: of the new account, 1 to 120 characters.
        password: of the new account, already checked against the rules for passwords.

    Raises:
        InvitationGone: unknown, used, withdrawn or older than seven days.
        InvitationForAnother: somebody else is signed in, or the account must sign in first.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",)).filter(digest=digest_of(token)).first()
    )
    if invitation is None or not is_live(invitation, at):
        raise InvitationGone
    known = User.objects.filter(email=invitation.email).first()
    if known != user:
        raise InvitationForAnother(email=invitation.email)
    joined = known or User.objects.create_user(
        invitation.email, password, display_name=display_name
    )
    held, _created = Membership.objects.update_or_create(
        user=joined, organisation_id=invitation.organisation_id, role=invitation.role,
        defaults={"ended_on": None},
    )  # fmt: skip
    invitation.accepted_at, invitation.accepted_by = at, joined
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    kernel.record(
        actor=joined.actor, action="accounts.invitation_accepted",
        subject=f"organisation:{invitation.organisation_id}", at=at, invitation=invitation.pk,
    )  # fmt: skip
    return held


@transaction.atomic
def end_membership(*, membership_id: int, on: date, at: datetime, actor: str) -> Membership:
    """Take a role back from a day on; ending it twice keeps the first day.

    Raises:
        LastManager: nobody would manage the organisation any more.
    """
    held = Membership.objects.select_related("organisation").get(pk=membership_id)
    organisation = _locked(held.organisation_id)
    held.refresh_from_db(fields=["ended_on"])
    if held.ended_on is not None:
        return held
    if (
        held.role == Role.MANAGER
        and not _managers(organisation).exclude(user_id=held.user_id).exists()
    ):
        raise LastManager(organisation=organisation.name)
    held.ended_on = on
    held.save(update_fields=["ended_on"])
    kernel.record(
        actor=actor, action="accounts.membership_ended", subject=f"user:{held.user_id}", at=at,
        organisation=organisation.pk, role=held.role, on=on.isoformat(),
    )  # fmt: skip
    left = not _current(organisation).filter(user_id=held.user_id).exists()
    publish(MembershipEnded(held.user_id, organisation.pk, left, on, at, actor))
    return held


def is_live(invitation: Invitation, at: datetime) -> bool:
    """Tell whether an invitation can still be accepted."""
    closed = invitation.accepted_at or invitation.withdrawn_at
    return closed is None and at < invitation.expires_at


def _locked(organisation_id: int) -> Organisation:
    """Lock an organisation against other changes of its members."""
    return Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)


def _current(organisation: Organisation) -> models.QuerySet[Membership]:
    return Membership.objects.filter(organisation=organisation, ended_on=None)


def _managers(organisation: Organisation) -> models.QuerySet[Membership]:
    return _current(organisation).filter(role=Role.MANAGER, user__is_active=True)


def _open(organisation: Organisation) -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(organisation=organisation, accepted_at=None, withdrawn_at=None)


def _send(invitation: Invitation, address: str, at: datetime) -> None:
    """Queue the message. It names the organisation, nobody else."""
    words = {"organisation": invitation.organisation.name, "link": address, "days": LIFE.days}
    kernel.enqueue(
        key=f"invitation:{invitation.pk}",
        channel=Channel.EMAIL,
        recipient=invitation.email,
        subject=_("%(organisation)s invites you on Filière") % words,
        body=_(
            "Good day,\n\n%(organisation)s invites you to work with Filière. Open this page within "
            "%(days)s days to choose your password, or to accept with the account you have:\n\n"
            "%(link)s\n\nThe link works once. If you do not know this organisation, ignore this "
            "message: nothing will happen.\n"
        )
        % words,
        at=at,
    )
