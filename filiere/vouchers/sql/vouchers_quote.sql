-- What a voucher could pay now. Reads only; no row when no voucher bears this code.
CREATE OR REPLACE FUNCTION vouchers_quote(
    p_mac bytea, p_provider bigint, p_on date, p_service text, p_territories bigint[]
) RETURNS TABLE (outcome text, voucher_serial bigint, left_cents bigint, last_day date)
LANGUAGE sql STABLE
SET search_path = public, pg_temp
AS $body$
    SELECT coalesce(
               vouchers_refusal(voucher, lot, p_provider, p_on, p_service, p_territories), 'paid'),
           voucher.serial, voucher.remaining_cents, lot.use_until
      FROM vouchers_voucher voucher
      JOIN vouchers_lot lot ON lot.id = voucher.lot_id
     WHERE voucher.code_mac = p_mac
$body$;
