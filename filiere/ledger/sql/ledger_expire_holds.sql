-- Give back every open hold that ended before a moment; return how many. One being resolved by
-- someone else at this moment is left to them.
CREATE OR REPLACE FUNCTION ledger_expire_holds(p_at timestamptz, p_actor text)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_holds uuid[];
BEGIN
    SELECT array_agg(due.id) INTO v_holds
      FROM (SELECT h.id FROM ledger_hold h
             WHERE h.until < p_at
               AND NOT EXISTS (SELECT FROM ledger_holdresolution r WHERE r.hold_id = h.id)
             ORDER BY h.key FOR UPDATE OF h SKIP LOCKED) AS due;
    -- What another resolved between the reading and the lock keeps its resolution.
    WITH ended AS (
        INSERT INTO ledger_holdresolution (hold_id, outcome, amount, resolved_at, actor)
        SELECT id, 'expired', 0, p_at, p_actor FROM unnest(v_holds) AS id
            ON CONFLICT (hold_id) DO NOTHING
        RETURNING hold_id
    )
    SELECT array_agg(hold_id) INTO v_holds FROM ended;
    PERFORM FROM ledger_guardedbalance
      WHERE account_id IN (SELECT debit_account_id FROM ledger_hold WHERE id = ANY (v_holds))
      ORDER BY account_id FOR NO KEY UPDATE;
    UPDATE ledger_guardedbalance guard SET held = guard.held - freed.amount
      FROM (SELECT debit_account_id, sum(amount) AS amount FROM ledger_hold
             WHERE id = ANY (v_holds) GROUP BY debit_account_id) AS freed
     WHERE guard.account_id = freed.debit_account_id;
    RETURN coalesce(cardinality(v_holds), 0);
END
$body$;
