-- First free number of the issuer's continuous series. Held until the end of the transaction, so
-- that the series has no gap and no number is given twice.
CREATE OR REPLACE FUNCTION vouchers_next_serial() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('vouchers_voucher.serial'));
    RETURN (SELECT coalesce(max(serial), 0) + 1 FROM vouchers_voucher);
END
$body$;
