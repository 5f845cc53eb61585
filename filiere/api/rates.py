"""How many requests one caller may send in a minute."""

from django.http import HttpRequest
from ninja.throttling import SimpleRateThrottle

from filiere.kernel.network import address_of


class PerCaller(SimpleRateThrottle):
    """Counts by account when there is one, else by network address.

    Behind our own proxy the address is the last one of ``X-Forwarded-For``: the earlier ones are
    whatever the caller wrote.
    """

    def __init__(self, rate: str, *, scope: str) -> None:
        self.scope = scope
        super().__init__(rate)

    def get_cache_key(self, request: HttpRequest) -> str:
        """Name the counter of this caller."""
        if request.user.is_authenticated:
            return f"api:{self.scope}:{request.user.pk}"
        return f"api:{self.scope}:{address_of(request)}"


def reading() -> PerCaller:
    """Rate of ordinary operations."""
    return PerCaller("300/min", scope="all")


def guessing() -> PerCaller:
    """Rate of operations that could serve to guess a code, or to fill every seat."""
    return PerCaller("20/min", scope="guess")
