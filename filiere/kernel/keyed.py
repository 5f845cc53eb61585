"""A request sent twice with the same key is done once, and answered the same.

For what is not idempotent by nature: booking opens a new file each time, so does a referral.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError
from filiere.kernel.models import KeyedAnswer

KEPT = timedelta(days=2)
FORGOTTEN_AT_ONCE = 100
KEY_LENGTHS = (16, 100)


class KeyNotPossible(FiliereError):
    """A key so short that two people may choose the same."""

    code = "kernel.key_not_possible"
    message = _("The idempotency key must have %(least)s to %(most)s characters.")
    remedy = _("Send a new random key for each action, for example a UUID.")


class KeyReused(FiliereError):
    """The key came before with another request."""

    code = "kernel.key_reused"
    message = _("This idempotency key was already used for another request.")
    remedy = _("Send a new key for a new action; repeat a key only with the same request.")
    http_status = 409


def once(
    *,
    actor: str,
    key: str,
    operation: str,
    request: bytes,
    at: datetime,
    act: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Do ``act`` and keep its answer; the same key and request again give that answer.

    A concurrent repeat waits for the first. A refusal keeps nothing: it may be tried again.

    Args:
        actor: whose key it is; two actors never share one.
        key: 16 to 100 characters, chosen by the caller.
        operation: stable name of what is asked.
        request: everything that tells one request from another; only a digest is kept.
        act: writes through services, each in its own transaction; gives JSON.

    Raises:
        KeyNotPossible: too short or too long.
        KeyReused: the key came with another operation or request.
        FiliereError: as ``act``.
    """
    least, most = KEY_LENGTHS
    if not least <= len(key) <= most:
        raise KeyNotPossible(least=least, most=most)
    digest = salted_hmac("filiere.kernel.keyed", request, algorithm="sha256").hexdigest()
    refusal: FiliereError | None = None
    with transaction.atomic():
        _forget_old(at)
        kept, is_new = KeyedAnswer.objects.get_or_create(
            actor=actor,
            key=key,
            defaults={"operation": operation, "digest": digest, "at": at},
        )
        if not is_new:
            if (kept.operation, kept.digest) != (operation, digest):
                raise KeyReused
            return dict(kept.answer or {})
        try:
            kept.answer = act()
        except FiliereError as error:
            refusal = error
            kept.delete()
        else:
            kept.save(update_fields=["answer"])
    if refusal is not None:
        raise refusal
    return dict(kept.answer or {})


def _forget_old(at: datetime) -> None:
    """Delete some answers kept too long; rows another request is deleting are left to it."""
    old = (
        KeyedAnswer.objects.select_for_update(skip_locked=True)
        .filter(at__lt=at - KEPT)
        .order_by("at")
        .values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]
    )
    KeyedAnswer.objects.filter(pk__in=list(old)).delete()
