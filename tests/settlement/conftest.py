import itertools

import pytest

from filiere.accounts.models import Membership, Role, User

_numbers = itertools.count(1)


@pytest.fixture
def manager_of():
    """Give an organisation someone who runs it; gives back the user."""

    def give(organisation, role=Role.MANAGER):
        user = User.objects.create_user(f"m{next(_numbers)}@test.example", display_name="Léa")
        Membership.objects.create(user=user, organisation=organisation, role=role)
        return user

    return give
