-- Are these accounts all of one of the kinds that nobody may guard? What is left in the pocket of a
-- lot is bounded by its vouchers, one row each; a payable by nothing. Their balances have no row of
-- their own, so that uses of one funder, or at one place, never wait for each other; and since none
-- can become guarded, posting to them has no guard to look for.
CREATE OR REPLACE FUNCTION ledger_is_open(p_codes text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $body$
    -- Between "pocket:" and what follows it: the colon is followed by the semicolon.
    SELECT 'pocket:' COLLATE "C" <= ALL (p_codes) AND 'pocket;' COLLATE "C" > ALL (p_codes)
        OR 'payable:' COLLATE "C" <= ALL (p_codes) AND 'payable;' COLLATE "C" > ALL (p_codes)
$body$;
