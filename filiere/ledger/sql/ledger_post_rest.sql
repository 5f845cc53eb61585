-- The transfers of a new group whose accounts did not exist yet: create these, then write the rest.
CREATE OR REPLACE FUNCTION ledger_post_rest(
    p_group uuid, p_debits text[], p_credits text[], p_amounts bigint[], p_units text[]
) RETURNS bigint[]
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_accounts bigint[];
BEGIN
    INSERT INTO ledger_account (code, unit, kind)
    SELECT DISTINCT a.code COLLATE "C", a.unit COLLATE "C", split_part(a.code, ':', 1)
      FROM unnest(p_debits || p_credits, p_units || p_units) AS a (code, unit)
     WHERE NOT EXISTS (SELECT FROM ledger_account known
                        WHERE known.code = a.code AND known.unit = a.unit)
     ORDER BY 1, 2
        ON CONFLICT (code, unit) DO NOTHING;
    WITH written AS (
        INSERT INTO ledger_transfer
               (group_id, sequence, unit, debit_account_id, credit_account_id, amount)
        SELECT p_group, e.rank, e.unit, debited.id, credited.id, e.amount
          FROM unnest(p_debits, p_credits, p_amounts, p_units)
               WITH ORDINALITY AS e (debit, credit, amount, unit, rank)
         CROSS JOIN LATERAL (SELECT id, ledger_hold_account(id) FROM ledger_account
                              WHERE code = e.debit AND unit = e.unit OFFSET 0) AS debited
         CROSS JOIN LATERAL (SELECT id, ledger_hold_account(id) FROM ledger_account
                              WHERE code = e.credit AND unit = e.unit OFFSET 0) AS credited
         WHERE NOT EXISTS (SELECT FROM ledger_transfer
                            WHERE group_id = p_group AND sequence = e.rank)
         ORDER BY e.rank
        RETURNING debit_account_id, credit_account_id
    )
    SELECT array_agg(debit_account_id) || array_agg(credit_account_id) INTO v_accounts FROM written;
    RETURN v_accounts;
END
$body$;
