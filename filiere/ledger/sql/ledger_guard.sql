-- Keep an account's balance within bounds from now on. NULL means no bound on that side.
-- What is held counts as gone for the floor.
-- The account is held exclusively, against ledger_post_many (its row) and ledger_post (its number,
-- see ledger_hold_account), so that the balance starts from every transfer ever posted.
CREATE OR REPLACE FUNCTION ledger_guard(p_code text, p_unit text, p_floor bigint, p_ceiling bigint)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_account bigint;
    v_balance bigint;
    v_held bigint;
BEGIN
    IF ledger_is_open(ARRAY[p_code]) THEN
        RAISE EXCEPTION 'account % is of a kind that is never guarded', p_code
              USING ERRCODE = 'check_violation', CONSTRAINT = 'guardedbalance_kind_can_be',
                    DETAIL = json_build_object('account', p_code)::text;
    END IF;
    INSERT INTO ledger_account (code, unit, kind)
    VALUES (p_code, p_unit, split_part(p_code, ':', 1))
        ON CONFLICT (code, unit) DO NOTHING;
    SELECT id INTO STRICT v_account FROM ledger_account
     WHERE code = p_code AND unit = p_unit FOR UPDATE;
    PERFORM pg_advisory_xact_lock(1818583911, (v_account % 1024)::int);
    SELECT coalesce((SELECT sum(amount) FROM ledger_transfer WHERE credit_account_id = v_account), 0)
         - coalesce((SELECT sum(amount) FROM ledger_transfer WHERE debit_account_id = v_account), 0)
      INTO v_balance;
    SELECT held INTO v_held FROM ledger_guardedbalance WHERE account_id = v_account FOR UPDATE;
    v_held := coalesce(v_held, 0);
    IF v_balance - v_held < p_floor OR v_balance > p_ceiling THEN
        RAISE EXCEPTION 'account % is already outside these bounds', p_code
              USING ERRCODE = 'check_violation', CONSTRAINT = 'guardedbalance_above_floor',
                    DETAIL = json_build_object('account', p_code, 'missing',
                        greatest(p_floor - v_balance + v_held, v_balance - p_ceiling))::text;
    END IF;
    INSERT INTO ledger_guardedbalance (account_id, balance, floor, ceiling)
    VALUES (v_account, v_balance, p_floor, p_ceiling)
        ON CONFLICT (account_id) DO UPDATE SET floor = p_floor, ceiling = p_ceiling;
    RETURN v_balance;
END
$body$;
