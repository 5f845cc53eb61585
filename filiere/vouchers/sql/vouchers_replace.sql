-- Void a lost voucher and issue its heir with exactly what was left, funder by funder.
-- The outcome is 'replaced', 'unknown' or a refusal word; only 'replaced' writes anything.
CREATE OR REPLACE FUNCTION vouchers_replace(p_serial bigint, p_mac bytea, p_on date)
RETURNS TABLE (outcome text, new_serial bigint, last_day date)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_lost vouchers_voucher;
    v_lot vouchers_lot;
    v_refusal text;
    v_heir bigint;
    v_serial bigint;
BEGIN
    SELECT * INTO v_lost FROM vouchers_voucher WHERE serial = p_serial FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::bigint, NULL::date;
        RETURN;
    END IF;
    SELECT * INTO STRICT v_lot FROM vouchers_lot WHERE id = v_lost.lot_id;
    v_refusal := CASE
        WHEN v_lost.state IN ('void', 'blocked', 'spent', 'created')
            THEN CASE v_lost.state WHEN 'void' THEN 'lost' WHEN 'created' THEN 'not_active'
                 ELSE v_lost.state END
        WHEN p_on > v_lot.use_until THEN 'expired'
        WHEN v_lot.state <> 'active' THEN 'not_active'
    END;
    IF v_refusal IS NOT NULL THEN
        RETURN QUERY SELECT v_refusal, NULL::bigint, v_lot.use_until;
        RETURN;
    END IF;

    v_serial := vouchers_next_serial();
    UPDATE vouchers_voucher SET state = 'void', remaining_cents = 0 WHERE id = v_lost.id;
    INSERT INTO vouchers_voucher (lot_id, serial, code_mac, face_cents, remaining_cents, state,
                                  holder_id, handed_out_at, handed_out_by_id, replaces_id)
    VALUES (v_lost.lot_id, v_serial, p_mac, v_lost.remaining_cents, v_lost.remaining_cents,
            v_lost.state, v_lost.holder_id, v_lost.handed_out_at, v_lost.handed_out_by_id, v_lost.id)
    RETURNING id INTO v_heir;
    INSERT INTO vouchers_voucherpart (voucher_id, tranche_id, face_cents, remaining_cents)
    SELECT v_heir, tranche_id, remaining_cents, remaining_cents
      FROM vouchers_voucherpart WHERE voucher_id = v_lost.id AND remaining_cents > 0;
    UPDATE vouchers_voucherpart SET remaining_cents = 0 WHERE voucher_id = v_lost.id;
    RETURN QUERY SELECT 'replaced', v_serial, v_lot.use_until;
END
$body$;
