"""What must always be true of what devices are told, checked on the stored state."""

from filiere.kernel.checks import Invariant

INVARIANTS = (
    Invariant(
        "vouchers.withdrawn_is_told",
        "Devices are told which vouchers are blocked or lost, and no other.",
        """
        SELECT 'voucher:' || voucher.serial, voucher.state, COALESCE(last.kind, 'nothing')
          FROM vouchers_voucher AS voucher
          LEFT JOIN (SELECT DISTINCT ON (voucher_id) voucher_id, kind
                       FROM vouchers_withdrawal ORDER BY voucher_id, id DESC) AS last
            ON last.voucher_id = voucher.id
         WHERE voucher.state = 'blocked' AND last.kind IS DISTINCT FROM 'blocked'
            OR voucher.state = 'void' AND last.kind IS DISTINCT FROM 'lost'
            OR voucher.state IN ('active', 'handed_out', 'spent') AND last.kind IN ('blocked', 'lost')
         ORDER BY voucher.serial
        """,
    ),
)
