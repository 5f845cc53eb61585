"""Who runs an installation after it changed hands: the new operator's people, and nobody else."""

from collections.abc import Sequence
from datetime import datetime

from filiere.accounts.models import Membership, Organisation, OrganisationKind, Role, User
from filiere.kernel.calendar import legal_day
from filiere.rules.text import fold

OWNER = "owner"


def hand_over(*, operators: Sequence[str], organisation: str, at: datetime) -> int:
    """End the role of the former operator's people and open that of the new ones.

    Works in the open transaction of the owner's login. New accounts have no password: each person
    asks for one on the sign-in page.

    Args:
        operators: e-mail addresses, at least one.
        organisation: name of the new operator; found, or made.

    Returns:
        How many people lost the role.
    """
    if not operators:
        raise ValueError("an installation needs an operator")
    held = Membership.objects.using(OWNER).filter(role=Role.OPERATOR, ended_on=None)
    ended = held.update(ended_on=legal_day(at))
    place, _made = Organisation.objects.using(OWNER).get_or_create(
        name=organisation,
        kind=OrganisationKind.OPERATOR,
        defaults={"folded": fold(organisation)},
    )
    for address in operators:
        email = address.strip().lower()
        user = User.objects.using(OWNER).filter(email=email).first()
        if user is None:
            user = User.objects.db_manager(OWNER).create_user(email, display_name=email)
        Membership.objects.using(OWNER).update_or_create(
            user=user, organisation=place, role=Role.OPERATOR, defaults={"ended_on": None}
        )
    return ended
