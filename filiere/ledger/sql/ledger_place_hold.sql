-- Set an amount aside on a guarded account, for one receiver, until a moment. Nothing moves.
--
-- The same key with the same content gives back the first hold, whatever became of it.
CREATE OR REPLACE FUNCTION ledger_place_hold(
    p_key text, p_debit text, p_credit text, p_amount bigint, p_unit text,
    p_until timestamptz, p_at timestamptz, p_actor text
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_debit bigint;
    v_credit bigint;
    v_hold uuid;
    v_first ledger_hold;
    v_guard ledger_guardedbalance;
BEGIN
    IF p_amount IS NULL OR p_amount < 1 OR p_amount > 1000000000000000 THEN
        RAISE EXCEPTION 'an amount is not between 1 and 10^15'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_amount_positive';
    END IF;
    INSERT INTO ledger_account (code, unit, kind)
    VALUES (p_credit, p_unit, split_part(p_credit, ':', 1))
        ON CONFLICT (code, unit) DO NOTHING;
    SELECT id INTO STRICT v_credit FROM ledger_account WHERE code = p_credit AND unit = p_unit;
    SELECT id INTO v_debit FROM ledger_account WHERE code = p_debit AND unit = p_unit;
    -- Without a row for the account there is no guard either.
    IF v_debit IS NULL THEN
        RAISE EXCEPTION 'account % is not guarded', p_debit
              USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_guarded',
                    DETAIL = json_build_object('account', p_debit)::text;
    END IF;
    PERFORM FROM ledger_account WHERE id IN (v_debit, v_credit) ORDER BY id FOR KEY SHARE;

    INSERT INTO ledger_hold
           (id, key, debit_account_id, credit_account_id, unit, amount, held_at, until, actor)
    VALUES (gen_random_uuid(), p_key, v_debit, v_credit, p_unit, p_amount, p_at, p_until, p_actor)
        ON CONFLICT (key) DO NOTHING
    RETURNING id INTO v_hold;
    IF v_hold IS NULL THEN
        SELECT * INTO STRICT v_first FROM ledger_hold WHERE key = p_key;
        IF (v_first.debit_account_id, v_first.credit_account_id, v_first.amount, v_first.until)
           <> (v_debit, v_credit, p_amount, p_until) THEN
            RAISE EXCEPTION 'key % holds another content', p_key
                  USING ERRCODE = 'unique_violation', CONSTRAINT = 'postinggroup_same_content',
                        DETAIL = json_build_object('key', p_key)::text;
        END IF;
        RETURN v_first.id;
    END IF;

    SELECT * INTO v_guard FROM ledger_guardedbalance WHERE account_id = v_debit FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'account % is not guarded', p_debit
              USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_guarded',
                    DETAIL = json_build_object('account', p_debit)::text;
    END IF;
    IF v_guard.balance - v_guard.held - p_amount < v_guard.floor THEN
        RAISE EXCEPTION 'account % does not have this amount free', p_debit
              USING ERRCODE = 'check_violation', CONSTRAINT = 'guardedbalance_above_floor',
                    DETAIL = json_build_object('account', p_debit, 'missing',
                        v_guard.floor - v_guard.balance + v_guard.held + p_amount)::text;
    END IF;
    UPDATE ledger_guardedbalance SET held = held + p_amount WHERE account_id = v_debit;
    RETURN v_hold;
END
$body$;
