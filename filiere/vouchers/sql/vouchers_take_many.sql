-- Take from many different vouchers at once, already locked and judged by vouchers_redeem_many,
-- which alone calls it: lower them and their parts, post, write the movements. Set-based.
CREATE OR REPLACE FUNCTION vouchers_take_many(
    p_vouchers bigint[], p_lots bigint[], p_before bigint[], p_taken bigint[],
    p_references text[], p_providers bigint[], p_wanted bigint[], p_ons date[], p_services text[],
    p_places bigint[], p_occurred_at timestamptz[],
    p_channel text, p_device bigint, p_at timestamptz, p_actor text
) RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
AS $body$
DECLARE
    v_keys text[];
    v_rows int[];
    v_tranches bigint[];
    v_cents bigint[];
    v_movements uuid[];
    v_odd bigint;
BEGIN
    UPDATE vouchers_voucher voucher
       SET remaining_cents = asked.before - asked.taken,
           state = CASE WHEN asked.before = asked.taken THEN 'spent' ELSE voucher.state END
      FROM unnest(p_vouchers, p_before, p_taken) AS asked (id, before, taken)
     WHERE voucher.id = asked.id;

    WITH exact AS (
        SELECT asked.row, part.id, part.tranche_id, asked.taken,
               sum(part.remaining_cents) OVER (PARTITION BY asked.row) AS held,
               div(asked.taken::numeric * part.remaining_cents, asked.before) AS base,
               mod(asked.taken::numeric * part.remaining_cents, asked.before) AS rest
          FROM unnest(p_vouchers, p_before, p_taken) WITH ORDINALITY
               AS asked (voucher, before, taken, row)
          JOIN vouchers_voucherpart part ON part.voucher_id = asked.voucher
                                        AND part.remaining_cents > 0
    ), share AS (
        SELECT row, id, held,
               (base + (row_number() OVER (PARTITION BY row ORDER BY rest DESC, tranche_id)
                        <= taken - sum(base) OVER (PARTITION BY row))::int)::bigint AS cents
          FROM exact
    ), lowered AS (
        UPDATE vouchers_voucherpart part SET remaining_cents = part.remaining_cents - share.cents
          FROM share WHERE part.id = share.id AND share.cents > 0
        RETURNING share.row::int AS row, part.tranche_id, share.cents, share.held
    )
    SELECT array_agg(row ORDER BY row, tranche_id), array_agg(tranche_id ORDER BY row, tranche_id),
           array_agg(cents ORDER BY row, tranche_id),
           count(*) FILTER (WHERE held <> p_before[row])
      INTO v_rows, v_tranches, v_cents, v_odd FROM lowered;
    IF v_odd > 0 OR EXISTS (
        SELECT FROM unnest(p_taken) WITH ORDINALITY AS asked (taken, row)
          LEFT JOIN (SELECT given.row, sum(given.cents) AS cents
                       FROM unnest(v_rows, v_cents) AS given (row, cents) GROUP BY given.row) AS sums
                 ON sums.row = asked.row
         WHERE sums.cents IS DISTINCT FROM asked.taken::numeric
    ) THEN
        RAISE EXCEPTION 'the parts of a voucher do not add up'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'voucherpart_adds_up';
    END IF;

    SELECT array_agg('redeem:' || asked.voucher || ':' || asked.reference ORDER BY asked.row),
           array_agg(gen_random_uuid())
      INTO v_keys, v_movements
      FROM unnest(p_vouchers, p_references) WITH ORDINALITY AS asked (voucher, reference, row);
    INSERT INTO vouchers_movement (
        id, voucher_id, reference, provider_id, wanted_cents, amount_cents, left_cents,
        occurred_at, posting_group_id, channel, place_id, device_id, service, done_on, received_at)
    SELECT v_movements[asked.row], asked.voucher, asked.reference, asked.provider, asked.wanted,
           asked.taken, asked.before - asked.taken, asked.occurred_at, posted.posted_group,
           p_channel, asked.place, p_device, asked.service, asked.on_day, p_at
      FROM unnest(p_vouchers, p_references, p_providers, p_wanted, p_taken, p_before, p_places,
                  p_services, p_ons, p_occurred_at, v_keys) WITH ORDINALITY
           AS asked (voucher, reference, provider, wanted, taken, before, place, service, on_day,
                     occurred_at, key, row)
      JOIN ledger_post_many(
               v_keys, array_fill('redemption'::text, ARRAY[cardinality(v_keys)]), p_occurred_at,
               array_fill(''::text, ARRAY[cardinality(v_keys)]),
               array_fill(NULL::uuid, ARRAY[cardinality(v_keys)]), v_rows,
               (SELECT array_agg('pocket:' || p_lots[given.row] || ':' || given.tranche
                                 ORDER BY given.row, given.tranche)
                  FROM unnest(v_rows, v_tranches) AS given (row, tranche)),
               (SELECT array_agg('payable:' || p_providers[given.row] || ':tranche:' || given.tranche
                                 ORDER BY given.row, given.tranche)
                  FROM unnest(v_rows, v_tranches) AS given (row, tranche)),
               v_cents, array_fill('EUR'::text, ARRAY[cardinality(v_cents)]), p_at, p_actor
           ) AS posted ON posted.posted_key = asked.key;
    INSERT INTO vouchers_movementpart (movement_id, tranche_id, amount_cents)
    SELECT v_movements[given.row], given.tranche, given.cents
      FROM unnest(v_rows, v_tranches, v_cents) AS given (row, tranche, cents);
END
$body$;
