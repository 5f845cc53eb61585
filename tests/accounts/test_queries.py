import pytest

from filiere.accounts import queries, services
from filiere.accounts.models import Membership, Role
from tests.agenda.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_organisations_without_manager_finds_every_word(at):
    OrganisationFactory(name="Médiathèque de Guéret", folded="mediatheque de gueret")
    other = OrganisationFactory(name="Médiathèque d'Ahun", folded="mediatheque d'ahun")

    assert list(queries.organisations_without_manager(text="AHUN médiathèque")) == [other]
    assert queries.organisations_without_manager().count() == 2


def test_members_of_leaves_out_ended_roles_and_takes_one_query(at, django_assert_num_queries):
    organisation = OrganisationFactory()
    for name in ("Zoé", "Ali"):
        Membership.objects.create(
            user=UserFactory(display_name=name), organisation=organisation, role=Role.MEDIATOR
        )
    Membership.objects.create(
        user=UserFactory(), organisation=organisation, role=Role.MANAGER, ended_on=at.date()
    )

    with django_assert_num_queries(1):
        names = [one.user.display_name for one in queries.members_of(organisation.pk)]
    assert names == ["Ali", "Zoé"]


def test_has_account_ignores_case(at):
    UserFactory(email="nadia@example.org")

    assert queries.has_account("NADIA@example.org")
    assert not queries.has_account("autre@example.org")


def test_live_tokens_leaves_out_revoked_ones_and_other_people_s(at):
    user, other = UserFactory(), UserFactory()
    for name in ("a", "b"):
        services.issue_token(email=user.email, name=name, at=at, actor="x")
    services.issue_token(email=other.email, name="c", at=at, actor="x")
    services.revoke_token(email=user.email, name="a", at=at, actor="x")

    assert [one.name for one in queries.live_tokens(user.pk)] == ["b"]
