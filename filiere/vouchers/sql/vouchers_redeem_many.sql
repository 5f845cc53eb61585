-- Pay many acts in one call: one answer per row, in the order asked, each as vouchers_redeem would
-- give it if the rows came one after the other. A refusal of one row leaves the others alone.
--
-- Vouchers are locked in the order of their ids, then holders with a yearly cap in the order of
-- their locks, so that opposed batches wait for each other and never deadlock. Rows that draw on
-- the same voucher, or on the same capped holder, are taken in turn, one round each; every round
-- is set-based.
CREATE OR REPLACE FUNCTION vouchers_redeem_many(
    p_macs bytea[], p_references text[], p_providers bigint[], p_wanted bigint[], p_ons date[],
    p_services text[], p_communes bigint[], p_places bigint[], p_occurred_at timestamptz[],
    p_channel text, p_device bigint, p_at timestamptz, p_actor text
) RETURNS TABLE (
    "position" int, outcome text, voucher_serial bigint, last_day date, movement uuid,
    taken_cents bigint, left_cents bigint, tranches bigint[], cents bigint[]
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
AS $body$
#variable_conflict use_column
DECLARE
    v_turns int[];
    v_outcomes text[] := array_fill('unknown'::text, ARRAY[cardinality(p_macs)]);
    v_row record;
    v_taken bigint;
    v_rows int[];
    v_vouchers bigint[];
    v_lots bigint[];
    v_before bigint[];
    v_amounts bigint[];
BEGIN
    IF EXISTS (SELECT FROM unnest(p_wanted) AS amount
                WHERE amount IS NULL OR amount < 1 OR amount > 1000000000000000) THEN
        RAISE EXCEPTION 'an amount is not between 1 and 10^15'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_amount_positive';
    END IF;
    PERFORM FROM vouchers_voucher WHERE code_mac = ANY (p_macs) ORDER BY id FOR NO KEY UPDATE;
    PERFORM pg_advisory_xact_lock(capped.key)
       FROM (SELECT DISTINCT hashtextextended('vouchers.holder:' || voucher.holder_id, 0) AS key
               FROM vouchers_voucher voucher JOIN vouchers_lot lot ON lot.id = voucher.lot_id
              WHERE voucher.code_mac = ANY (p_macs) AND voucher.holder_id IS NOT NULL
                AND lot.cap_cents_per_person_year IS NOT NULL
              ORDER BY 1) AS capped;
    SELECT array_agg(drawn.turn ORDER BY drawn.row) INTO v_turns
      FROM (SELECT asked.row, row_number() OVER (
                       PARTITION BY CASE
                           WHEN lot.cap_cents_per_person_year IS NULL THEN NULL
                           ELSE voucher.holder_id END,
                           CASE WHEN lot.cap_cents_per_person_year IS NOT NULL
                                     AND voucher.holder_id IS NOT NULL THEN NULL
                                ELSE asked.mac END
                       ORDER BY asked.row) AS turn
              FROM unnest(p_macs) WITH ORDINALITY AS asked (mac, row)
              LEFT JOIN vouchers_voucher voucher ON voucher.code_mac = asked.mac
              LEFT JOIN vouchers_lot lot ON lot.id = voucher.lot_id) AS drawn;

    FOR v_turn IN 1 .. coalesce((SELECT max(turn) FROM unnest(v_turns) AS turn), 0) LOOP
        v_rows := '{}'; v_vouchers := '{}'; v_lots := '{}'; v_before := '{}'; v_amounts := '{}';
        FOR v_row IN
            SELECT asked.row, asked.wanted, asked.on_day, voucher, lot,
                   CASE WHEN first.id IS NULL THEN vouchers_refusal(
                             voucher, lot, asked.provider, asked.on_day, asked.service,
                             asked.commune, p_at, p_device, asked.place)
                        WHEN first.provider_id <> asked.provider
                             OR first.wanted_cents <> asked.wanted THEN 'conflict'
                        WHEN undone.movement_id IS NOT NULL THEN 'reversed'
                        ELSE 'paid' END AS word
              FROM unnest(p_macs, p_references, p_providers, p_wanted, p_ons, p_services,
                          p_communes, p_places, v_turns)
                   WITH ORDINALITY
                   AS asked (mac, reference, provider, wanted, on_day, service, commune, place,
                             turn, row)
              JOIN vouchers_voucher voucher ON voucher.code_mac = asked.mac
              JOIN vouchers_lot lot ON lot.id = voucher.lot_id
              LEFT JOIN vouchers_movement first ON first.voucher_id = voucher.id
                                               AND first.reference = asked.reference
              LEFT JOIN vouchers_reversal undone ON undone.movement_id = first.id
             WHERE asked.turn = v_turn
             ORDER BY asked.row
        LOOP
            v_outcomes[v_row.row] := v_row.word;
            CONTINUE WHEN v_row.word IS NOT NULL;
            v_taken := least(v_row.wanted, (v_row.voucher).remaining_cents);
            IF (v_row.lot).cap_cents_per_person_year IS NOT NULL THEN
                v_taken := least(
                    v_taken, vouchers_cap_left(v_row.voucher, v_row.lot, v_row.on_day, true));
            END IF;
            v_outcomes[v_row.row] := CASE WHEN v_taken = 0 THEN 'cap' ELSE 'paid' END;
            CONTINUE WHEN v_taken = 0;
            v_rows := v_rows || v_row.row::int;
            v_vouchers := v_vouchers || (v_row.voucher).id;
            v_lots := v_lots || (v_row.lot).id;
            v_before := v_before || (v_row.voucher).remaining_cents;
            v_amounts := v_amounts || v_taken;
        END LOOP;
        CONTINUE WHEN cardinality(v_rows) = 0;
        PERFORM vouchers_take_many(
            v_vouchers, v_lots, v_before, v_amounts,
            (SELECT array_agg(p_references[row] ORDER BY rank)
               FROM unnest(v_rows) WITH ORDINALITY AS paid (row, rank)),
            (SELECT array_agg(p_providers[row] ORDER BY rank)
               FROM unnest(v_rows) WITH ORDINALITY AS paid (row, rank)),
            (SELECT array_agg(p_wanted[row] ORDER BY rank)
               FROM unnest(v_rows) WITH ORDINALITY AS paid (row, rank)),
            (SELECT array_agg(p_ons[row] ORDER BY rank)
               FROM unnest(v_rows) WITH ORDINALITY AS paid (row, rank)),
            (SELECT array_agg(p_services[row] ORDER BY rank)
               FROM unnest(v_rows) WITH ORDINALITY AS paid (row, rank)),
            (SELECT array_agg(p_places[row] ORDER BY rank)
               FROM unnest(v_rows) WITH ORDINALITY AS paid (row, rank)),
            (SELECT array_agg(p_occurred_at[row] ORDER BY rank)
               FROM unnest(v_rows) WITH ORDINALITY AS paid (row, rank)),
            p_channel, p_device, p_at, p_actor);
    END LOOP;

    RETURN QUERY
    SELECT asked.row::int, asked.word, voucher.serial, lot.use_until, paid.id,
           coalesce(paid.amount_cents, 0), coalesce(paid.left_cents, voucher.remaining_cents, 0),
           paid.tranche_ids, paid.given_parts
      FROM unnest(p_macs, p_references, v_outcomes) WITH ORDINALITY
           AS asked (mac, reference, word, row)
      LEFT JOIN vouchers_voucher voucher ON voucher.code_mac = asked.mac
      LEFT JOIN vouchers_lot lot ON lot.id = voucher.lot_id
      LEFT JOIN vouchers_movement paid ON asked.word = 'paid' AND paid.voucher_id = voucher.id
                                      AND paid.reference = asked.reference
     ORDER BY asked.row;
END
$body$;
