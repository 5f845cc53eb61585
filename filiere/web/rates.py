"""How often one network address may do what needs no account, as taking every seat would."""

from datetime import datetime

from django.core.cache import cache
from django.http import HttpRequest

from filiere.kernel.network import address_of
from filiere.web.errors import TooOften

MOST = 20
SECONDS = 60


def refuse_too_many(request: HttpRequest, scope: str, *, at: datetime) -> None:
    """Count one more, by minute.

    Raises:
        TooOften: more than 20 in this minute from this address.
    """
    minute = int(at.timestamp()) // SECONDS
    key = f"web:{scope}:{address_of(request)}:{minute}"
    cache.add(key, 0, timeout=2 * SECONDS)
    if cache.incr(key) > MOST:
        raise TooOften
