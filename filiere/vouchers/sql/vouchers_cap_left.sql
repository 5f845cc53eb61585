-- What the holder of a voucher may still use of its programme in the calendar year of an act, in
-- cents; NULL when nothing limits it: no cap, or nobody known to hold it. With p_lock, uses by one
-- holder wait for each other until the end of the transaction.
CREATE OR REPLACE FUNCTION vouchers_cap_left(
    p_voucher vouchers_voucher, p_lot vouchers_lot, p_on date, p_lock boolean
) RETURNS bigint
LANGUAGE plpgsql
AS $body$
BEGIN
    IF p_lot.cap_cents_per_person_year IS NULL OR p_voucher.holder_id IS NULL THEN
        RETURN NULL;
    END IF;
    IF p_lock THEN
        PERFORM pg_advisory_xact_lock(
            hashtextextended('vouchers.holder:' || p_voucher.holder_id, 0));
    END IF;
    RETURN greatest(0, p_lot.cap_cents_per_person_year - (
        SELECT coalesce(sum(movement.amount_cents - coalesce(undone.amount_cents, 0)), 0)
          FROM vouchers_voucher held
          JOIN vouchers_lot lot ON lot.id = held.lot_id
                               AND lot.programme_id = p_lot.programme_id
          JOIN vouchers_movement movement ON movement.voucher_id = held.id
          LEFT JOIN vouchers_reversal undone ON undone.movement_id = movement.id
         WHERE held.holder_id = p_voucher.holder_id
           AND extract(year FROM movement.done_on) = extract(year FROM p_on)
    ));
END
$body$;
