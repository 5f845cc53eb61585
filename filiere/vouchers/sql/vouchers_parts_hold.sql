-- Are these whole parts of a total: each within its bounds, all adding up to it, exactly?
-- With p_tops, each part is between 0 and its own top; without, each is above 0. Checked at each
-- write of a voucher and of a movement: a loop costs less than a query over the array.
CREATE OR REPLACE FUNCTION vouchers_parts_hold(
    p_total bigint, p_parts bigint[], p_tops bigint[] DEFAULT NULL
) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $body$
DECLARE
    v_count int := cardinality(p_parts);
    v_sum bigint := 0;
BEGIN
    IF p_tops IS NOT NULL AND cardinality(p_tops) <> v_count THEN
        RETURN false;
    END IF;
    FOR v_rank IN 1 .. v_count LOOP
        IF p_tops IS NULL THEN
            IF p_parts[v_rank] IS NULL OR p_parts[v_rank] < 1 THEN RETURN false; END IF;
        ELSIF p_parts[v_rank] IS NULL OR p_tops[v_rank] IS NULL
              OR p_parts[v_rank] NOT BETWEEN 0 AND p_tops[v_rank] THEN
            RETURN false;
        END IF;
        v_sum := v_sum + p_parts[v_rank];
    END LOOP;
    RETURN v_sum = p_total;
END
$body$;
