"""What must always be true of vouchers, lots and pockets; pockets are read in the ledger below."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

INVARIANTS = (
    Invariant(
        "vouchers.voucher_remaining_is_face_less_movements",
        "What is left of a voucher is its face less its movements, or passed to its heir.",
        """
        SELECT v.serial::text, format('%s left, %s expected', v.remaining_cents, v.face_cents
               - coalesce(m.taken, 0) - coalesce(heir.face_cents, 0))
          FROM vouchers_voucher v
          LEFT JOIN (SELECT voucher_id, sum(amount_cents) AS taken FROM vouchers_movement
                      GROUP BY voucher_id) m ON m.voucher_id = v.id
          LEFT JOIN vouchers_voucher heir ON heir.replaces_id = v.id
         WHERE v.remaining_cents
               <> v.face_cents - coalesce(m.taken, 0) - coalesce(heir.face_cents, 0)
         ORDER BY v.serial
        """,
    ),
    Invariant(
        "vouchers.voucher_parts_add_up",
        "The parts of a voucher add up to it, at issue and now.",
        """
        SELECT v.serial::text, format('parts %s of %s left', p.remaining, v.remaining_cents)
          FROM vouchers_voucher v
          LEFT JOIN (SELECT voucher_id, sum(remaining_cents) AS remaining, sum(face_cents) AS face
                       FROM vouchers_voucherpart GROUP BY voucher_id) p ON p.voucher_id = v.id
         WHERE (p.remaining, p.face) IS DISTINCT FROM (v.remaining_cents::numeric, v.face_cents::numeric)
         ORDER BY v.serial
        """,
    ),
    Invariant(
        "vouchers.movement_parts_add_up",
        "The parts of a movement add up to it.",
        """
        SELECT m.id::text, format('parts %s of %s', p.cents, m.amount_cents)
          FROM vouchers_movement m
          LEFT JOIN (SELECT movement_id, sum(amount_cents) AS cents
                       FROM vouchers_movementpart GROUP BY movement_id) p ON p.movement_id = m.id
         WHERE p.cents IS DISTINCT FROM m.amount_cents::numeric
         ORDER BY m.occurred_at, m.id
        """,
    ),
    Invariant(
        "vouchers.lot_vouchers_are_its_parts",
        "The vouchers of an active lot take from each tranche exactly its part.",
        """
        SELECT format('lot %s tranche %s', part.lot_id, part.tranche_id),
               format('%s issued, %s promised', issued.cents, part.amount_cents)
          FROM vouchers_lotpart part
          JOIN vouchers_lot lot ON lot.id = part.lot_id
          LEFT JOIN (SELECT v.lot_id, p.tranche_id, sum(p.face_cents) AS cents
                       FROM vouchers_voucherpart p JOIN vouchers_voucher v ON v.id = p.voucher_id
                      WHERE v.replaces_id IS NULL GROUP BY 1, 2) issued
            ON issued.lot_id = part.lot_id AND issued.tranche_id = part.tranche_id
         WHERE lot.state <> 'draft' AND issued.cents IS DISTINCT FROM part.amount_cents::numeric
         ORDER BY part.lot_id, part.tranche_id
        """,
    ),
    Invariant(
        "vouchers.lot_parts_are_its_worth",
        "The parts of a lot add up to its number of vouchers times their face.",
        """
        SELECT 'lot ' || lot.id, format('parts %s of %s', sum(part.amount_cents),
                                        lot.count * lot.face_cents)
          FROM vouchers_lot lot LEFT JOIN vouchers_lotpart part ON part.lot_id = lot.id
         GROUP BY lot.id
        HAVING sum(part.amount_cents) IS DISTINCT FROM (lot.count * lot.face_cents)::numeric
         ORDER BY lot.id
        """,
    ),
    Invariant(
        "vouchers.voucher_series_continuous",
        "The numbers of vouchers follow each other without a gap.",
        """
        SELECT serial::text, 'the number before is missing'
          FROM (SELECT serial, lag(serial, 1, 0::bigint) OVER (ORDER BY serial) AS before
                  FROM vouchers_voucher) series
         WHERE serial <> before + 1
         ORDER BY serial
        """,
    ),
    Invariant(
        "vouchers.pocket_is_what_vouchers_hold",
        "Each pocket of the ledger holds exactly what is left on the vouchers it pays.",
        """
        WITH held AS (
            SELECT 'pocket:' || v.lot_id || ':' || p.tranche_id AS code,
                   sum(p.remaining_cents) AS cents
              FROM vouchers_voucherpart p
              JOIN vouchers_voucher v ON v.id = p.voucher_id
              JOIN vouchers_lot lot ON lot.id = v.lot_id AND lot.state <> 'draft'
             GROUP BY 1
        ), booked AS (
            SELECT account.code, sum(CASE WHEN t.credit_account_id = account.id
                                          THEN t.amount ELSE -t.amount END) AS cents
              FROM ledger_account account
              JOIN ledger_transfer t ON account.id IN (t.credit_account_id, t.debit_account_id)
             WHERE account.kind = 'pocket'
             GROUP BY account.id
        )
        SELECT code, format('%s on vouchers, %s in the ledger', held.cents, booked.cents)
          FROM held FULL JOIN booked USING (code)
         WHERE coalesce(held.cents, 0) <> coalesce(booked.cents, 0)
         ORDER BY code
        """,
    ),
    Invariant(
        "vouchers.movement_is_its_transfers",
        "The transfers of a movement's group are its parts, cent for cent, to its provider.",
        """
        WITH said AS (
            SELECT m.posting_group_id AS id, 'pocket:' || v.lot_id || ':' || p.tranche_id AS source,
                   'payable:' || m.provider_id || ':tranche:' || p.tranche_id AS target,
                   p.amount_cents AS cents
              FROM vouchers_movementpart p
              JOIN vouchers_movement m ON m.id = p.movement_id
              JOIN vouchers_voucher v ON v.id = m.voucher_id
        ), booked AS (
            SELECT g.id, debited.code AS source, credited.code AS target, t.amount AS cents
              FROM ledger_postinggroup g
              JOIN ledger_transfer t ON t.group_id = g.id
              JOIN ledger_account debited ON debited.id = t.debit_account_id
              JOIN ledger_account credited ON credited.id = t.credit_account_id
             WHERE g.kind = 'redemption'
        )
        SELECT id::text, format('%s → %s: %s on the movement, %s in the ledger',
                                source, target, said.cents, booked.cents)
          FROM said FULL JOIN booked USING (id, source, target)
         WHERE said.cents IS DISTINCT FROM booked.cents
         ORDER BY 1
        """,
    ),
)


def declare() -> None:
    """Register these statements; called once when the app is ready."""
    declare_invariants(*INVARIANTS)
