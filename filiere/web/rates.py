"""How often one network address may do what needs no account, as taking every seat would."""

import math
from datetime import datetime

from django.http import HttpRequest

from filiere.kernel.network import address_of
from filiere.kernel.throttle import Pace, seconds_to_wait
from filiere.web.errors import TooOften

PACE = Pace(most=20, seconds=60)


def refuse_too_many(request: HttpRequest, scope: str, *, at: datetime) -> None:
    """Count one more, for all the processes of the installation.

    Raises:
        TooOften: more than 20 in a minute from this address.
        ThrottleDown: the counters do not answer, and nobody is signed in.
    """
    wait = seconds_to_wait(
        scope=f"web.{scope}",
        caller=address_of(request),
        pace=PACE,
        at=at,
        open_if_down=request.user.is_authenticated,
    )
    if wait:
        raise TooOften(seconds=math.ceil(wait))
