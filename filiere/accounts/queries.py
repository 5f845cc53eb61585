"""Reading who works in an organisation, who is invited, and which programs act for whom."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from filiere.accounts.errors import InvitationGone
from filiere.accounts.inviting import digest_of, is_live
from filiere.accounts.models import ApiToken, Invitation, Membership, Organisation, Role, User
from filiere.rules.text import fold


def members_of(organisation_id: int) -> QuerySet[Membership]:
    """Give the current members of an organisation, one row a role, by name."""
    return (
        Membership.objects.filter(organisation=organisation_id, ended_on=None)
        .select_related("user", "organisation")
        .order_by("user__display_name", "user__email", "role")
    )


def open_invitations(organisation_id: int, *, at: datetime) -> QuerySet[Invitation]:
    """Give the invitations that can still be accepted, the newest first."""
    return Invitation.objects.filter(
        organisation=organisation_id, accepted_at=None, withdrawn_at=None, expires_at__gt=at
    ).order_by("-created_at", "-pk")


def invitation_of(token: str, *, at: datetime) -> Invitation:
    """Give the invitation behind a link.

    Raises:
        InvitationGone: unknown, used, withdrawn or too old.
    """
    found = (
        Invitation.objects.select_related("organisation").filter(digest=digest_of(token)).first()
    )
    if found is None or not is_live(found, at):
        raise InvitationGone
    return found


def has_account(email: str) -> bool:
    """Tell whether an address, whatever its case, already signs in here."""
    return User.objects.filter(email=email.strip().lower()).exists()


def organisations_without_manager(*, text: str = "") -> QuerySet[Organisation]:
    """Give the organisations nobody manages whose name holds every word, by name."""
    managed = Membership.objects.filter(
        organisation=OuterRef("pk"), role=Role.MANAGER, ended_on=None, user__is_active=True
    )
    found = Organisation.objects.filter(~Exists(managed))
    for word in fold(text).split():
        found = found.filter(folded__contains=word)
    return found.order_by("folded", "pk")


def live_tokens(user_id: int) -> QuerySet[ApiToken]:
    """Give the tokens that act for someone and are not revoked, the newest first."""
    return ApiToken.objects.filter(user=user_id, revoked_at=None).order_by("-created_at", "-pk")
