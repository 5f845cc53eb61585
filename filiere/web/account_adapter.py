"""Sign-in rules: accounts are opened by invitation only."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up alone: a place's manager or the operator invites."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse open registration."""
        return False
