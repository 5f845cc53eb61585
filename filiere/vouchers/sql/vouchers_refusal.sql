-- Why a voucher cannot pay this act, or NULL when it can. The words are the outcomes of
-- vouchers_redeem and vouchers_quote; the rule is the one its lot was prepared with.
-- An act done by the last day may still be recorded until the end of the tolerance.
-- In steps, so that what reads no table is judged without planning a query.
CREATE OR REPLACE FUNCTION vouchers_refusal(
    p_voucher vouchers_voucher, p_lot vouchers_lot, p_provider bigint, p_on date,
    p_service text, p_commune bigint, p_at timestamptz, p_device bigint, p_place bigint
) RETURNS text
LANGUAGE plpgsql STABLE
AS $body$
DECLARE
    v_word text := CASE
        WHEN p_voucher.state = 'void' THEN 'lost'
        WHEN p_voucher.state = 'blocked' THEN 'blocked'
        WHEN p_voucher.state = 'expired' OR p_lot.state = 'closed' THEN 'expired'
        WHEN p_voucher.state = 'spent' OR p_voucher.remaining_cents = 0 THEN 'spent'
        WHEN p_on > p_lot.use_until THEN 'expired'
        WHEN (p_at AT TIME ZONE 'Europe/Paris')::date > p_lot.tolerance_until THEN 'late'
        WHEN p_voucher.state = 'created' OR p_lot.state <> 'active' THEN 'not_active'
    END;
BEGIN
    IF v_word IS NOT NULL THEN
        RETURN v_word;
    END IF;
    IF EXISTS (
        SELECT FROM vouchers_recall recall
         WHERE recall.lifted_at IS NULL
           AND (recall.lot_id = p_lot.id
                OR p_voucher.serial BETWEEN recall.serial_from AND recall.serial_to
                OR recall.organisation_id = p_provider OR recall.device_id = p_device)
    ) THEN
        RETURN 'recalled';
    END IF;
    v_word := CASE
        WHEN cardinality(p_lot.provider_ids) > 0 AND NOT p_provider = ANY (p_lot.provider_ids)
            THEN 'place'
        -- Where the act took place is asked for as soon as the programme names places.
        WHEN cardinality(p_lot.place_ids) > 0
             AND (p_place IS NULL OR NOT p_place = ANY (p_lot.place_ids))
            THEN 'place'
        WHEN cardinality(p_lot.services) > 0 AND NOT p_service = ANY (p_lot.services)
            THEN 'service'
        WHEN NOT territories_covers(p_lot.territory_ids, p_commune) THEN 'territory'
        -- Whoever hands out checks the public; nobody has for a voucher never handed out.
        WHEN cardinality(p_lot.publics) > 0 AND p_voucher.handed_out_at IS NULL THEN 'public'
    END;
    RETURN v_word;
END
$body$;
