-- What each part of a voucher gives of an amount: in proportion to what is left of it, by largest
-- remainder, ties to the first. No part is ever overdrawn and all are exhausted together
-- (filiere.rules.money.take_in_proportion). p_left adds up to p_before, p_taken is at most that.
CREATE OR REPLACE FUNCTION vouchers_take(p_left bigint[], p_taken bigint, p_before bigint)
RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $body$
DECLARE
    v_cents bigint[] := p_left;
    v_rests bigint[] := p_left;
    v_odd bigint := p_taken;
    v_largest int;
BEGIN
    IF p_taken = p_before THEN
        RETURN p_left;
    END IF;
    FOR v_rank IN 1 .. cardinality(p_left) LOOP
        IF p_before < 3000000000 THEN  -- the product holds in 63 bits
            v_cents[v_rank] := p_taken * p_left[v_rank] / p_before;
            v_rests[v_rank] := p_taken * p_left[v_rank] % p_before;
        ELSE
            v_cents[v_rank] := div(p_taken::numeric * p_left[v_rank], p_before);
            v_rests[v_rank] := mod(p_taken::numeric * p_left[v_rank], p_before);
        END IF;
        v_odd := v_odd - v_cents[v_rank];
    END LOOP;
    WHILE v_odd > 0 LOOP
        v_largest := 1;
        FOR v_rank IN 2 .. cardinality(v_rests) LOOP
            IF v_rests[v_rank] > v_rests[v_largest] THEN v_largest := v_rank; END IF;
        END LOOP;
        v_cents[v_largest] := v_cents[v_largest] + 1;
        v_rests[v_largest] := -1;
        v_odd := v_odd - 1;
    END LOOP;
    RETURN v_cents;
END
$body$;
