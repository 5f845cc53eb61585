-- One posting group, by the shortest way: what ledger_post_many does, for one group, to the letter.
--
-- A key already posted with the same content gives back its group and moves nothing; with another
-- content it is refused. Accounts are created on first use. Each account that could be guarded is
-- held, so that whoever starts guarding it waits, or is seen; then guarded balances are locked in
-- the order of their accounts. Transfers have no foreign keys (see docs/decisions/0015): their group and accounts are
-- those found here.
CREATE OR REPLACE FUNCTION ledger_post(
    p_key text, p_kind text,
    p_debits text[], p_credits text[], p_amounts bigint[], p_units text[],
    p_occurred_at timestamptz, p_posted_at timestamptz, p_actor text,
    p_reason text DEFAULT '', p_reverses uuid DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
AS $body$
DECLARE
    v_fingerprint text;
    v_first text;
    v_group uuid := gen_random_uuid();
    v_entries int := cardinality(p_amounts);
    v_is_open boolean := ledger_is_open(p_debits) AND ledger_is_open(p_credits);
    v_is_new boolean;
    v_written int;
    v_accounts bigint[];
BEGIN
    IF array_position(p_amounts, NULL) IS NOT NULL
       OR 1 > ANY (p_amounts) OR 1000000000000000 < ANY (p_amounts) THEN
        RAISE EXCEPTION 'an amount is not between 1 and 10^15'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_amount_positive';
    END IF;
    IF v_entries IS NULL OR v_entries = 0 THEN
        RAISE EXCEPTION 'a group has no transfer'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'postinggroup_has_transfers';
    END IF;

    v_fingerprint := ledger_fingerprint(p_kind, p_reverses, p_debits, p_credits, p_amounts, p_units);
    -- A concurrent post of the same key waits here, then finds the other's group below.
    -- OFFSET 0: each account is looked up by its code, whatever the planner thinks of their number.
    WITH posted AS (
        INSERT INTO ledger_postinggroup
               (id, key, fingerprint, kind, occurred_at, posted_at, actor, reason, reverses_id)
        VALUES (v_group, p_key, v_fingerprint, p_kind, p_occurred_at, p_posted_at, p_actor,
                p_reason, p_reverses)
            ON CONFLICT (key) DO NOTHING
        RETURNING id
    ), written AS (
        INSERT INTO ledger_transfer
               (group_id, sequence, unit, debit_account_id, credit_account_id, amount)
        SELECT posted.id, e.rank, e.unit, debited.id, credited.id, e.amount
          FROM posted
         CROSS JOIN unnest(p_debits, p_credits, p_amounts, p_units)
               WITH ORDINALITY AS e (debit, credit, amount, unit, rank)
         CROSS JOIN LATERAL (SELECT id, CASE WHEN NOT v_is_open THEN ledger_hold_account(id) END
                               FROM ledger_account
                              WHERE code = e.debit AND unit = e.unit OFFSET 0) AS debited
         CROSS JOIN LATERAL (SELECT id, CASE WHEN NOT v_is_open THEN ledger_hold_account(id) END
                               FROM ledger_account
                              WHERE code = e.credit AND unit = e.unit OFFSET 0) AS credited
        RETURNING debit_account_id, credit_account_id
    )
    SELECT EXISTS (SELECT FROM posted), count(*),
           array_agg(debit_account_id) || array_agg(credit_account_id)
      INTO v_is_new, v_written, v_accounts FROM written;
    IF NOT v_is_new THEN
        SELECT id, fingerprint INTO STRICT v_group, v_first
          FROM ledger_postinggroup WHERE key = p_key;
        IF v_first <> v_fingerprint THEN
            RAISE EXCEPTION 'key % was posted with another content', p_key
                  USING ERRCODE = 'unique_violation', CONSTRAINT = 'postinggroup_same_content',
                        DETAIL = json_build_object('key', p_key)::text;
        END IF;
        RETURN v_group;
    END IF;
    IF v_written < v_entries THEN
        v_accounts := v_accounts || ledger_post_rest(
            v_group, p_debits, p_credits, p_amounts, p_units);
    END IF;
    IF NOT v_is_open
       AND EXISTS (SELECT FROM ledger_guardedbalance WHERE account_id = ANY (v_accounts)) THEN
        PERFORM ledger_post_guarded(v_accounts, p_debits, p_credits, p_amounts, p_units);
    END IF;
    RETURN v_group;
END
$body$;
