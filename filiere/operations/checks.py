"""Statements that cross apps: the journal against the rows that gave rise to it."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

# Every table whose rows point to the posting group they caused. A group has one origin exactly.
ORIGINS = (
    "SELECT posting_group_id AS g FROM programmes_receipt",
    "SELECT activation_group_id FROM vouchers_lot WHERE activation_group_id IS NOT NULL",
    "SELECT posting_group_id FROM vouchers_movement",
    "SELECT posting_group_id FROM billing_charge WHERE posting_group_id IS NOT NULL",
    "SELECT posting_group_id FROM billing_thirdpartyreceipt",
    "SELECT DISTINCT released_group_id FROM billing_payershare WHERE released_group_id IS NOT NULL",
    "SELECT posting_group_id FROM settlement_paymentorder WHERE posting_group_id IS NOT NULL",
    "SELECT paid_group_id FROM settlement_batch WHERE paid_group_id IS NOT NULL",
)


def declare() -> None:
    """Register the cross-app invariants."""
    origins = " UNION ALL ".join(ORIGINS)
    declare_invariants(
        Invariant(
            "operations.origin_is_unique",
            "No posting group is claimed by two rows.",
            f"SELECT g, count(*) FROM ({origins}) o GROUP BY g HAVING count(*) > 1 ORDER BY g",
        ),
        Invariant(
            "operations.group_has_an_origin",
            "Every posting group was caused by a row of an upper app, or reverses another.",
            f"""
            SELECT p.id, p.key FROM ledger_postinggroup p
              LEFT JOIN ({origins}) o ON o.g = p.id
             WHERE o.g IS NULL AND p.reverses_id IS NULL ORDER BY p.key
            """,
        ),
    )
