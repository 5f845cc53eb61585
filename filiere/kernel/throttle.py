"""How often one caller may do one thing, counted once for every process of the installation.

The counters live in one unlogged table: a crash of the server empties it, and nothing else is
lost. Callers are stored as keyed digests, never as addresses.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError
from filiere.kernel.models import Throttle

logger = logging.getLogger(__name__)


class ThrottleDown(FiliereError):
    """The counters cannot be read, and the act may be a guess: it is refused."""

    code = "kernel.throttle_down"
    message = _("Filière cannot count attempts at this moment, so it accepts none from here.")
    remedy = _("Wait one minute, then try again. Nothing was changed.")
    http_status = 503


@dataclass(frozen=True, slots=True)
class Pace:
    """At most ``most`` acts at once, and one more each ``seconds / most`` after that."""

    most: int
    seconds: int

    @property
    def window(self) -> timedelta:
        """Time after which a caller who stopped may do ``most`` acts again."""
        return timedelta(seconds=self.seconds)


def seconds_to_wait(
    *, scope: str, caller: str, pace: Pace, at: datetime, open_if_down: bool
) -> float:
    """Count one more act; what is refused counts for nothing.

    Call it outside any transaction: its row stays locked until the end of the one it is in.

    Args:
        scope: what is done, e.g. ``web.booking``; counted apart from the others.
        caller: who does it: an account, or a network address.
        open_if_down: let pass when the counters do not answer within a second. Only for callers
            who are known: whatever may serve to guess stays closed.

    Returns:
        0 when the act may be done, else the seconds after which it may.

    Raises:
        ThrottleDown: the counters do not answer, and ``open_if_down`` is false.
    """
    key = salted_hmac("filiere.kernel.throttle", f"{scope}\0{caller}", algorithm="sha256")
    # Rounded down: ``most`` steps never exceed the window.
    given: list[Any] = [key.hexdigest(), pace.window // pace.most, pace.window, at]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT kernel_admit(%s, %s, %s, %s)", given)
            return float(cursor.fetchone()[0])
    except Error as error:
        logger.warning("attempts cannot be counted: %s", type(error).__name__)
        if open_if_down:
            return 0.0
        raise ThrottleDown from error


def sweep(*, at: datetime) -> int:
    """Forget the callers who may do everything again, and the cache's expired entries.

    The cache holds the sign-in limits of django-allauth. Rows in use are left.

    Returns:
        Number of rows forgotten.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        idle = (
            Throttle.objects.select_for_update(skip_locked=True)
            .filter(busy_until__lt=at)
            .order_by("key")
            .values_list("key", flat=True)
        )
        forgotten = Throttle.objects.filter(key__in=list(idle)).delete()[0]
        cursor.execute("DELETE FROM kernel_cache WHERE expires < %s", [at])
        return forgotten + int(cursor.rowcount)
