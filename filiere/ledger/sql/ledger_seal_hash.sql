-- The link of the chain: SHA-256 of the hash before, then the seal's number, its moment
-- (microseconds since 1970) and its number of groups, then the digests of these in order.
CREATE OR REPLACE FUNCTION ledger_seal_hash(
    p_previous bytea, p_number bigint, p_sealed_at timestamptz, p_digests bytea[]
) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT sha256(
        p_previous
        || convert_to(
            ARRAY[p_number, (extract(epoch FROM p_sealed_at) * 1000000)::bigint,
                  cardinality(p_digests)]::text,
            'UTF8')
        || (SELECT string_agg(d.digest, ''::bytea ORDER BY d.rank)
              FROM unnest(p_digests) WITH ORDINALITY AS d (digest, rank))
    )
$body$;
