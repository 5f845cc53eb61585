"""How many requests one caller may send in a minute."""

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import SimpleRateThrottle


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


def address_of(request: HttpRequest) -> str:
    """Give the network address of the caller, as our own proxy saw it if there is one."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        return forwarded.rsplit(",", maxsplit=1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def reading() -> PerCaller:
    """Rate of ordinary operations."""
    return PerCaller("300/min", scope="all")


def guessing() -> PerCaller:
    """Rate of operations that could serve to guess a code, or to fill every seat."""
    return PerCaller("20/min", scope="guess")
