import datetime

import pytest

from filiere.accounts import inviting, queries
from filiere.accounts.errors import (
    AlreadyMember,
    InvitationForAnother,
    InvitationGone,
    LastManager,
    ManagerExists,
    RoleNotInvited,
)
from filiere.accounts.models import Invitation, Membership, Role, User
from filiere.kernel.models import AuditEntry, OutboxMessage
from tests.agenda.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

WEEK = datetime.timedelta(days=7)
ADDRESS = "nadia@example.org"


def link(token):
    return f"https://filiere.test/invitation/{token}"


def invite(organisation, at, *, email=ADDRESS, role=Role.MEDIATOR):
    """Invite; give the invitation and the token its message carries."""
    made = inviting.invite(
        organisation_id=organisation.pk, email=email, role=role, link=link, at=at, actor="user:1"
    )
    body = OutboxMessage.objects.get(key=f"invitation:{made.pk}").body
    return made, body.split("/invitation/")[1].split()[0]


def member(organisation, role=Role.MANAGER):
    return Membership.objects.create(user=UserFactory(), organisation=organisation, role=role)


def test_invite_writes_a_message_and_keeps_only_the_digest(at):
    organisation = OrganisationFactory(name="Médiathèque")

    made, token = invite(organisation, at, email=" Nadia@Example.ORG ")

    message = OutboxMessage.objects.get()
    assert message.recipient == ADDRESS
    assert "Médiathèque" in message.subject
    assert len(token) == 64
    assert token not in str(Invitation.objects.values().get())
    assert made.expires_at == at + WEEK
    assert AuditEntry.objects.get(action="accounts.invited").detail["role"] == "mediator"


def test_invite_again_withdraws_the_older_link(at):
    organisation = OrganisationFactory()
    _first, old = invite(organisation, at)
    second, new = invite(organisation, at)

    assert list(queries.open_invitations(organisation.pk, at=at)) == [second]
    assert queries.invitation_of(new, at=at) == second
    with pytest.raises(InvitationGone):
        queries.invitation_of(old, at=at)


def test_invite_refuses_a_wider_role_and_a_role_already_held(at):
    organisation = OrganisationFactory()
    held = member(organisation)

    with pytest.raises(RoleNotInvited):
        invite(organisation, at, role=Role.OPERATOR)
    with pytest.raises(AlreadyMember):
        invite(organisation, at, email=held.user.email.upper(), role=Role.MANAGER)
    assert not Invitation.objects.exists()


def test_accept_invitation_opens_an_account_once(at):
    organisation = OrganisationFactory()
    _made, token = invite(organisation, at)

    held = inviting.accept_invitation(
        token=token, at=at, display_name="Nadia Toumi", password="un fil vert 2026"
    )

    assert (held.organisation, held.role) == (organisation, Role.MEDIATOR)
    assert held.user.email == ADDRESS
    assert held.user.check_password("un fil vert 2026")
    with pytest.raises(InvitationGone):
        inviting.accept_invitation(token=token, at=at, display_name="X", password="y")
    assert User.objects.count() == 1


def test_accept_invitation_gives_a_known_account_its_role_when_it_is_signed_in(at):
    user = UserFactory(email=ADDRESS)
    _made, token = invite(OrganisationFactory(), at)

    for stranger in (None, UserFactory()):
        with pytest.raises(InvitationForAnother):
            inviting.accept_invitation(token=token, at=at, user=stranger, password="x")
    held = inviting.accept_invitation(token=token, at=at, user=user)

    assert held.user == user


def test_accept_invitation_brings_back_a_role_that_ended(at):
    organisation = OrganisationFactory()
    member(organisation)
    held = member(organisation, Role.MEDIATOR)
    inviting.end_membership(membership_id=held.pk, on=at.date(), at=at, actor="user:1")
    _made, token = invite(organisation, at, email=held.user.email)

    again = inviting.accept_invitation(token=token, at=at, user=held.user)

    assert again.pk == held.pk
    assert again.ended_on is None


@pytest.mark.parametrize("late", [WEEK, WEEK * 2])
def test_accept_invitation_refuses_an_old_link(at, late):
    _made, token = invite(OrganisationFactory(), at)

    with pytest.raises(InvitationGone):
        inviting.accept_invitation(token=token, at=at + late, password="x", display_name="y")
    assert not User.objects.exists()


def test_accept_invitation_refuses_a_withdrawn_or_invented_link(at):
    made, token = invite(OrganisationFactory(), at)
    for _twice in range(2):
        inviting.withdraw_invitation(invitation_id=made.pk, at=at, actor="user:1")

    for one in (token, "0" * 64):
        with pytest.raises(InvitationGone):
            inviting.accept_invitation(token=one, at=at, password="x", display_name="y")
    assert AuditEntry.objects.filter(action="accounts.invitation_withdrawn").count() == 1


def test_withdraw_invitation_refuses_one_already_accepted(at):
    made, token = invite(OrganisationFactory(), at)
    inviting.accept_invitation(token=token, at=at, password="x", display_name="y")

    with pytest.raises(InvitationGone):
        inviting.withdraw_invitation(invitation_id=made.pk, at=at, actor="user:1")


def test_invite_first_manager_refuses_an_organisation_that_has_one(at):
    empty, managed = OrganisationFactory(), OrganisationFactory()
    member(managed)
    given = {"email": ADDRESS, "link": link, "at": at, "actor": "user:1"}

    made = inviting.invite_first_manager(organisation_id=empty.pk, **given)
    with pytest.raises(ManagerExists):
        inviting.invite_first_manager(organisation_id=managed.pk, **given)

    assert made.role == Role.MANAGER
    assert list(queries.organisations_without_manager()) == [empty]


def test_end_membership_keeps_the_last_manager(at):
    organisation = OrganisationFactory()
    first, second = member(organisation), member(organisation)
    end = {"on": at.date(), "at": at, "actor": "user:1"}

    for _twice in range(2):
        ended = inviting.end_membership(membership_id=first.pk, **end)
    with pytest.raises(LastManager):
        inviting.end_membership(membership_id=second.pk, **end)

    assert ended.ended_on == at.date()
    assert [one.pk for one in queries.members_of(organisation.pk)] == [second.pk]
    assert AuditEntry.objects.filter(action="accounts.membership_ended").count() == 1


def test_end_membership_lets_a_mediator_leave_the_places(at):
    from tests.agenda.factories import WorkerFactory

    worker = WorkerFactory()
    organisation = worker.place.organisation
    kept = Membership.objects.create(
        user=worker.user, organisation=organisation, role=Role.PRESCRIBER
    )
    held = Membership.objects.create(
        user=worker.user, organisation=organisation, role=Role.MEDIATOR
    )
    end = {"on": at.date(), "at": at, "actor": "user:1"}

    inviting.end_membership(membership_id=held.pk, **end)
    worker.refresh_from_db()
    assert worker.left_on is None

    inviting.end_membership(membership_id=kept.pk, **end)
    worker.refresh_from_db()
    assert worker.left_on == at.date()
