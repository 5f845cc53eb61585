"""One at a time at a till: locking it, and naming what the database refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError

from filiere.billing.errors import TillMonthClosed, TillNotOpen
from filiere.billing.models import Till
from filiere.kernel.errors import translate


def locked_till(till_id: int) -> Till:
    """Lock a till until the end of the transaction, with its organisation."""
    return (
        Till.objects.select_related("organisation").select_for_update(of=("self",)).get(pk=till_id)
    )


def require_open(till: Till, on: date) -> None:
    """Refuse a till that is not open on a day.

    Raises:
        TillNotOpen: it opens later, or was closed.
    """
    if on < till.opened_on or till.closed_on is not None:
        raise TillNotOpen


@contextmanager
def named_refusals() -> Iterator[None]:
    """Turn what the database says of a closed month into its refusal.

    Raises:
        TillMonthClosed: the day is in a month handed over or signed.
    """
    try:
        yield
    except IntegrityError as refused:
        raise translate(refused, {"till_month_open": TillMonthClosed()}) from refused
