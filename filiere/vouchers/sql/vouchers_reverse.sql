-- Undo one redemption: the voucher and each funder's part get back exactly what it took, the
-- provider is owed as much less. Once: asked again, the answer is the first reversal.
--
-- The outcome is 'reversed' or 'unknown'. A spent voucher can be used again; one that is void,
-- blocked or expired keeps its state and only holds the money, for its lot to give back at closing.
CREATE OR REPLACE FUNCTION vouchers_reverse(
    p_movement uuid, p_reason text, p_at timestamptz, p_actor text
) RETURNS TABLE (outcome text, is_first boolean, voucher_serial bigint, lot bigint,
                 lot_state text, given_back_cents bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_movement vouchers_movement;
    v_voucher vouchers_voucher;
    v_lot vouchers_lot;
    v_group uuid;
    v_is_first boolean;
BEGIN
    SELECT * INTO v_movement FROM vouchers_movement WHERE id = p_movement;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', false, NULL::bigint, NULL::bigint, NULL::text, 0::bigint;
        RETURN;
    END IF;
    SELECT * INTO STRICT v_voucher FROM vouchers_voucher
     WHERE id = v_movement.voucher_id FOR NO KEY UPDATE;
    SELECT * INTO STRICT v_lot FROM vouchers_lot WHERE id = v_voucher.lot_id;
    v_is_first := NOT EXISTS (SELECT FROM vouchers_reversal WHERE movement_id = p_movement);
    IF v_is_first THEN
        v_group := ledger_reverse(
            'undo:' || p_movement, v_movement.posting_group_id, p_at, p_actor, p_reason);
        UPDATE vouchers_voucher
           SET remaining_cents = remaining_cents + v_movement.amount_cents,
               left_parts = ARRAY(
                   SELECT part.held + coalesce(taken.cents, 0)
                     FROM unnest(tranche_ids, left_parts)
                          WITH ORDINALITY AS part (tranche, held, rank)
                     LEFT JOIN unnest(v_movement.tranche_ids, v_movement.given_parts)
                               AS taken (tranche, cents) ON taken.tranche = part.tranche
                    ORDER BY part.rank),
               state = CASE WHEN state <> 'spent' THEN state
                            WHEN handed_out_at IS NULL THEN 'active' ELSE 'handed_out' END
         WHERE id = v_voucher.id;
        INSERT INTO vouchers_reversal (movement_id, amount_cents, reason, reversed_at, actor,
                                       posting_group_id)
        VALUES (p_movement, v_movement.amount_cents, p_reason, p_at, p_actor, v_group);
    END IF;
    RETURN QUERY SELECT 'reversed', v_is_first, v_voucher.serial, v_lot.id, v_lot.state::text,
                        v_movement.amount_cents;
END
$body$;
