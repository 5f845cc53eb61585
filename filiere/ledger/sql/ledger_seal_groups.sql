-- Seal every posting group that no open transaction can still precede; return how many.
--
-- Takes the transactions from where the last seal stopped up to the oldest one still running: what
-- they wrote is all there, and nothing more can come. A group that commits late is in a later seal.
-- Groups are cut in blocks, one seal each, which records which and in which order.
-- A clock that steps back does not bring a seal before the one it follows.
CREATE OR REPLACE FUNCTION ledger_seal_groups(p_at timestamptz, p_block int)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_from bigint;
    v_upto bigint;
    v_number bigint;
    v_previous bytea;
    v_at timestamptz;
    v_block record;
    v_rows bigint := 0;
BEGIN
    LOCK TABLE ledger_seal IN SHARE ROW EXCLUSIVE MODE;
    SELECT s.upto_xact, s.number, s.hash, greatest(p_at, s.sealed_at)
      INTO v_from, v_number, v_previous, v_at
      FROM ledger_seal s ORDER BY s.number DESC LIMIT 1;
    IF NOT FOUND THEN
        v_from := 0;
        v_number := 0;
        v_previous := decode(repeat('00', 32), 'hex');
        v_at := p_at;
    END IF;
    -- Read in one statement, used in the next: all that is below has ended by then.
    v_upto := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    FOR v_block IN
        SELECT array_agg(r.id ORDER BY r.id) AS ids, array_agg(r.digest ORDER BY r.id) AS digests
          FROM (SELECT g.id, ledger_group_digest(g) AS digest,
                       (row_number() OVER (ORDER BY g.posted_at, g.id) - 1) / p_block AS block
                  FROM ledger_postinggroup g
                 WHERE g.xact >= v_from AND g.xact < v_upto) AS r
         GROUP BY r.block ORDER BY r.block
    LOOP
        v_number := v_number + 1;
        INSERT INTO ledger_seal (number, rows, ids, digests, previous, hash, sealed_at, upto_xact)
        VALUES (v_number, cardinality(v_block.ids), v_block.ids, v_block.digests, v_previous,
                ledger_seal_hash(v_previous, v_number, v_at, v_block.digests), v_at, v_upto)
        RETURNING hash INTO v_previous;
        v_rows := v_rows + cardinality(v_block.ids);
    END LOOP;
    RETURN v_rows;
END
$body$;
