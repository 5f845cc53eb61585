-- Pay one act with one voucher, in one round trip; with vouchers_redeem_many, the only way what is
-- left can be lowered.
--
-- Locks the voucher, then decides. The outcome is a word: 'paid' (now or the first time the same
-- was asked), 'conflict' (this act was already paid otherwise), 'reversed' (paid, then undone),
-- 'unknown', 'cap', or a refusal of vouchers_refusal. Only 'paid' for the first time writes
-- anything. Each funder gives in proportion to what is left of its part, by largest remainder, ties
-- to the lowest tranche: no part is ever overdrawn and all are exhausted together
-- (filiere.rules.money.take_in_proportion).
CREATE OR REPLACE FUNCTION vouchers_redeem(
    p_mac bytea, p_reference text, p_provider bigint, p_wanted bigint, p_on date, p_service text,
    p_commune bigint, p_place bigint, p_channel text, p_at timestamptz, p_actor text
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
    v_voucher bigint;
    v_lot bigint;
    v_before bigint;
    v_cap bigint;
    v_refusal text;
    v_first uuid;
    v_taken bigint;
    v_pockets text[];
    v_payables text[];
    v_held bigint[];
    v_rests bigint[];
    v_sum bigint := 0;
    v_odd bigint;
    v_rank int;
    v_group uuid;
BEGIN
    IF p_wanted IS NULL OR p_wanted < 1 OR p_wanted > 1000000000000000 THEN
        RAISE EXCEPTION 'an amount is not between 1 and 10^15'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_amount_positive';
    END IF;
    taken_cents := 0;
    -- Whoever waits here for another use judges the voucher as that use left it.
    SELECT voucher.id, voucher.serial, voucher.remaining_cents, lot.id, lot.use_until,
           lot.cap_cents_per_person_year,
           vouchers_refusal(voucher, lot, p_provider, p_on, p_service, p_commune, p_at, NULL,
                            p_place)
      INTO v_voucher, voucher_serial, v_before, v_lot, last_day, v_cap, v_refusal
      FROM vouchers_voucher voucher JOIN vouchers_lot lot ON lot.id = voucher.lot_id
     WHERE voucher.code_mac = p_mac FOR NO KEY UPDATE OF voucher;
    IF NOT FOUND THEN
        outcome := 'unknown'; left_cents := 0;
        RETURN NEXT;
        RETURN;
    END IF;
    -- After the lock, in a statement of its own: what the other use wrote is seen.
    SELECT (SELECT id FROM vouchers_movement
             WHERE voucher_id = v_voucher AND reference = p_reference),
           array_agg(tranche_id), array_agg(remaining_cents),
           array_agg('pocket:' || v_lot || ':' || tranche_id),
           array_agg('payable:' || p_provider || ':tranche:' || tranche_id)
      INTO v_first, tranches, v_held, v_pockets, v_payables
      FROM (SELECT tranche_id, remaining_cents FROM vouchers_voucherpart
             WHERE voucher_id = v_voucher AND remaining_cents > 0
             ORDER BY tranche_id) AS part;

    IF v_first IS NOT NULL THEN
        RETURN QUERY
        SELECT first.word, voucher_serial, last_day,
               CASE WHEN first.word = 'paid' THEN v_first END,
               CASE WHEN first.word = 'paid' THEN first.amount_cents ELSE 0 END,
               CASE WHEN first.word = 'paid' THEN first.left_cents ELSE v_before END,
               given.tranches, given.cents
          FROM (SELECT *, CASE WHEN provider_id <> p_provider OR wanted_cents <> p_wanted
                                    THEN 'conflict'
                               WHEN EXISTS (SELECT FROM vouchers_reversal
                                             WHERE movement_id = v_first) THEN 'reversed'
                               ELSE 'paid' END AS word
                  FROM vouchers_movement WHERE id = v_first) AS first
          LEFT JOIN LATERAL (
               SELECT array_agg(part.tranche_id ORDER BY part.tranche_id) AS tranches,
                      array_agg(part.amount_cents ORDER BY part.tranche_id) AS cents
                 FROM vouchers_movementpart part
                WHERE part.movement_id = v_first AND first.word = 'paid') AS given ON true;
        RETURN;
    END IF;
    v_taken := least(p_wanted, v_before);
    IF v_refusal IS NULL AND v_cap IS NOT NULL THEN
        v_taken := least(v_taken, (
            SELECT vouchers_cap_left(voucher, lot, p_on, true)
              FROM vouchers_voucher voucher JOIN vouchers_lot lot ON lot.id = v_lot
             WHERE voucher.id = v_voucher));
        v_refusal := CASE WHEN v_taken = 0 THEN 'cap' END;
    END IF;
    left_cents := v_before;
    IF v_refusal IS NOT NULL THEN
        outcome := v_refusal; tranches := NULL;
        RETURN NEXT;
        RETURN;
    END IF;

    -- Rounded down, then one cent more to the largest rests, the lowest tranche first when equal.
    v_odd := v_taken;
    FOR v_rank IN 1 .. coalesce(cardinality(v_held), 0) LOOP
        v_sum := v_sum + v_held[v_rank];
        cents[v_rank] := div(v_taken::numeric * v_held[v_rank], v_before);
        v_rests[v_rank] := mod(v_taken::numeric * v_held[v_rank], v_before);
        v_odd := v_odd - cents[v_rank];
    END LOOP;
    IF v_sum <> v_before THEN
        RAISE EXCEPTION 'the parts of voucher % do not add up', voucher_serial
              USING ERRCODE = 'check_violation', CONSTRAINT = 'voucherpart_adds_up';
    END IF;
    WHILE v_odd > 0 LOOP
        v_rank := 1;
        FOR v_other IN 2 .. cardinality(v_rests) LOOP
            IF v_rests[v_other] > v_rests[v_rank] THEN v_rank := v_other; END IF;
        END LOOP;
        cents[v_rank] := cents[v_rank] + 1;
        v_rests[v_rank] := -1;
        v_odd := v_odd - 1;
    END LOOP;
    IF 0 = ANY (cents) THEN  -- a funder whose share rounds to nothing pays nothing
        SELECT array_agg(share.tranche), array_agg(share.amount), array_agg(share.pocket),
               array_agg(share.payable)
          INTO tranches, cents, v_pockets, v_payables
          FROM unnest(tranches, cents, v_pockets, v_payables)
               AS share (tranche, amount, pocket, payable)
         WHERE share.amount > 0;
    END IF;

    v_group := ledger_post(
        'redeem:' || v_voucher || ':' || p_reference, 'redemption', v_pockets, v_payables, cents,
        array_fill('EUR'::text, ARRAY[cardinality(cents)]), p_at, p_at, p_actor
    );
    outcome := 'paid'; movement := gen_random_uuid(); taken_cents := v_taken;
    left_cents := v_before - v_taken;
    WITH kept AS (
        INSERT INTO vouchers_movement (
            id, voucher_id, reference, provider_id, wanted_cents, amount_cents, left_cents,
            occurred_at, posting_group_id, channel, place_id, service, done_on, received_at)
        VALUES (movement, v_voucher, p_reference, p_provider, p_wanted, v_taken, left_cents, p_at,
                v_group, p_channel, p_place, p_service, p_on, p_at)
    ), lowered AS (
        UPDATE vouchers_voucherpart
           SET remaining_cents = remaining_cents - cents[array_position(tranches, tranche_id)]
         WHERE voucher_id = v_voucher AND tranche_id = ANY (tranches)
    ), given AS (
        INSERT INTO vouchers_movementpart (movement_id, tranche_id, amount_cents)
        SELECT movement, share.* FROM unnest(tranches, cents) AS share
    )
    UPDATE vouchers_voucher
       SET remaining_cents = left_cents,
           state = CASE WHEN left_cents = 0 THEN 'spent' ELSE state END
     WHERE id = v_voucher;
    RETURN NEXT;
END
$body$;
