"""Sign-in rules: accounts are opened by invitation only."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up alone: a place's manager or the operator invites."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This password does not go with this address. Check capital letters."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse open registration."""
        return False
