-- Pay one act with one voucher, in one round trip; with vouchers_redeem_many, the only way what is
-- left can be lowered.
--
-- Locks the voucher, then decides. The outcome is a word: 'paid' (now or the first time the same
-- was asked), 'conflict' (this act was already paid otherwise), 'reversed' (paid, then undone),
-- 'unknown', 'cap', or a refusal of vouchers_refusal. Only 'paid' for the first time writes
-- anything. Each funder gives in proportion to what is left of its part (vouchers_take).
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
    v_taken bigint;
    v_first_word text;
    v_funders bigint[];
    v_left bigint[];
    v_cents bigint[];
    v_pockets text[];
    v_payables text[];
BEGIN
    IF p_wanted IS NULL OR p_wanted < 1 OR p_wanted > 1000000000000000 THEN
        RAISE EXCEPTION 'an amount is not between 1 and 10^15'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_amount_positive';
    END IF;
    taken_cents := 0;
    -- Whoever waits here for another use judges the voucher as that use left it.
    SELECT voucher.id, voucher.serial, voucher.remaining_cents, lot.id, lot.use_until,
           lot.cap_cents_per_person_year, voucher.tranche_ids, voucher.left_parts,
           vouchers_refusal(voucher, lot, p_provider, p_on, p_service, p_commune, p_at, NULL,
                            p_place)
      INTO v_voucher, voucher_serial, v_before, v_lot, last_day, v_cap, v_funders, v_left,
           v_refusal
      FROM vouchers_voucher voucher JOIN vouchers_lot lot ON lot.id = voucher.lot_id
     WHERE voucher.code_mac = p_mac FOR NO KEY UPDATE OF voucher;
    IF NOT FOUND THEN
        outcome := 'unknown'; left_cents := 0;
        RETURN NEXT;
        RETURN;
    END IF;
    -- After the lock, in a statement of its own: what the other use wrote is seen.
    SELECT first.id, first.amount_cents, first.left_cents, first.tranche_ids, first.given_parts,
           CASE WHEN provider_id <> p_provider OR wanted_cents <> p_wanted THEN 'conflict'
                WHEN EXISTS (SELECT FROM vouchers_reversal WHERE movement_id = first.id)
                     THEN 'reversed'
                ELSE 'paid' END
      INTO movement, taken_cents, left_cents, tranches, cents, v_first_word
      FROM vouchers_movement first
     WHERE voucher_id = v_voucher AND reference = p_reference;
    IF FOUND THEN
        outcome := v_first_word;
        IF outcome <> 'paid' THEN
            movement := NULL; taken_cents := 0; left_cents := v_before;
            tranches := NULL; cents := NULL;
        END IF;
        RETURN NEXT;
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
    IF v_refusal IS NOT NULL THEN
        outcome := v_refusal; taken_cents := 0; left_cents := v_before;
        RETURN NEXT;
        RETURN;
    END IF;

    v_cents := vouchers_take(v_left, v_taken, v_before);
    FOR v_rank IN 1 .. cardinality(v_cents) LOOP
        v_left[v_rank] := v_left[v_rank] - v_cents[v_rank];
        -- A funder whose share rounds to nothing pays nothing.
        IF v_cents[v_rank] > 0 THEN
            tranches := tranches || v_funders[v_rank];
            cents := cents || v_cents[v_rank];
            v_pockets := v_pockets || ('pocket:' || v_lot || ':' || v_funders[v_rank]);
            v_payables := v_payables
                || ('payable:' || p_provider || ':tranche:' || v_funders[v_rank]);
        END IF;
    END LOOP;

    outcome := 'paid'; movement := gen_random_uuid(); taken_cents := v_taken;
    left_cents := v_before - v_taken;
    WITH kept AS (
        INSERT INTO vouchers_movement (
            id, voucher_id, reference, provider_id, wanted_cents, amount_cents, left_cents,
            tranche_ids, given_parts, occurred_at, posting_group_id, channel, place_id, service,
            done_on, received_at)
        VALUES (movement, v_voucher, p_reference, p_provider, p_wanted, v_taken, left_cents,
                tranches, cents, p_at,
                ledger_post('redeem:' || v_voucher || ':' || p_reference, 'redemption', v_pockets,
                            v_payables, cents, array_fill('EUR'::text, ARRAY[cardinality(cents)]),
                            p_at, p_at, p_actor),
                p_channel, p_place, p_service, p_on, p_at)
    )
    UPDATE vouchers_voucher
       SET remaining_cents = left_cents, left_parts = v_left,
           state = CASE WHEN left_cents = 0 THEN 'spent' ELSE state END
     WHERE id = v_voucher;
    RETURN NEXT;
END
$body$;
