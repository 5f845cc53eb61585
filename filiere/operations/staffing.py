"""Putting people to work: a member of an organisation receives people at one of its places.

Joining touches accounts, directory and agenda; the pages go through here.
"""

from datetime import datetime

from django.db import transaction

from filiere.accounts.inviting import accept_invitation
from filiere.accounts.models import Membership, Role, User
from filiere.agenda import services as agenda
from filiere.agenda.models import Unit
from filiere.directory import services as directory
from filiere.directory.models import Place


@transaction.atomic
def join(
    *,
    token: str,
    at: datetime,
    user: User | None = None,
    display_name: str = "",
    password: str = "",
) -> Membership:
    """Accept an invitation; a mediator whose organisation has one open place starts there.

    Raises:
        FiliereError: as ``accounts.accept_invitation``.
    """
    held = accept_invitation(
        token=token, at=at, user=user, display_name=display_name, password=password
    )
    if held.role == Role.MEDIATOR:
        places = Place.objects.filter(organisation=held.organisation_id, closed_on=None)
        found = list(places.order_by("pk")[:2])
        if len(found) == 1:
            receive_at(place=found[0], user=held.user, at=at, actor=held.user.actor)
    return held


@transaction.atomic
def receive_at(*, place: Place, user: User, at: datetime, actor: str, profession: str = "") -> Unit:
    """Let someone receive people at a place: named on its page, with hours to open. Once is enough.

    Only the first word of the name is made public.
    """
    first_name = (user.display_name.split() or [user.email.split("@")[0]])[0]
    worker = directory.add_worker(
        place=place, user_id=user.pk, public_name=first_name, profession=profession, at=at,
        actor=actor,
    )  # fmt: skip
    return agenda.open_unit(
        place_id=place.pk, name=first_name, worker_id=worker.pk, at=at, actor=actor
    )
