"""Everything the observatory tells. It reads all apps and writes nothing.

``follow`` goes down from a funder's money to sessions, ``trace`` up from a payment to its funders,
``board`` gives the three aims, ``reach`` the services near each commune.
"""

from filiere.observatory.board import (
    Board,
    PlaceActivity,
    Sources,
    board,
    sessions_by_place,
)
from filiere.observatory.follow import (
    By,
    Flows,
    Followed,
    Row,
    ServiceAmount,
    flows_of_tranche,
    follow_programme,
    follow_tranche,
    rows_of_tranches,
    without_small_cells,
)
from filiere.observatory.reach import CommuneReach, reach_km, reach_of_communes
from filiere.observatory.trace import (
    PaidOrder,
    Payer,
    ProviderStatement,
    TracedLine,
    TracedOrder,
    given_cents_by_funder,
    payers_of,
    provider_statement,
    spent_cents_by_funder,
    spent_cents_by_third_party,
    trace_charge,
    trace_payment_order,
    traced_cents_by_funder,
    traced_cents_by_third_party,
    who_paid,
)

__all__ = [
    "Board", "By", "CommuneReach", "Flows", "Followed", "PaidOrder", "Payer", "PlaceActivity",
    "ProviderStatement", "Row", "ServiceAmount", "Sources", "TracedLine", "TracedOrder", "board",
    "flows_of_tranche", "follow_programme", "follow_tranche", "given_cents_by_funder", "payers_of",
    "provider_statement", "reach_km", "reach_of_communes", "rows_of_tranches",
    "sessions_by_place", "spent_cents_by_funder", "spent_cents_by_third_party", "trace_charge",
    "trace_payment_order", "traced_cents_by_funder", "traced_cents_by_third_party", "who_paid",
    "without_small_cells",
]  # fmt: skip
