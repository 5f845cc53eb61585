-- Why a voucher cannot pay this act, or NULL when it can. The words are the outcomes of
-- vouchers_redeem and vouchers_quote; the rule is the one its lot was prepared with.
CREATE OR REPLACE FUNCTION vouchers_refusal(
    p_voucher vouchers_voucher, p_lot vouchers_lot,
    p_provider bigint, p_on date, p_service text, p_territories bigint[]
) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp
AS $body$
    SELECT CASE
        WHEN p_voucher.state = 'void' THEN 'lost'
        WHEN p_voucher.state = 'blocked' THEN 'blocked'
        WHEN p_voucher.state = 'spent' OR p_voucher.remaining_cents = 0 THEN 'spent'
        WHEN p_on > p_lot.use_until OR p_lot.state = 'closed' THEN 'expired'
        WHEN p_voucher.state = 'created' OR p_lot.state <> 'active' THEN 'not_active'
        WHEN cardinality(p_lot.provider_ids) > 0 AND NOT p_provider = ANY (p_lot.provider_ids)
            THEN 'place'
        WHEN cardinality(p_lot.services) > 0 AND NOT p_service = ANY (p_lot.services)
            THEN 'service'
        WHEN NOT coalesce(p_lot.territory_ids && p_territories, false) THEN 'territory'
    END
$body$;
