"""Roles in words, and what each one does."""

from django.utils.translation import gettext_lazy as _

from filiere.accounts.models import Role

ROLE_WORDS = {
    Role.MEDIATOR: _("Mediator"),
    Role.MANAGER: _("Manager"),
    Role.PRESCRIBER: _("Prescriber"),
    Role.COMMISSIONER: _("Funder"),
    Role.STEWARD: _("Territory steward"),
    Role.CARRIER: _("Project carrier"),
    Role.AUDITOR: _("Auditor"),
    Role.OPERATOR: _("Operator"),
    Role.ACCOUNTANT: _("Public accountant"),
}
ROLE_EXAMPLES = {
    Role.MEDIATOR: _("Receives people, opens hours, cashes vouchers"),
    Role.MANAGER: _("Runs the places: hours, prices, team, what is owed"),
    Role.PRESCRIBER: _("Sends people and follows what came of it"),
    Role.ACCOUNTANT: _("Signs the months of a public body’s till"),
}


def role_words(role: str) -> str:
    """Name a role in the reader's language."""
    return str(ROLE_WORDS[Role(role)])
