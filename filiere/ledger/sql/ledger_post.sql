-- One posting group: see ledger_post_many, which alone knows how to write the journal.
CREATE OR REPLACE FUNCTION ledger_post(
    p_key text, p_kind text,
    p_debits text[], p_credits text[], p_amounts bigint[], p_units text[],
    p_occurred_at timestamptz, p_posted_at timestamptz, p_actor text,
    p_reason text DEFAULT '', p_reverses uuid DEFAULT NULL
) RETURNS uuid
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
    SELECT posted_group FROM ledger_post_many(
        ARRAY[p_key], ARRAY[p_kind], ARRAY[p_occurred_at], ARRAY[p_reason], ARRAY[p_reverses],
        array_fill(1, ARRAY[cardinality(p_debits)]),
        p_debits, p_credits, p_amounts, p_units, p_posted_at, p_actor
    )
$body$;
