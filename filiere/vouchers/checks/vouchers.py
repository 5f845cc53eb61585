"""What must always be true of vouchers, lots and pockets; pockets are read in the ledger below."""

from filiere.kernel.checks import Invariant

INVARIANTS = (
    Invariant(
        "vouchers.voucher_remaining_is_face_less_movements",
        "What is left of a voucher is its face less its movements, or passed to its heir.",
        """
        SELECT v.serial::text, format('%s left, %s expected', v.remaining_cents, v.face_cents
               - coalesce(m.taken, 0) - coalesce(heir.face_cents, 0))
          FROM vouchers_voucher v
          LEFT JOIN (SELECT paid.voucher_id,
                            sum(paid.amount_cents - coalesce(undone.amount_cents, 0)) AS taken
                       FROM vouchers_movement paid
                       LEFT JOIN vouchers_reversal undone ON undone.movement_id = paid.id
                      GROUP BY paid.voucher_id) m ON m.voucher_id = v.id
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
        SELECT serial::text, format('parts %s of %s left', left_parts, remaining_cents)
          FROM vouchers_voucher
         WHERE NOT vouchers_parts_hold(remaining_cents, left_parts, face_parts)
            OR NOT vouchers_parts_hold(face_cents, face_parts, face_parts)
            OR cardinality(tranche_ids) <> cardinality(face_parts)
         ORDER BY serial
        """,
    ),
    Invariant(
        "vouchers.movement_parts_add_up",
        "The parts of a movement add up to it.",
        """
        SELECT id::text, format('parts %s of %s', given_parts, amount_cents)
          FROM vouchers_movement
         WHERE NOT vouchers_parts_hold(amount_cents, given_parts)
            OR cardinality(tranche_ids) <> cardinality(given_parts)
         ORDER BY occurred_at, id
        """,
    ),
    Invariant(
        "vouchers.reversal_undoes_its_movement",
        "A use undone gives back its whole amount, and its transfers undo those of the use.",
        """
        SELECT undone.movement_id::text, format('%s given back of %s', undone.amount_cents,
                                                paid.amount_cents)
          FROM vouchers_reversal undone
          JOIN vouchers_movement paid ON paid.id = undone.movement_id
          JOIN ledger_postinggroup g ON g.id = undone.posting_group_id
         WHERE undone.amount_cents <> paid.amount_cents
            OR g.reverses_id IS DISTINCT FROM paid.posting_group_id
         ORDER BY undone.reversed_at, undone.movement_id
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
          LEFT JOIN (SELECT v.lot_id, p.tranche_id, sum(p.cents) AS cents
                       FROM vouchers_voucher v
                      CROSS JOIN LATERAL unnest(v.tranche_ids, v.face_parts)
                            AS p (tranche_id, cents)
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
        "Each pocket holds what is left on the vouchers it pays, less what closing gave back.",
        """
        WITH held AS (
            SELECT 'pocket:' || v.lot_id || ':' || p.tranche_id AS code,
                   sum(p.cents) AS cents
              FROM vouchers_voucher v
              JOIN vouchers_lot lot ON lot.id = v.lot_id AND lot.state <> 'draft'
             CROSS JOIN LATERAL unnest(v.tranche_ids, v.left_parts) AS p (tranche_id, cents)
             GROUP BY 1
        ), booked AS (
            SELECT account.code, sum(CASE WHEN t.credit_account_id = account.id
                                          THEN t.amount ELSE -t.amount END) AS cents
              FROM ledger_account account
              JOIN ledger_transfer t ON account.id IN (t.credit_account_id, t.debit_account_id)
              JOIN ledger_postinggroup g ON g.id = t.group_id
             WHERE account.kind = 'pocket' AND g.kind NOT IN ('closing', 'late_return')
             GROUP BY account.id
        )
        SELECT code, format('%s on vouchers, %s in the ledger', held.cents, booked.cents)
          FROM held FULL JOIN booked USING (code)
         WHERE coalesce(held.cents, 0) <> coalesce(booked.cents, 0)
         ORDER BY code
        """,
    ),
    Invariant(
        "vouchers.pocket_gives_back_what_it_holds",
        "No pocket gives back more than it holds, nor before its lot is closed.",
        """
        SELECT account.code, format('%s left, %s given back, lot %s',
                   sum(CASE WHEN t.credit_account_id = account.id THEN t.amount ELSE -t.amount END),
                   coalesce(sum(t.amount) FILTER (WHERE g.kind IN ('closing', 'late_return')), 0),
                   lot.state)
          FROM ledger_account account
          JOIN vouchers_lot lot ON lot.id = split_part(account.code, ':', 2)::bigint
          JOIN ledger_transfer t ON account.id IN (t.credit_account_id, t.debit_account_id)
          JOIN ledger_postinggroup g ON g.id = t.group_id
         WHERE account.kind = 'pocket'
         GROUP BY account.id, lot.id
        HAVING sum(CASE WHEN t.credit_account_id = account.id THEN t.amount ELSE -t.amount END) < 0
            OR lot.state <> 'closed'
               AND bool_or(g.kind IN ('closing', 'late_return'))
         ORDER BY account.code
        """,
    ),
    Invariant(
        "vouchers.voucher_in_one_booklet",
        "Every voucher is in one booklet of its lot.",
        """
        SELECT v.serial::text, 'in no booklet of its lot'
          FROM vouchers_voucher v
          LEFT JOIN LATERAL (SELECT lot_id, serial_to FROM vouchers_booklet
                              WHERE serial_from <= v.serial
                              ORDER BY serial_from DESC LIMIT 1) b ON true
         WHERE b.lot_id IS DISTINCT FROM v.lot_id OR b.serial_to < v.serial
         UNION ALL
        SELECT serial_from::text, 'in two booklets'
          FROM (SELECT serial_from, lag(serial_to) OVER (ORDER BY serial_from) AS before
                  FROM vouchers_booklet) following
         WHERE before >= serial_from
         ORDER BY 1
        """,
    ),
    Invariant(
        "vouchers.movement_is_its_transfers",
        "The transfers of a movement's group are its parts, cent for cent, to its provider.",
        """
        WITH said AS (
            SELECT m.posting_group_id AS id, 'pocket:' || v.lot_id || ':' || p.tranche_id AS source,
                   'payable:' || m.provider_id || ':tranche:' || p.tranche_id AS target,
                   p.cents
              FROM vouchers_movement m
              JOIN vouchers_voucher v ON v.id = m.voucher_id
             CROSS JOIN LATERAL unnest(m.tranche_ids, m.given_parts) AS p (tranche_id, cents)
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
