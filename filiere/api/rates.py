"""How many requests one caller may send in a minute, counted for all processes together."""

from django.http import HttpRequest
from django.utils import timezone
from ninja.throttling import BaseThrottle

from filiere.kernel.network import address_of
from filiere.kernel.throttle import Pace, ThrottleDown, seconds_to_wait

MINUTE = 60


class PerCaller(BaseThrottle):
    """Counts by account when there is one, else by network address.

    Behind our own proxy the address is the last one of ``X-Forwarded-For``: the earlier ones are
    whatever the caller wrote. ``problems`` words the refusal, from what is left on the request.
    """

    def __init__(self, most: int, *, scope: str) -> None:
        self.scope, self.pace = f"api.{scope}", Pace(most=most, seconds=MINUTE)

    def allow_request(self, request: HttpRequest) -> bool:
        """Count one more; leave the wait, or why nothing can be counted, on the request."""
        known = request.user.is_authenticated
        try:
            wait = seconds_to_wait(
                scope=self.scope,
                caller=f"user:{request.user.pk}" if known else address_of(request),
                pace=self.pace,
                at=timezone.now(),
                open_if_down=known,
            )
        except ThrottleDown as down:
            request.throttle_down = down  # type: ignore[attr-defined]
            return False
        request.seconds_to_wait = max(wait, getattr(request, "seconds_to_wait", 0.0))  # type: ignore[attr-defined]
        return not wait


def reading() -> PerCaller:
    """Rate of ordinary operations."""
    return PerCaller(300, scope="all")


def guessing() -> PerCaller:
    """Rate of operations that could serve to guess a code, or to fill every seat."""
    return PerCaller(20, scope="guess")
