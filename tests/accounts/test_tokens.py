import pytest
from django.core.management import CommandError, call_command

from filiere.accounts import services
from filiere.accounts.errors import AccountUnknown, TokenNameTaken, TokenUnknown
from filiere.accounts.models import ApiToken
from tests.agenda.factories import UserFactory

pytestmark = pytest.mark.django_db


def issue(user, at, name="calendar"):
    return services.issue_token(email=user.email, name=name, at=at, actor="test")


def test_issue_token_keeps_only_its_digest(at):
    user = UserFactory()

    token = issue(user, at)

    assert token.startswith("fil_")
    assert len(token) == 68
    assert token not in str(ApiToken.objects.values().get())
    assert services.user_of_token(token=token, at=at) == user


def test_issue_token_refuses_a_live_name_twice(at):
    user = UserFactory()
    issue(user, at)

    with pytest.raises(TokenNameTaken):
        issue(user, at)
    assert ApiToken.objects.count() == 1


def test_issue_token_refuses_an_unknown_or_closed_account(at):
    user = UserFactory(is_active=False)

    for email in (user.email, "nobody@example.org"):
        with pytest.raises(AccountUnknown):
            services.issue_token(email=email, name="x", at=at, actor="test")


def test_revoke_token_closes_it_and_frees_its_name(at):
    user = UserFactory()
    token = issue(user, at)

    services.revoke_token(email=user.email.upper(), name="calendar", at=at, actor="test")

    assert services.user_of_token(token=token, at=at) is None
    assert services.user_of_token(token=issue(user, at), at=at) == user
    with pytest.raises(TokenUnknown):
        services.revoke_token(email=user.email, name="other", at=at, actor="test")


def test_api_token_command_prints_the_token_once(capsys, at):
    user = UserFactory()

    call_command("api_token", user.email, name="calendar")
    token = capsys.readouterr().out.strip()
    assert services.user_of_token(token=token, at=at) == user

    call_command("api_token", user.email, name="calendar", revoke=True)
    assert services.user_of_token(token=token, at=at) is None
    with pytest.raises(CommandError):
        call_command("api_token", "nobody@example.org", name="calendar")
