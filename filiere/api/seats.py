"""A seat by its printed reference, for whoever may act on it."""

from filiere.agenda import queries as agenda
from filiere.agenda.models import Registration
from filiere.api.security import SignedIn
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import require


def own_registration(request: SignedIn, ref: str, action: str) -> Registration:
    """Find a seat by its printed reference, if the caller may do ``action`` on it.

    Raises:
        NotFound: no seat bears this reference.
        NotAllowed: it is another place's.
    """
    found = agenda.registration_by_ref(ref)
    if found is None:
        raise NotFound(reference=ref)
    require(request.user, action, found)
    return found
