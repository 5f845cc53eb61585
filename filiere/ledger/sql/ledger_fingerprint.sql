-- SHA-256 (hex) of what a posting group does: its nature, what it reverses, its transfers in order.
-- Who asked and when are left out: a retry a second later is the same request.
-- Without a search path of its own, so that the planner can put it in place: it names no table.
-- Each of the four lists is joined by the unit separator (0x1f), in the order of the transfers.
CREATE OR REPLACE FUNCTION ledger_fingerprint_of(
    p_kind text, p_reverses uuid, p_debits text, p_credits text, p_amounts text, p_units text
) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT encode(
        sha256(
            convert_to(
                p_kind || E'\n' || coalesce(p_reverses::text, '') || E'\n'
                || p_debits || E'\n' || p_credits || E'\n' || p_amounts || E'\n' || p_units,
                'UTF8'
            )
        ),
        'hex'
    )
$body$;
REVOKE ALL ON FUNCTION ledger_fingerprint_of FROM PUBLIC;

CREATE OR REPLACE FUNCTION ledger_fingerprint(
    p_kind text, p_reverses uuid,
    p_debits text[], p_credits text[], p_amounts bigint[], p_units text[]
) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT ledger_fingerprint_of(
        p_kind, p_reverses, array_to_string(p_debits, E'\x1f'), array_to_string(p_credits, E'\x1f'),
        array_to_string(p_amounts, E'\x1f'), array_to_string(p_units, E'\x1f')
    )
$body$;
