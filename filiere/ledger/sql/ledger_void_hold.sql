-- Give a hold back to its account. Asked again it changes nothing; captured or expired, it is refused.
CREATE OR REPLACE FUNCTION ledger_void_hold(p_key text, p_at timestamptz, p_actor text)
RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_open record;
    v_hold ledger_hold;
    v_ended ledger_holdresolution;
BEGIN
    SELECT * INTO v_open FROM ledger_open_hold(p_key);
    v_hold := v_open.held;
    v_ended := v_open.ended;
    IF v_ended.outcome = 'voided' THEN
        RETURN v_hold.id;
    END IF;
    IF v_ended.hold_id IS NOT NULL THEN
        RAISE EXCEPTION 'hold % has ended: %', p_key, v_ended.outcome
              USING ERRCODE = 'unique_violation', CONSTRAINT = 'holdresolution_once',
                    DETAIL = json_build_object('key', p_key, 'on', v_ended.resolved_at)::text;
    END IF;
    INSERT INTO ledger_holdresolution (hold_id, outcome, amount, resolved_at, actor)
    VALUES (v_hold.id, 'voided', 0, p_at, p_actor);
    UPDATE ledger_guardedbalance SET held = held - v_hold.amount
     WHERE account_id = v_hold.debit_account_id;
    RETURN v_hold.id;
END
$body$;
