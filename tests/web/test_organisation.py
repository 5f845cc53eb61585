"""Teams, invitations, tokens, and the organisation one acts for, through the pages."""

import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from filiere.accounts.models import ApiToken, Membership, Role, User
from filiere.accounts.services import user_of_token
from filiere.kernel.models import AuditEntry
from filiere.persons.outbox import send_waiting
from tests.agenda.factories import OrganisationFactory, UserFactory
from tests.conftest import AT

pytestmark = pytest.mark.django_db
PASSWORD = "un fil vert et long 2026"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def member(role, organisation=None, **person):
    return Membership.objects.create(
        user=UserFactory(**person), organisation=organisation or OrganisationFactory(), role=role
    )


def send_invitation(client, email="nadia@example.org", role="mediator"):
    """Invite through the page; give the address the message carries."""
    answer = client.post(reverse("members"), {"email": email, "role": role})
    assert answer.status_code == 302
    send_waiting(at=AT, reader="worker")
    return re.search(r"/invitation/\S+", mail.outbox[-1].body)[0]


def test_a_manager_invites_a_colleague_who_opens_an_account(client):
    manager = member(Role.MANAGER)
    client.force_login(manager.user)
    address = send_invitation(client)
    assert "nadia@example.org" in client.get(reverse("members")).content.decode()
    client.logout()

    page = client.get(address).content.decode()
    assert manager.organisation.name in page
    answer = client.post(
        address, {"display_name": "Nadia", "password1": PASSWORD, "password2": PASSWORD}
    )

    assert answer.url == reverse("desk")
    held = Membership.objects.get(user__email="nadia@example.org")
    assert (held.organisation, held.role) == (manager.organisation, "mediator")
    assert client.get(reverse("day")).status_code == 200
    client.logout()
    assert client.get(address).status_code == 410
    assert client.login(email="nadia@example.org", password=PASSWORD)


def test_an_invitation_refuses_a_weak_password_and_keeps_the_name(client):
    client.force_login(member(Role.MANAGER).user)
    address = send_invitation(client)
    client.logout()

    answer = client.post(
        address, {"display_name": "Nadia", "password1": "court", "password2": "court"}
    )

    assert answer.status_code == 422
    assert 'value="Nadia"' in answer.content.decode()
    assert not User.objects.filter(email="nadia@example.org").exists()


def test_a_known_address_signs_in_before_it_accepts(client):
    client.force_login(member(Role.MANAGER).user)
    known = UserFactory(email="nadia@example.org")
    address = send_invitation(client)

    assert "quelqu’un d’autre" in client.get(address).content.decode()
    client.logout()
    assert reverse("account_login") in client.get(address).content.decode()
    client.post(address, {"display_name": "X", "password1": PASSWORD, "password2": PASSWORD})
    assert not known.memberships.exists()

    client.force_login(known)
    assert client.post(address).url == reverse("desk")
    assert known.memberships.get().role == "mediator"


def test_members_page_says_kindly_that_the_role_is_held(client):
    manager = member(Role.MANAGER)
    client.force_login(manager.user)

    answer = client.post(reverse("members"), {"email": manager.user.email, "role": "manager"})

    assert answer.status_code == 422
    assert "a déjà ce rôle" in answer.content.decode()


def test_a_manager_takes_a_role_back_but_not_the_last_manager_s(client):
    manager = member(Role.MANAGER)
    colleague = member(Role.MEDIATOR, manager.organisation)
    client.force_login(manager.user)

    assert client.get(reverse("member_remove", args=[colleague.pk])).status_code == 200
    assert client.post(reverse("member_remove", args=[colleague.pk])).status_code == 302
    refused = client.post(reverse("member_remove", args=[manager.pk]))

    colleague.refresh_from_db()
    assert colleague.ended_on == AT.date()
    assert refused.status_code == 409
    assert "dernier responsable" in refused.content.decode()


def test_a_manager_of_another_organisation_changes_nothing(client):
    manager, stranger = member(Role.MANAGER), member(Role.MANAGER)
    client.force_login(manager.user)
    send_invitation(client)
    invitation = manager.organisation.invitations.get()
    client.force_login(stranger.user)

    assert client.post(reverse("member_remove", args=[manager.pk])).status_code == 403
    assert client.post(reverse("invitation_withdraw", args=[invitation.pk])).status_code == 403
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


def test_a_withdrawn_invitation_opens_nothing(client):
    manager = member(Role.MANAGER)
    client.force_login(manager.user)
    address = send_invitation(client)
    invitation = manager.organisation.invitations.get()

    assert client.post(reverse("invitation_withdraw", args=[invitation.pk])).status_code == 302
    client.logout()
    assert client.get(address).status_code == 410


def test_a_steward_invites_the_first_manager_only(client):
    client.force_login(member(Role.STEWARD).user)
    empty = OrganisationFactory(name="Relais d'Ahun", folded="relais d'ahun")
    managed = member(Role.MANAGER).organisation
    page, given = reverse("first_manager"), {"email": "chef@example.org"}

    assert "Relais" in client.get(page, {"q": "ahun"}).content.decode()
    assert client.post(f"{page}?organisation={empty.pk}", given).status_code == 302
    refused = client.post(f"{page}?organisation={managed.pk}", given)

    assert empty.invitations.get().role == "manager"
    assert refused.status_code == 422
    assert "a déjà un responsable" in refused.content.decode()


def test_a_token_is_shown_once_and_revoked(client):
    client.force_login(member(Role.MANAGER).user)
    page = reverse("tokens")

    made = re.search(r"fil_\w{64}", client.post(page, {"name": "agenda"}).content.decode())[0]
    assert user_of_token(token=made, at=AT) is not None
    assert made not in client.get(page).content.decode()
    assert client.post(page, {"name": "agenda"}).status_code == 422

    assert client.post(reverse("token_revoke", args=[ApiToken.objects.get().pk])).status_code == 302
    assert user_of_token(token=made, at=AT) is None


def test_a_token_of_somebody_else_is_not_found(client):
    client.force_login(member(Role.MANAGER).user)
    client.post(reverse("tokens"), {"name": "agenda"})
    client.force_login(member(Role.MANAGER).user)

    answer = client.post(reverse("token_revoke", args=[ApiToken.objects.get().pk]))

    assert answer.status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_someone_of_two_organisations_chooses_which_to_act_for(client):
    first = member(Role.MANAGER, OrganisationFactory(name="Aa", folded="aa"))
    second = Membership.objects.create(
        user=first.user, organisation=OrganisationFactory(name="Bb", folded="bb"), role=Role.MANAGER
    )
    client.force_login(first.user)
    assert client.get(reverse("members")).context["acting"].organisation == first.organisation

    chosen = {"organisation": second.organisation_id, "next": reverse("members")}
    answer = client.post(reverse("acting_choose"), chosen)

    assert answer.url == reverse("members")
    assert client.get(reverse("members")).context["acting"].organisation == second.organisation
    entry = AuditEntry.objects.get(action="web.acting_for_chosen")
    assert entry.subject == f"organisation:{second.organisation_id}"
    send_invitation(client)
    assert second.organisation.invitations.count() == 1


def test_nobody_acts_for_an_organisation_of_others_nor_is_sent_elsewhere(client):
    mine, other = member(Role.MANAGER), OrganisationFactory()
    client.force_login(mine.user)

    assert client.post(reverse("acting_choose"), {"organisation": other.pk}).status_code == 404
    away = {"organisation": mine.organisation_id, "next": "https://mechant.example/"}
    assert client.post(reverse("acting_choose"), away).url == reverse("desk")


def test_the_header_offers_a_choice_only_to_those_who_have_one(client):
    client.force_login(member(Role.MANAGER).user)

    page = client.get(reverse("organisation")).content.decode()

    assert "Vous agissez pour" in page
    assert reverse("acting_choose") not in page
