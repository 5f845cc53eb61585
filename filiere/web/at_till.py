"""What other pages say of the till: the receipt of a session, the day of a mediator."""

from typing import Any

from django.http import HttpRequest

from filiere.billing.models import Charge, ChargeState, Till
from filiere.billing.queries import tills as queries
from filiere.kernel.permissions import allowed
from filiere.web.acting import acting

RECORD = "billing.record_at_till"


def of_session(request: HttpRequest, charge: Charge, person_cents: int) -> dict[str, Any]:
    """Tell the receipt of a session whether its payment goes through a till, and is recorded."""
    found = on_paper(charge) if person_cents else {"till": None, "till_receipt": None}
    till = found["till"]
    return found | {"may_record_at_till": till is not None and allowed(request.user, RECORD, till)}


def on_paper(charge: Charge) -> dict[str, Any]:
    """Give the printed receipt the till of a session and what was recorded there, if any."""
    receipt = queries.receipt_of_charge(charge.pk)
    till = receipt.till if receipt else None
    if till is None and charge.state == ChargeState.SPLIT:
        till = queries.till_for(charge)
    return {"till": till, "till_receipt": receipt}


def of_day(request: HttpRequest) -> Till | None:
    """Give the open till of the organisation acted for, when one may record there."""
    here = acting(request)
    till = queries.open_till_of(here.organisation.pk) if here else None
    return till if till is not None and allowed(request.user, RECORD, till) else None
