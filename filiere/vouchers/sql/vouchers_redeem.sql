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
    v_voucher vouchers_voucher;
    v_lot vouchers_lot;
    v_first vouchers_movement;
    v_refusal text;
    v_taken bigint;
    v_left bigint;
    v_pockets text[];
    v_payables text[];
    v_parts bigint[];
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
    SELECT * INTO v_voucher FROM vouchers_voucher WHERE code_mac = p_mac FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'unknown'; taken_cents := 0; left_cents := 0;
        RETURN NEXT;
        RETURN;
    END IF;
    SELECT * INTO STRICT v_lot FROM vouchers_lot WHERE id = v_voucher.lot_id;
    voucher_serial := v_voucher.serial; last_day := v_lot.use_until;

    SELECT * INTO v_first FROM vouchers_movement
     WHERE voucher_id = v_voucher.id AND reference = p_reference;
    IF FOUND THEN
        v_refusal := CASE
            WHEN v_first.provider_id <> p_provider OR v_first.wanted_cents <> p_wanted
                THEN 'conflict'
            WHEN EXISTS (SELECT FROM vouchers_reversal WHERE movement_id = v_first.id)
                THEN 'reversed'
        END;
        IF v_refusal IS NULL THEN
            RETURN QUERY
            SELECT 'paid', v_voucher.serial, v_lot.use_until, v_first.id, v_first.amount_cents,
                   v_first.left_cents, array_agg(part.tranche_id ORDER BY part.tranche_id),
                   array_agg(part.amount_cents ORDER BY part.tranche_id)
              FROM vouchers_movementpart part WHERE part.movement_id = v_first.id;
            RETURN;
        END IF;
    ELSE
        v_refusal := vouchers_refusal(
            v_voucher, v_lot, p_provider, p_on, p_service, p_commune, p_at, NULL);
        v_taken := least(p_wanted, v_voucher.remaining_cents);
        IF v_refusal IS NULL AND v_lot.cap_cents_per_person_year IS NOT NULL THEN
            v_taken := least(v_taken, vouchers_cap_left(v_voucher, v_lot, p_on, true));
            v_refusal := CASE WHEN v_taken = 0 THEN 'cap' END;
        END IF;
    END IF;
    IF v_refusal IS NOT NULL THEN
        outcome := v_refusal; taken_cents := 0; left_cents := v_voucher.remaining_cents;
        RETURN NEXT;
        RETURN;
    END IF;

    v_left := v_voucher.remaining_cents - v_taken;
    IF v_left = 0 THEN
        UPDATE vouchers_voucher SET remaining_cents = 0, state = 'spent' WHERE id = v_voucher.id;
    ELSE
        UPDATE vouchers_voucher SET remaining_cents = v_left WHERE id = v_voucher.id;
    END IF;
    SELECT array_agg(id), array_agg(tranche_id), array_agg(remaining_cents),
           array_agg('pocket:' || v_lot.id || ':' || tranche_id),
           array_agg('payable:' || p_provider || ':tranche:' || tranche_id)
      INTO v_parts, tranches, v_held, v_pockets, v_payables
      FROM (SELECT id, tranche_id, remaining_cents FROM vouchers_voucherpart
             WHERE voucher_id = v_voucher.id AND remaining_cents > 0
             ORDER BY tranche_id) AS part;
    -- Rounded down, then one cent more to the largest rests, the lowest tranche first when equal.
    v_odd := v_taken;
    FOR v_rank IN 1 .. coalesce(cardinality(v_held), 0) LOOP
        v_sum := v_sum + v_held[v_rank];
        cents[v_rank] := div(v_taken::numeric * v_held[v_rank], v_voucher.remaining_cents);
        v_rests[v_rank] := mod(v_taken::numeric * v_held[v_rank], v_voucher.remaining_cents);
        v_odd := v_odd - cents[v_rank];
    END LOOP;
    IF v_sum <> v_voucher.remaining_cents THEN
        RAISE EXCEPTION 'the parts of voucher % do not add up', v_voucher.serial
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
    UPDATE vouchers_voucherpart part SET remaining_cents = part.remaining_cents - share.cents
      FROM unnest(v_parts, cents) AS share (id, cents)
     WHERE part.id = share.id AND share.cents > 0;
    IF 0 = ANY (cents) THEN  -- a funder whose share rounds to nothing pays nothing
        SELECT array_agg(share.tranche), array_agg(share.amount), array_agg(share.pocket),
               array_agg(share.payable)
          INTO tranches, cents, v_pockets, v_payables
          FROM unnest(tranches, cents, v_pockets, v_payables)
               AS share (tranche, amount, pocket, payable)
         WHERE share.amount > 0;
    END IF;

    v_group := ledger_post(
        'redeem:' || v_voucher.id || ':' || p_reference, 'redemption', v_pockets, v_payables, cents,
        array_fill('EUR'::text, ARRAY[cardinality(cents)]), p_at, p_at, p_actor
    );
    movement := gen_random_uuid();
    WITH kept AS (
        INSERT INTO vouchers_movement (
            id, voucher_id, reference, provider_id, wanted_cents, amount_cents, left_cents,
            occurred_at, posting_group_id, channel, place_id, service, done_on, received_at)
        VALUES (movement, v_voucher.id, p_reference, p_provider, p_wanted, v_taken, v_left, p_at,
                v_group, p_channel, p_place, p_service, p_on, p_at)
    )
    INSERT INTO vouchers_movementpart (movement_id, tranche_id, amount_cents)
    SELECT movement, share.* FROM unnest(tranches, cents) AS share;

    outcome := 'paid'; taken_cents := v_taken; left_cents := v_left;
    RETURN NEXT;
END
$body$;
