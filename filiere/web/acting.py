"""Which organisation someone acts for: the one chosen in the header, else the first by name.

Rights come from every membership; lists and new work are of the organisation acted for.
"""

from dataclasses import dataclass

from django.http import HttpRequest

from filiere.accounts.models import Organisation
from filiere.kernel.errors import NotAllowed, NotFound
from filiere.kernel.permissions import memberships

SESSION_KEY = "acting_for"


@dataclass(frozen=True, slots=True)
class Acting:
    """The organisation acted for, all one may act for, and the roles held in this one."""

    organisation: Organisation
    choices: list[Organisation]
    roles: frozenset[str]

    @property
    def has_choice(self) -> bool:
        """Tell whether there is another one to choose."""
        return len(self.choices) > 1


def acting(request: HttpRequest) -> Acting | None:
    """Give who is acted for; None for somebody without role, or not signed in."""
    held = memberships(getattr(request, "user", None))
    mine = {one.organisation_id: one.organisation for one in held}
    if not mine:
        return None
    choices = sorted(mine.values(), key=lambda one: (one.folded, one.pk))
    chosen = mine.get(request.session.get(SESSION_KEY, 0)) or choices[0]
    roles = frozenset(one.role for one in held if one.organisation_id == chosen.pk)
    return Acting(chosen, choices, roles)


def acting_for(request: HttpRequest) -> Organisation:
    """Give the organisation acted for, on a page that only members open.

    Raises:
        NotAllowed: whoever asks belongs to none.
    """
    found = acting(request)
    if found is None:
        raise NotAllowed
    return found.organisation


def choose(request: HttpRequest, organisation_id: int) -> Organisation:
    """Act for another of one's organisations, until the session ends.

    Raises:
        NotFound: one does not belong to it.
    """
    found = acting(request)
    wanted = [one for one in found.choices if one.pk == organisation_id] if found else []
    if not wanted:
        raise NotFound(reference=organisation_id)
    request.session[SESSION_KEY] = organisation_id
    return wanted[0]
