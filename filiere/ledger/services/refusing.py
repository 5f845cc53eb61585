"""What the ledger's database functions refuse, as domain errors."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from filiere.kernel.errors import FiliereError, constraint_of
from filiere.ledger.errors import (
    AccountAlwaysOpen,
    AlreadyReversed,
    AmountRefused,
    CaptureAboveHold,
    GroupUnknown,
    HoldEnded,
    HoldNeedsGuard,
    HoldOver,
    HoldUnknown,
    IdempotencyConflict,
    InsufficientBalance,
    UnitUnknown,
)

# The constraint a function names when it refuses → the refusal it means.
REFUSALS: dict[str, type[FiliereError]] = {
    "account_unit_known": UnitUnknown,
    "postinggroup_same_content": IdempotencyConflict,
    "postinggroup_reversed_once": AlreadyReversed,
    "postinggroup_to_reverse": GroupUnknown,
    "guardedbalance_kind_can_be": AccountAlwaysOpen,
    "guardedbalance_above_floor": InsufficientBalance,
    "guardedbalance_under_ceiling": InsufficientBalance,
    "hold_amount_positive": AmountRefused,
    "hold_guarded": HoldNeedsGuard,
    "hold_known": HoldUnknown,
    "hold_in_time": HoldOver,
    "hold_until_later": HoldOver,
    "holdresolution_once": HoldEnded,
    "holdresolution_within_hold": CaptureAboveHold,
}


@contextmanager
def refusals(**parameters: Any) -> Iterator[None]:
    """Turn what a ledger function refuses into its domain error; also for callers' own SQL.

    Args:
        parameters: what the caller knows of the request, for the sentence; the database's prevail.
    """
    try:
        yield
    except IntegrityError as error:
        refusal = REFUSALS.get(constraint_of(error) or "")
        if refusal is None:
            raise
        raise refusal(**parameters | _detail(error)) from error


def _detail(error: IntegrityError) -> dict[str, Any]:
    """Read the parameters a function left in the DETAIL of its refusal."""
    text = getattr(getattr(error.__cause__, "diag", None), "message_detail", None) or ""
    found = dict(json.loads(text)) if text.startswith("{") else {}
    return {name: _moment(value) for name, value in found.items()}


def _moment(value: Any) -> Any:
    """Read a moment back from JSON; leave the rest."""
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
        return datetime.fromisoformat(value)
    return value
