-- Lock a hold and say how it ended, NULL while it is open. Whoever resolves a hold comes by here:
-- the second waits for the first, then reads its resolution.
CREATE OR REPLACE FUNCTION ledger_open_hold(
    p_key text, OUT held ledger_hold, OUT ended ledger_holdresolution
)
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $body$
BEGIN
    SELECT * INTO held FROM ledger_hold WHERE key = p_key FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no hold bears the key %', p_key
              USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'hold_known',
                    DETAIL = json_build_object('key', p_key)::text;
    END IF;
    SELECT * INTO ended FROM ledger_holdresolution WHERE hold_id = held.id;
END
$body$;
