-- What a voucher could pay now. Reads only; no row when no voucher bears this code.
CREATE OR REPLACE FUNCTION vouchers_quote(
    p_mac bytea, p_provider bigint, p_on date, p_service text, p_commune bigint,
    p_at timestamptz, p_place bigint
) RETURNS TABLE (outcome text, voucher_serial bigint, left_cents bigint, usable_cents bigint,
                 last_day date)
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_voucher vouchers_voucher;
    v_lot vouchers_lot;
    v_cap bigint;
BEGIN
    SELECT * INTO v_voucher FROM vouchers_voucher WHERE code_mac = p_mac;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO STRICT v_lot FROM vouchers_lot WHERE id = v_voucher.lot_id;
    v_cap := vouchers_cap_left(v_voucher, v_lot, p_on, false);
    RETURN QUERY SELECT
        coalesce(
            vouchers_refusal(v_voucher, v_lot, p_provider, p_on, p_service, p_commune, p_at, NULL,
                             p_place),
            CASE WHEN v_cap = 0 THEN 'cap' ELSE 'paid' END),
        v_voucher.serial, v_voucher.remaining_cents, least(v_voucher.remaining_cents, v_cap),
        v_lot.use_until;
END
$body$;
