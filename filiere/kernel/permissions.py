"""Who may do what. Default deny: an action nobody registered is refused to everyone.

Each app registers its actions in ``apps.ready()`` with the roles that hold them. A predicate may
narrow a role to its own objects (a mediator's own place). The access matrix test walks every page
and endpoint against every role and compares with docs/reference/access-matrix.md.
"""

from collections.abc import Callable, Iterable
from typing import Any

import rules

from filiere.kernel.errors import NotAllowed

type_predicate = Callable[[list[Any], Any], bool]


def grant(action: str, *, roles: Iterable[str], where: type_predicate | None = None) -> None:
    """Let holders of any of ``roles`` do ``action``, on objects for which ``where`` is true.

    Args:
        action: ``<app>.<verb_noun>``, e.g. ``settlement.approve_batch``.
        roles: values of ``accounts.Role``.
        where: ``(memberships, object) -> bool``, given only the memberships whose role is among
            ``roles``: a role held for one organisation opens nothing of another. Without it
            the role is enough.
    """
    names = frozenset(roles)

    def predicate(user: Any, subject: Any) -> bool:
        held = [m for m in memberships(user) if m.role in names]
        if not held:
            return False
        return where is None or subject is None or where(held, subject)

    rules.set_perm(action, rules.predicate(predicate, name=action))


def grant_signed_in(action: str) -> None:
    """Let whoever is signed in do ``action``, even before a role was given."""

    def predicate(user: Any, _subject: Any) -> bool:
        return bool(getattr(user, "is_authenticated", False) and user.is_active)

    rules.set_perm(action, rules.predicate(predicate, name=action))


def memberships(user: Any) -> list[Any]:
    """Current memberships of a user, read once per request."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    if not hasattr(user, "current_memberships"):
        user.current_memberships = list(
            user.memberships.filter(ended_on=None).select_related("organisation", "territory")
        )
    return list(user.current_memberships)


def allowed(user: Any, action: str, subject: Any = None) -> bool:
    """Tell whether ``user`` may do ``action`` (on ``subject``). Unknown actions: no."""
    return bool(rules.has_perm(action, user, subject)) if rules.perm_exists(action) else False


def require(user: Any, action: str, subject: Any = None) -> None:
    """Refuse unless ``user`` may do ``action``.

    Raises:
        NotAllowed: no role held by the user carries this action for this object.
    """
    if not allowed(user, action, subject):
        raise NotAllowed(action=action)
