-- Apply what a posting moves to the guarded balances among its accounts, or refuse it.
-- They are locked in the order of their accounts: opposed postings wait and never deadlock.
CREATE OR REPLACE FUNCTION ledger_post_guarded(
    p_accounts bigint[], p_debits text[], p_credits text[], p_amounts bigint[], p_units text[]
) RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_guard record;
BEGIN
    PERFORM FROM ledger_guardedbalance WHERE account_id = ANY (p_accounts)
      ORDER BY account_id FOR NO KEY UPDATE;
    FOR v_guard IN
        SELECT guard.account_id, known.code, net.change, guard.balance, guard.held,
               guard.floor, guard.ceiling
          FROM (SELECT a.code, a.unit, sum(a.amount) AS change
                  FROM (SELECT e.debit, e.unit, -e.amount
                          FROM unnest(p_debits, p_units, p_amounts) AS e (debit, unit, amount)
                         UNION ALL
                        SELECT e.credit, e.unit, e.amount
                          FROM unnest(p_credits, p_units, p_amounts) AS e (credit, unit, amount)
                       ) AS a (code, unit, amount)
                 GROUP BY a.code, a.unit) AS net
         CROSS JOIN LATERAL (SELECT id, code FROM ledger_account
                              WHERE code = net.code AND unit = net.unit OFFSET 0) AS known
          JOIN ledger_guardedbalance guard ON guard.account_id = known.id
         ORDER BY guard.account_id
    LOOP
        IF v_guard.balance + v_guard.change - v_guard.held < v_guard.floor THEN
            RAISE EXCEPTION 'account % would go under its floor', v_guard.code
                  USING ERRCODE = 'check_violation', CONSTRAINT = 'guardedbalance_above_floor',
                        DETAIL = json_build_object('account', v_guard.code, 'missing',
                            v_guard.floor - v_guard.balance - v_guard.change + v_guard.held)::text;
        END IF;
        IF v_guard.balance + v_guard.change > v_guard.ceiling THEN
            RAISE EXCEPTION 'account % would go over its ceiling', v_guard.code
                  USING ERRCODE = 'check_violation', CONSTRAINT = 'guardedbalance_under_ceiling',
                        DETAIL = json_build_object('account', v_guard.code, 'missing',
                            v_guard.balance + v_guard.change - v_guard.ceiling)::text;
        END IF;
        UPDATE ledger_guardedbalance SET balance = balance + v_guard.change
         WHERE account_id = v_guard.account_id;
    END LOOP;
END
$body$;
