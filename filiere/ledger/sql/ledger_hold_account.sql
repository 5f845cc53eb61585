-- Keep an account from becoming guarded until the end of this transaction: see ledger_guard.
-- Light and shared: postings never wait for each other here. A thousand numbers serve for all
-- accounts, so that a transaction holds that many locks at most, whatever it moves.
CREATE OR REPLACE FUNCTION ledger_hold_account(p_account bigint)
RETURNS void
LANGUAGE sql VOLATILE
AS $body$
    SELECT pg_advisory_xact_lock_shared(1818583911, (p_account % 1024)::int)
$body$;
