-- Take all or part of a hold; the rest goes back to its account. NULL takes all of it.
--
-- The same capture asked again gives back its group; any other end of the same hold is refused.
CREATE OR REPLACE FUNCTION ledger_capture_hold(
    p_key text, p_amount bigint, p_at timestamptz, p_actor text
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_open record;
    v_hold ledger_hold;
    v_ended ledger_holdresolution;
    v_amount bigint;
    v_debit text;
    v_credit text;
    v_group uuid;
BEGIN
    SELECT * INTO v_open FROM ledger_open_hold(p_key);
    v_hold := v_open.held;
    v_ended := v_open.ended;
    v_amount := coalesce(p_amount, v_hold.amount);
    IF v_ended.hold_id IS NOT NULL THEN
        IF v_ended.outcome = 'captured' AND v_ended.amount = v_amount THEN
            RETURN v_ended.posting_group_id;
        END IF;
        RAISE EXCEPTION 'hold % has ended: %', p_key, v_ended.outcome
              USING ERRCODE = 'unique_violation', CONSTRAINT = 'holdresolution_once',
                    DETAIL = json_build_object('key', p_key, 'on', v_ended.resolved_at)::text;
    END IF;
    IF v_amount < 1 THEN
        RAISE EXCEPTION 'an amount is not between 1 and 10^15'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_amount_positive';
    END IF;
    IF v_amount > v_hold.amount THEN
        RAISE EXCEPTION 'hold % is for less', p_key
              USING ERRCODE = 'check_violation', CONSTRAINT = 'holdresolution_within_hold',
                    DETAIL = json_build_object('amount', v_amount, 'held', v_hold.amount)::text;
    END IF;
    IF p_at > v_hold.until THEN
        RAISE EXCEPTION 'hold % is over', p_key
              USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_in_time',
                    DETAIL = json_build_object('key', p_key, 'until', v_hold.until)::text;
    END IF;

    -- Both accounts then both balances, each in order: as a posting does.
    PERFORM FROM ledger_account WHERE id IN (v_hold.debit_account_id, v_hold.credit_account_id)
      ORDER BY id FOR KEY SHARE;
    PERFORM FROM ledger_guardedbalance
      WHERE account_id IN (v_hold.debit_account_id, v_hold.credit_account_id)
      ORDER BY account_id FOR NO KEY UPDATE;
    UPDATE ledger_guardedbalance SET held = held - v_hold.amount
     WHERE account_id = v_hold.debit_account_id;
    SELECT code INTO STRICT v_debit FROM ledger_account WHERE id = v_hold.debit_account_id;
    SELECT code INTO STRICT v_credit FROM ledger_account WHERE id = v_hold.credit_account_id;
    v_group := ledger_post(
        'capture:' || p_key, 'capture', ARRAY[v_debit], ARRAY[v_credit], ARRAY[v_amount],
        ARRAY[v_hold.unit::text], p_at, p_at, p_actor
    );
    INSERT INTO ledger_holdresolution (hold_id, outcome, amount, posting_group_id, resolved_at, actor)
    VALUES (v_hold.id, 'captured', v_amount, v_group, p_at, p_actor);
    RETURN v_group;
END
$body$;
