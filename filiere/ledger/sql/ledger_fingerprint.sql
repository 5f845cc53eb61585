-- SHA-256 (hex) of what a posting group does: its nature, what it reverses, its transfers in order.
-- Who asked and when are left out: a retry a second later is the same request.
CREATE OR REPLACE FUNCTION ledger_fingerprint(
    p_kind text, p_reverses uuid,
    p_debits text[], p_credits text[], p_amounts bigint[], p_units text[]
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = public, pg_temp
AS $body$
    SELECT encode(
        sha256(
            convert_to(
                p_kind || E'\n' || coalesce(p_reverses::text, '') || E'\n'
                || array_to_string(p_debits, E'\x1f') || E'\n'
                || array_to_string(p_credits, E'\x1f') || E'\n'
                || array_to_string(p_amounts, E'\x1f') || E'\n'
                || array_to_string(p_units, E'\x1f'),
                'UTF8'
            )
        ),
        'hex'
    )
$body$;
