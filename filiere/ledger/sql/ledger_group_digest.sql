-- SHA-256 of one posting group, as sealed: these texts joined by the unit separator (0x1f), in UTF-8;
-- the sizes of its two free texts come first, so that no text can pass for two. Moments are
-- microseconds since 2000 on 16 hexadecimal digits. The fingerprint stands for the transfers. The
-- number of the transaction is left out: a restore changes it. Without a search path of its own, so
-- that the planner can put it in place.
CREATE OR REPLACE FUNCTION ledger_group_digest(g ledger_postinggroup) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT sha256(
        convert_to(
            concat_ws(
                E'\x1f', octet_length(g.key), octet_length(g.reason), g.id, g.fingerprint, g.kind,
                encode(timestamptz_send(g.occurred_at), 'hex'),
                encode(timestamptz_send(g.posted_at), 'hex'),
                coalesce(g.reverses_id::text, ''), g.actor, g.key, g.reason
            ),
            'UTF8'
        )
    )
$body$;
