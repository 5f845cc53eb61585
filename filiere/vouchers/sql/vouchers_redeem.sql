-- Pay one act with one voucher, in one round trip; the only way what is left can be lowered.
--
-- Locks the voucher, then decides. The outcome is a word: 'paid' (now or the first time the same
-- was asked), 'conflict' (this act was already paid otherwise), 'unknown', or a refusal of
-- vouchers_refusal. Only 'paid' for the first time writes anything. Each funder gives in
-- proportion to what is left of its part, by largest remainder, ties to the lowest tranche: no
-- part is ever overdrawn and all are exhausted together (filiere.rules.money.take_in_proportion).
CREATE OR REPLACE FUNCTION vouchers_redeem(
    p_mac bytea, p_reference text, p_provider bigint, p_wanted bigint,
    p_on date, p_service text, p_territories bigint[], p_at timestamptz, p_actor text
) RETURNS TABLE (
    outcome text, voucher_serial bigint, last_day date, movement uuid,
    taken_cents bigint, left_cents bigint, tranches bigint[], cents bigint[]
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
AS $body$
#variable_conflict use_column
DECLARE
    v_voucher vouchers_voucher;
    v_lot vouchers_lot;
    v_first vouchers_movement;
    v_refusal text;
    v_taken bigint;
    v_left bigint;
    v_movement uuid := gen_random_uuid();
    v_parts bigint[];
    v_tranches bigint[];
    v_cents bigint[];
    v_group uuid;
BEGIN
    IF p_wanted IS NULL OR p_wanted < 1 OR p_wanted > 1000000000000000 THEN
        RAISE EXCEPTION 'an amount is not between 1 and 10^15'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_amount_positive';
    END IF;
    SELECT * INTO v_voucher FROM vouchers_voucher WHERE code_mac = p_mac FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::bigint, NULL::date, NULL::uuid, 0::bigint, 0::bigint,
                            NULL::bigint[], NULL::bigint[];
        RETURN;
    END IF;
    SELECT * INTO STRICT v_lot FROM vouchers_lot WHERE id = v_voucher.lot_id;

    SELECT * INTO v_first FROM vouchers_movement
     WHERE voucher_id = v_voucher.id AND reference = p_reference;
    IF FOUND THEN
        IF v_first.provider_id <> p_provider OR v_first.wanted_cents <> p_wanted THEN
            v_refusal := 'conflict';
        ELSE
            RETURN QUERY
            SELECT 'paid', v_voucher.serial, v_lot.use_until, v_first.id, v_first.amount_cents,
                   v_first.left_cents, array_agg(part.tranche_id ORDER BY part.tranche_id),
                   array_agg(part.amount_cents ORDER BY part.tranche_id)
              FROM vouchers_movementpart part WHERE part.movement_id = v_first.id;
            RETURN;
        END IF;
    ELSE
        v_refusal := vouchers_refusal(
            v_voucher, v_lot, p_provider, p_on, p_service, p_territories);
    END IF;
    IF v_refusal IS NOT NULL THEN
        RETURN QUERY SELECT v_refusal, v_voucher.serial, v_lot.use_until, NULL::uuid, 0::bigint,
                            v_voucher.remaining_cents, NULL::bigint[], NULL::bigint[];
        RETURN;
    END IF;

    v_taken := least(p_wanted, v_voucher.remaining_cents);
    v_left := v_voucher.remaining_cents - v_taken;
    SELECT array_agg(share.id ORDER BY share.tranche_id),
           array_agg(share.tranche_id ORDER BY share.tranche_id),
           array_agg((share.base + (share.rank <= share.odd)::int)::bigint ORDER BY share.tranche_id)
      INTO v_parts, v_tranches, v_cents
      FROM (SELECT id, tranche_id, base, v_taken - sum(base) OVER () AS odd,
                   row_number() OVER (ORDER BY rest DESC, tranche_id) AS rank
              FROM (SELECT id, tranche_id,
                           div(v_taken::numeric * remaining_cents, v_voucher.remaining_cents) AS base,
                           mod(v_taken::numeric * remaining_cents, v_voucher.remaining_cents) AS rest
                      FROM vouchers_voucherpart
                     WHERE voucher_id = v_voucher.id AND remaining_cents > 0) AS exact
           ) AS share;

    UPDATE vouchers_voucher
       SET remaining_cents = v_left, state = CASE WHEN v_left = 0 THEN 'spent' ELSE state END
     WHERE id = v_voucher.id;
    UPDATE vouchers_voucherpart part SET remaining_cents = part.remaining_cents - share.cents
      FROM unnest(v_parts, v_cents) AS share (id, cents)
     WHERE part.id = share.id;
    IF v_taken <> (SELECT sum(c) FROM unnest(v_cents) AS c) OR v_left <> (
        SELECT sum(remaining_cents) FROM vouchers_voucherpart WHERE voucher_id = v_voucher.id
    ) THEN
        RAISE EXCEPTION 'the parts of voucher % do not add up', v_voucher.serial
              USING ERRCODE = 'check_violation', CONSTRAINT = 'voucherpart_adds_up';
    END IF;

    SELECT array_agg(tranche ORDER BY tranche), array_agg(amount ORDER BY tranche)
      INTO v_tranches, v_cents
      FROM unnest(v_tranches, v_cents) AS share (tranche, amount) WHERE amount > 0;
    v_group := ledger_post(
        'redeem:' || v_voucher.id || ':' || p_reference, 'redemption',
        (SELECT array_agg('pocket:' || v_lot.id || ':' || t ORDER BY t) FROM unnest(v_tranches) AS t),
        (SELECT array_agg('payable:' || p_provider || ':tranche:' || t ORDER BY t)
           FROM unnest(v_tranches) AS t),
        v_cents, array_fill('EUR'::text, ARRAY[cardinality(v_cents)]),
        p_at, p_at, p_actor
    );
    INSERT INTO vouchers_movement (id, voucher_id, reference, provider_id, wanted_cents,
                                   amount_cents, left_cents, occurred_at, posting_group_id)
    VALUES (v_movement, v_voucher.id, p_reference, p_provider, p_wanted, v_taken, v_left, p_at,
            v_group);
    INSERT INTO vouchers_movementpart (movement_id, tranche_id, amount_cents)
    SELECT v_movement, share.* FROM unnest(v_tranches, v_cents) AS share;

    RETURN QUERY SELECT 'paid', v_voucher.serial, v_lot.use_until, v_movement, v_taken, v_left,
                        v_tranches, v_cents;
END
$body$;
