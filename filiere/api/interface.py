"""The API object, with the operations of every area."""

from ninja import NinjaAPI

from filiere.api import problems
from filiere.api.operations import (
    agenda,
    bank,
    counter,
    day,
    devices,
    euro,
    finder,
    free_hours,
    invoices,
    places,
    prices,
    projects,
    reference,
    referrals,
    settlement,
    steering,
    tills,
    usage,
    vouchers,
)
from filiere.api.rates import reading
from filiere.api.security import Undeclared

api = NinjaAPI(
    title="Filière",
    version="1",
    urls_namespace="api",
    docs_url=None,
    auth=Undeclared(),
    throttle=[reading()],
    description=(
        "The same services as the pages. Amounts are integer euro cents; moments carry their time"
        " zone; null is “not stated”. A refusal is always a Problem."
    ),
)
problems.attach(api)
for area in (
    reference, finder, places, agenda, day, counter, devices, referrals, vouchers, euro, settlement,
    steering, bank, usage, invoices, prices, free_hours, tills, projects,
):  # fmt: skip
    api.add_router("", area.router)
