-- Undo a posting group by the opposite one. A group is reversed once; nothing is edited.
CREATE OR REPLACE FUNCTION ledger_reverse(
    p_key text, p_group uuid, p_posted_at timestamptz, p_actor text, p_reason text
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_debits text[];
    v_credits text[];
    v_amounts bigint[];
    v_units text[];
BEGIN
    -- The lock makes a second reversal wait for the first, then read it below.
    PERFORM FROM ledger_postinggroup WHERE id = p_group FOR UPDATE;
    IF EXISTS (SELECT FROM ledger_postinggroup WHERE reverses_id = p_group AND key <> p_key) THEN
        RAISE EXCEPTION 'group % is already reversed', p_group
              USING ERRCODE = 'unique_violation', CONSTRAINT = 'postinggroup_reversed_once';
    END IF;
    SELECT array_agg(debited.code ORDER BY t.sequence), array_agg(credited.code ORDER BY t.sequence),
           array_agg(t.amount ORDER BY t.sequence), array_agg(t.unit ORDER BY t.sequence)
      INTO v_debits, v_credits, v_amounts, v_units
      FROM ledger_transfer t
      JOIN ledger_account debited ON debited.id = t.debit_account_id
      JOIN ledger_account credited ON credited.id = t.credit_account_id
     WHERE t.group_id = p_group;
    IF v_debits IS NULL THEN
        RAISE EXCEPTION 'no group bears the id %', p_group
              USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'postinggroup_to_reverse';
    END IF;
    RETURN ledger_post(
        p_key, 'reversal', v_credits, v_debits, v_amounts, v_units,
        p_posted_at, p_posted_at, p_actor, p_reason, p_group
    );
END
$body$;
