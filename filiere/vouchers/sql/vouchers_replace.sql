-- Void a lost voucher and issue its heir with exactly what was left, funder by funder. The heir is
-- a booklet of one, entrusted to whoever kept the lost one.
-- The outcome is 'replaced', 'unknown' or a refusal word; only 'replaced' writes anything.
CREATE OR REPLACE FUNCTION vouchers_replace(
    p_serial bigint, p_new_serial bigint, p_mac bytea, p_pin_mac bytea, p_on date
) RETURNS TABLE (outcome text, last_day date)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_lost vouchers_voucher;
    v_lot vouchers_lot;
    v_refusal text;
    v_kept record;
BEGIN
    -- The series first, here as wherever numbers are given: nobody waits for it holding a voucher.
    IF p_new_serial <> vouchers_next_serial() THEN
        RAISE EXCEPTION 'number % does not follow the series', p_new_serial
              USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_series_continuous';
    END IF;
    SELECT * INTO v_lost FROM vouchers_voucher WHERE serial = p_serial FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::date;
        RETURN;
    END IF;
    SELECT * INTO STRICT v_lot FROM vouchers_lot WHERE id = v_lost.lot_id;
    v_refusal := CASE
        WHEN v_lost.state = 'void' THEN 'lost'
        WHEN v_lost.state = 'created' THEN 'not_active'
        WHEN v_lost.state IN ('blocked', 'spent', 'expired') THEN v_lost.state
        WHEN p_on > v_lot.use_until THEN 'expired'
        WHEN v_lot.state <> 'active' THEN 'not_active'
        WHEN EXISTS (
            SELECT FROM vouchers_recall recall
             WHERE recall.lifted_at IS NULL
               AND (recall.lot_id = v_lot.id
                    OR v_lost.serial BETWEEN recall.serial_from AND recall.serial_to)
        ) THEN 'recalled'
    END;
    IF v_refusal IS NOT NULL THEN
        RETURN QUERY SELECT v_refusal, v_lot.use_until;
        RETURN;
    END IF;

    UPDATE vouchers_voucher
       SET state = 'void', remaining_cents = 0,
           left_parts = array_fill(0::bigint, ARRAY[cardinality(left_parts)])
     WHERE id = v_lost.id;
    INSERT INTO vouchers_voucher (lot_id, serial, code_mac, pin_mac, face_cents, remaining_cents,
                                  tranche_ids, face_parts, left_parts,
                                  state, holder_id, handed_out_at, handed_out_by_id, replaces_id)
    SELECT v_lost.lot_id, p_new_serial, p_mac, p_pin_mac, v_lost.remaining_cents,
           v_lost.remaining_cents, kept.tranches, kept.cents, kept.cents,
           v_lost.state, v_lost.holder_id, v_lost.handed_out_at, v_lost.handed_out_by_id, v_lost.id
      FROM (SELECT array_agg(tranche ORDER BY rank) AS tranches, array_agg(cents ORDER BY rank) AS cents
              FROM unnest(v_lost.tranche_ids, v_lost.left_parts)
                   WITH ORDINALITY AS part (tranche, cents, rank)
             WHERE cents > 0) AS kept;

    SELECT * INTO v_kept FROM vouchers_booklet
     WHERE serial_from <= p_serial ORDER BY serial_from DESC LIMIT 1;
    INSERT INTO vouchers_booklet (lot_id, number, serial_from, serial_to, custodian_id,
                                  entrusted_at)
    VALUES (v_lost.lot_id,
            (SELECT max(number) + 1 FROM vouchers_booklet WHERE lot_id = v_lost.lot_id),
            p_new_serial, p_new_serial, v_kept.custodian_id, v_kept.entrusted_at);
    RETURN QUERY SELECT 'replaced', v_lot.use_until;
END
$body$;
