-- The door to the journal for many groups (ledger_post is its short form for one, the same in all
-- it does). Writes posting groups and their transfers, all or nothing.
--
-- Groups are given as parallel arrays; entries too, each naming its group by position from 1.
-- A key already posted with the same content gives back its group and moves nothing; with another
-- content it is refused. Accounts are created on first use. Guarded balances are locked in the
-- order of their accounts, so that opposed batches wait for each other and never deadlock.
CREATE OR REPLACE FUNCTION ledger_post_many(
    p_keys text[], p_kinds text[], p_occurred_at timestamptz[], p_reasons text[],
    p_reverses uuid[], p_groups int[],
    p_debits text[], p_credits text[], p_amounts bigint[], p_units text[],
    p_posted_at timestamptz, p_actor text
) RETURNS TABLE (posted_key text, posted_group uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
-- Plans are kept: planning anew for each array's length would cost more than running.
SET plan_cache_mode = force_generic_plan
AS $body$
DECLARE
    v_fingerprints text[];
    v_ids uuid[];
    v_debits bigint[];
    v_credits bigint[];
    v_accounts bigint[];
    v_guarded bigint[];
    v_clash text;
BEGIN
    IF EXISTS (
        SELECT FROM unnest(p_amounts) AS amount
         WHERE amount IS NULL OR amount < 1 OR amount > 1000000000000000
    ) THEN
        RAISE EXCEPTION 'an amount is not between 1 and 10^15'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_amount_positive';
    END IF;
    IF NOT (
        SELECT count(DISTINCT grp) = cardinality(p_keys) AND min(grp) = 1
               AND max(grp) = cardinality(p_keys)
          FROM unnest(p_groups) AS grp
    ) THEN
        RAISE EXCEPTION 'a group has no transfer'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'postinggroup_has_transfers';
    END IF;

    SELECT array_agg(
               ledger_fingerprint(p_kinds[s.grp], p_reverses[s.grp], s.d, s.c, s.a, s.u)
               ORDER BY s.grp)
      INTO v_fingerprints
      FROM (SELECT e.grp,
                   array_agg(e.debit ORDER BY e.rank) AS d, array_agg(e.credit ORDER BY e.rank) AS c,
                   array_agg(e.amount ORDER BY e.rank) AS a, array_agg(e.unit ORDER BY e.rank) AS u
              FROM unnest(p_groups, p_debits, p_credits, p_amounts, p_units)
                   WITH ORDINALITY AS e (grp, debit, credit, amount, unit, rank)
             GROUP BY e.grp) AS s;

    -- A concurrent post of the same key waits here, then finds the other's group below.
    SELECT array_agg(gen_random_uuid()) INTO v_ids FROM generate_subscripts(p_keys, 1);
    INSERT INTO ledger_postinggroup
           (id, key, fingerprint, kind, occurred_at, posted_at, actor, reason, reverses_id)
    SELECT g.id, g.key, g.fingerprint, g.kind, g.occurred_at, p_posted_at, p_actor, g.reason,
           g.reverses
      FROM unnest(v_ids, p_keys, v_fingerprints, p_kinds, p_occurred_at, p_reasons, p_reverses)
           WITH ORDINALITY
           AS g (id, key, fingerprint, kind, occurred_at, reason, reverses, position)
     ORDER BY g.key COLLATE "C", g.position
        ON CONFLICT (key) DO NOTHING;
    -- A group already posted, before or earlier in this batch, keeps no id: nothing of it moves.
    SELECT array_agg((SELECT p.id FROM ledger_postinggroup p WHERE p.key = g.key AND p.id = g.id)
                     ORDER BY g.position)
      INTO v_ids
      FROM unnest(v_ids, p_keys) WITH ORDINALITY AS g (id, key, position);

    SELECT g.key INTO v_clash
      FROM unnest(p_keys, v_fingerprints) AS g (key, fingerprint)
      JOIN ledger_postinggroup p ON p.key = g.key AND p.fingerprint <> g.fingerprint
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'key % was posted with another content', v_clash
              USING ERRCODE = 'unique_violation', CONSTRAINT = 'postinggroup_same_content',
                    DETAIL = json_build_object('key', v_clash)::text;
    END IF;

    -- Planned each time: a plan made while there was no account would read all of them for each.
    EXECUTE $query$
        INSERT INTO ledger_account (code, unit, kind)
        SELECT DISTINCT a.code COLLATE "C", a.unit COLLATE "C", split_part(a.code, ':', 1)
          FROM unnest($1, $2, $3) AS a (grp, code, unit)
         WHERE $4[a.grp] IS NOT NULL
           AND NOT EXISTS (SELECT FROM ledger_account known
                            WHERE known.code = a.code AND known.unit = a.unit)
         ORDER BY 1, 2
            ON CONFLICT (code, unit) DO NOTHING
    $query$ USING p_groups || p_groups, p_debits || p_credits, p_units || p_units, v_ids;

    -- Each account is looked up by its code, whatever the planner thinks of their number.
    SELECT array_agg((SELECT id FROM ledger_account
                       WHERE code = e.debit AND unit = e.unit) ORDER BY e.rank),
           array_agg((SELECT id FROM ledger_account
                       WHERE code = e.credit AND unit = e.unit) ORDER BY e.rank)
      INTO v_debits, v_credits
      FROM unnest(p_debits, p_credits, p_units) WITH ORDINALITY AS e (debit, credit, unit, rank);
    SELECT array_agg(DISTINCT a.id) INTO v_accounts
      FROM unnest(p_groups || p_groups, v_debits || v_credits) AS a (grp, id)
     WHERE v_ids[a.grp] IS NOT NULL;

    -- Whoever starts guarding an account holds it exclusively: wait, then see the guard.
    PERFORM FROM ledger_account WHERE id = ANY (v_accounts) ORDER BY id FOR KEY SHARE;
    SELECT array_agg(locked.account_id) INTO v_guarded
      FROM (SELECT account_id FROM ledger_guardedbalance
             WHERE account_id = ANY (v_accounts)
             ORDER BY account_id FOR NO KEY UPDATE) AS locked;
    IF v_guarded IS NOT NULL THEN
        PERFORM ledger_post_guarded(
                    v_guarded, array_agg(e.debit), array_agg(e.credit), array_agg(e.amount),
                    array_agg(e.unit))
           FROM unnest(p_groups, p_debits, p_credits, p_amounts, p_units)
                AS e (grp, debit, credit, amount, unit)
          WHERE v_ids[e.grp] IS NOT NULL;
    END IF;

    INSERT INTO ledger_transfer
           (group_id, sequence, unit, debit_account_id, credit_account_id, amount)
    SELECT v_ids[e.grp], row_number() OVER (PARTITION BY e.grp ORDER BY e.rank), e.unit,
           e.debit_id, e.credit_id, e.amount
      FROM unnest(p_groups, v_debits, v_credits, p_amounts, p_units)
           WITH ORDINALITY AS e (grp, debit_id, credit_id, amount, unit, rank)
     WHERE v_ids[e.grp] IS NOT NULL
     ORDER BY e.rank;

    RETURN QUERY SELECT p.key::text, p.id FROM ledger_postinggroup p WHERE p.key = ANY (p_keys);
END
$body$;
