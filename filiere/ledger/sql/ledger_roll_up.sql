-- Add the tail of each account to its snapshot; return how many transfers were added.
--
-- Takes the transactions from where the last roll-up stopped up to the oldest one still running, so
-- that a transfer that commits late, under a number lower than others', is in the tail until the
-- next one. An account nothing moved on keeps its snapshot: its tail is empty.
CREATE OR REPLACE FUNCTION ledger_roll_up(p_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_from bigint;
    v_upto bigint;
    v_rows bigint;
BEGIN
    LOCK TABLE ledger_balancesnapshot IN SHARE ROW EXCLUSIVE MODE;
    SELECT coalesce(max(upto_xact), 0) INTO v_from FROM ledger_balancesnapshot;
    -- Read in one statement, used in the next: all that is below has ended by then.
    v_upto := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    WITH tail AS MATERIALIZED (
        SELECT debit_account_id, credit_account_id, amount FROM ledger_transfer
         WHERE xact >= v_from AND xact < v_upto
    ), rolled AS (
        INSERT INTO ledger_balancesnapshot AS known (account_id, upto_xact, balance, at)
        SELECT account, v_upto, sum(moved), p_at
          FROM (SELECT credit_account_id, amount FROM tail
                 UNION ALL SELECT debit_account_id, -amount FROM tail) AS each (account, moved)
         GROUP BY account
            ON CONFLICT (account_id) DO UPDATE
               SET upto_xact = excluded.upto_xact, balance = known.balance + excluded.balance,
                   at = excluded.at
    )
    SELECT count(*) INTO v_rows FROM tail;
    RETURN v_rows;
END
$body$;
