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
BEGIN
    WITH lowered AS (
        UPDATE vouchers_voucher voucher
           SET remaining_cents = asked.before - asked.taken,
               left_parts = ARRAY(SELECT held - given
                                    FROM unnest(voucher.left_parts, asked.given)
                                         WITH ORDINALITY AS part (held, given, rank)
                                   ORDER BY rank),
               state = CASE WHEN asked.before = asked.taken THEN 'spent' ELSE voucher.state END
          FROM (SELECT named.*, vouchers_take(held.left_parts, named.taken, named.before) AS given
                  FROM unnest(p_vouchers, p_before, p_taken) WITH ORDINALITY
                       AS named (id, before, taken, row)
                  JOIN vouchers_voucher held ON held.id = named.id) AS asked
         WHERE voucher.id = asked.id
        RETURNING asked.row, voucher.tranche_ids, asked.given
    )
    SELECT array_agg(row::int ORDER BY row, rank), array_agg(tranche ORDER BY row, rank),
           array_agg(cents ORDER BY row, rank)
      INTO v_rows, v_tranches, v_cents
      FROM lowered
     CROSS JOIN LATERAL unnest(tranche_ids, given) WITH ORDINALITY AS part (tranche, cents, rank)
     WHERE cents > 0;

    SELECT array_agg('redeem:' || asked.voucher || ':' || asked.reference ORDER BY asked.row),
           array_agg(gen_random_uuid())
      INTO v_keys, v_movements
      FROM unnest(p_vouchers, p_references) WITH ORDINALITY AS asked (voucher, reference, row);
    INSERT INTO vouchers_movement (
        id, voucher_id, reference, provider_id, wanted_cents, amount_cents, left_cents,
        tranche_ids, given_parts, occurred_at, posting_group_id, channel, place_id, device_id,
        service, done_on, received_at)
    SELECT v_movements[asked.row], asked.voucher, asked.reference, asked.provider, asked.wanted,
           asked.taken, asked.before - asked.taken, gave.tranches, gave.cents, asked.occurred_at, posted.posted_group,
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
           ) AS posted ON posted.posted_key = asked.key
      JOIN (SELECT given.row, array_agg(given.tranche ORDER BY given.rank) AS tranches,
                   array_agg(given.cents ORDER BY given.rank) AS cents
              FROM unnest(v_rows, v_tranches, v_cents) WITH ORDINALITY
                   AS given (row, tranche, cents, rank)
             GROUP BY given.row) AS gave ON gave.row = asked.row;
END
$body$;
