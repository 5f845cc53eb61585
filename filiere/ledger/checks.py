"""What must always be true of the journal, re-added from its transfers."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

INVARIANTS = (
    Invariant(
        "ledger.group_has_transfers",
        "Every posting group has at least one transfer.",
        """
        SELECT g.key, 'no transfer' FROM ledger_postinggroup g
         WHERE NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.group_id = g.id)
         ORDER BY g.key
        """,
    ),
    Invariant(
        "ledger.transfer_has_group",
        "Every transfer belongs to a posting group.",
        """
        SELECT t.id::text, 'its group is missing' FROM ledger_transfer t
         WHERE NOT EXISTS (SELECT FROM ledger_postinggroup g WHERE g.id = t.group_id)
         ORDER BY t.id
        """,
    ),
    Invariant(
        "ledger.transfer_amount_positive",
        "Every transfer moves an amount above zero.",
        """
        SELECT t.id::text, t.amount::text FROM ledger_transfer t WHERE t.amount < 1
         ORDER BY t.id
        """,
    ),
    Invariant(
        "ledger.transfer_one_unit",
        "Every transfer stays within one unit of account.",
        """
        SELECT t.id::text, t.unit FROM ledger_transfer t
          LEFT JOIN ledger_account debited ON debited.id = t.debit_account_id
          LEFT JOIN ledger_account credited ON credited.id = t.credit_account_id
         WHERE t.unit IS DISTINCT FROM debited.unit OR t.unit IS DISTINCT FROM credited.unit
         ORDER BY t.id
        """,
    ),
    Invariant(
        "ledger.guarded_balance_is_its_sum",
        "Every guarded balance is the sum of its account's transfers.",
        """
        SELECT account.code, format('stored %s, transfers %s', guard.balance, sums.total)
          FROM ledger_guardedbalance guard
          JOIN ledger_account account ON account.id = guard.account_id
         CROSS JOIN LATERAL (
                SELECT coalesce((SELECT sum(amount) FROM ledger_transfer
                                  WHERE credit_account_id = account.id), 0)
                     - coalesce((SELECT sum(amount) FROM ledger_transfer
                                  WHERE debit_account_id = account.id), 0) AS total) sums
         WHERE guard.balance <> sums.total
         ORDER BY account.code
        """,
    ),
    Invariant(
        "ledger.guarded_balance_within_bounds",
        "Every guarded balance is within its bounds.",
        """
        SELECT account.code, guard.balance::text
          FROM ledger_guardedbalance guard
          JOIN ledger_account account ON account.id = guard.account_id
         WHERE guard.balance - guard.held < guard.floor OR guard.balance > guard.ceiling
         ORDER BY account.code
        """,
    ),
    Invariant(
        "ledger.held_is_its_holds",
        "What is set aside on an account is the sum of its open holds.",
        """
        SELECT account.code, format('stored %s, holds %s', guard.held, coalesce(kept.total, 0))
          FROM ledger_guardedbalance guard
          JOIN ledger_account account ON account.id = guard.account_id
          LEFT JOIN (SELECT h.debit_account_id, sum(h.amount) AS total FROM ledger_hold h
                      WHERE NOT EXISTS (
                            SELECT FROM ledger_holdresolution r WHERE r.hold_id = h.id)
                      GROUP BY h.debit_account_id) kept ON kept.debit_account_id = account.id
         WHERE guard.held <> coalesce(kept.total, 0)
         ORDER BY account.code
        """,
    ),
    Invariant(
        "ledger.capture_is_its_transfer",
        "What was taken of a hold is what was posted, and at most what was set aside.",
        """
        SELECT h.key, format('held %s, taken %s, posted %s', h.amount, r.amount, t.amount)
          FROM ledger_holdresolution r
          JOIN ledger_hold h ON h.id = r.hold_id
          LEFT JOIN ledger_transfer t ON t.group_id = r.posting_group_id
         WHERE r.outcome = 'captured'
           AND (r.amount > h.amount OR t.amount IS DISTINCT FROM r.amount
                OR t.debit_account_id <> h.debit_account_id
                OR t.credit_account_id <> h.credit_account_id)
         ORDER BY h.key
        """,
    ),
    Invariant(
        "ledger.snapshot_is_its_sum",
        "The snapshot of each account is the sum of the transfers it covers.",
        """
        SELECT account.code, format('stored %s, transfers %s', known.balance,
                                    coalesce(sums.total, 0))
          FROM ledger_balancesnapshot known
          JOIN ledger_account account ON account.id = known.account_id
          LEFT JOIN (
                SELECT each.account_id, sum(each.amount) AS total
                  FROM (SELECT credit_account_id, amount, xact FROM ledger_transfer
                         UNION ALL
                        SELECT debit_account_id, -amount, xact FROM ledger_transfer
                       ) AS each (account_id, amount, xact)
                  JOIN ledger_balancesnapshot upto ON upto.account_id = each.account_id
                 WHERE each.xact < upto.upto_xact
                 GROUP BY each.account_id) sums ON sums.account_id = known.account_id
         WHERE known.balance <> coalesce(sums.total, 0)
         ORDER BY account.code
        """,
    ),
    Invariant(
        "ledger.written_by_this_server",
        "Nothing in the journal bears the number of a transaction yet to come.",
        """
        SELECT late.name, format('transaction %s: run filiere ledger-restamp', late.xact)
          FROM (SELECT key::text, xact FROM ledger_postinggroup
                 UNION ALL SELECT 'transfer:' || id, xact FROM ledger_transfer
               ) AS late (name, xact)
         WHERE late.xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
           AND late.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
         ORDER BY late.name
        """,
    ),
)
# These compute every digest again.
CHAIN = (
    Invariant(
        "ledger.group_unaltered",
        "Every posting group still holds exactly the transfers that were asked for.",
        """
        SELECT s.key, 'transfers differ from what was asked' FROM (
            SELECT g.key, g.fingerprint, g.kind, g.reverses_id,
                   string_agg(debited.code, E'\\x1f' ORDER BY t.sequence) AS debits,
                   string_agg(credited.code, E'\\x1f' ORDER BY t.sequence) AS credits,
                   string_agg(t.amount::text, E'\\x1f' ORDER BY t.sequence) AS amounts,
                   string_agg(t.unit, E'\\x1f' ORDER BY t.sequence) AS units
              FROM ledger_postinggroup g
              JOIN ledger_transfer t ON t.group_id = g.id
              JOIN ledger_account debited ON debited.id = t.debit_account_id
              JOIN ledger_account credited ON credited.id = t.credit_account_id
             GROUP BY g.id) s
         WHERE s.fingerprint <> ledger_fingerprint_of(
               s.kind, s.reverses_id, s.debits, s.credits, s.amounts, s.units)
         ORDER BY s.key
        """,
    ),
    Invariant(
        "ledger.chain_unbroken",
        "Each seal follows the one before, and its hash is that of its groups.",
        """
        SELECT 'seal:' || link.number, link.what
          FROM (SELECT number,
                       CASE WHEN number <> row_number() OVER (ORDER BY number)
                            THEN 'a seal before it is missing'
                            WHEN previous <> lag(hash, 1, decode(repeat('00', 32), 'hex'))
                                             OVER (ORDER BY number)
                            THEN 'does not follow the seal before'
                            WHEN hash <> ledger_seal_hash(previous, number, sealed_at, digests)
                            THEN 'was altered' END AS what
                  FROM ledger_seal) AS link
         WHERE link.what IS NOT NULL ORDER BY link.number
        """,
    ),
    Invariant(
        "ledger.sealed_unaltered",
        "What was sealed is as it was: no posting group edited, removed or added.",
        """
        WITH sealed AS MATERIALIZED (
            SELECT one.id, one.digest, seal.number
              FROM ledger_seal seal
             CROSS JOIN LATERAL unnest(seal.ids, seal.digests) AS one (id, digest)
        ), written AS (
            SELECT g.id, g.key, g.xact, ledger_group_digest(g) AS digest FROM ledger_postinggroup g
        )
        SELECT coalesce(written.key, 'group:' || sealed.id),
               CASE WHEN written.id IS NULL THEN 'removed, it was in seal ' || sealed.number
                    WHEN sealed.id IS NULL THEN 'added to what was sealed'
                    ELSE 'altered since seal ' || sealed.number END
          FROM written FULL JOIN sealed ON sealed.id = written.id
         WHERE written.id IS NULL
            OR sealed.digest IS DISTINCT FROM written.digest AND sealed.id IS NOT NULL
            OR sealed.id IS NULL AND written.xact < (SELECT max(upto_xact) FROM ledger_seal)
         ORDER BY 1
        """,
    ),
)


def declare() -> None:
    """Register these statements; called once when the app is ready."""
    declare_invariants(*INVARIANTS, *CHAIN)
