-- Whatever names a line of the bank statement takes it, for itself alone, in the same transaction.
--
-- A trigger after each write of a row that may name a line. Its two arguments: what the row is (a
-- value of LineUse), and its column that names the line. A line someone else has taken is refused,
-- whoever writes; a concurrent writer waits for the first to end. A row that lets its line go, or
-- goes itself, frees it. The application may only read the table of uses.
CREATE OR REPLACE FUNCTION programmes_use_bank_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $body$
DECLARE
    v_before bigint;
    v_after bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        v_before := (to_jsonb(OLD) ->> TG_ARGV[1])::bigint;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        v_after := (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
    END IF;
    IF v_before IS NOT DISTINCT FROM v_after THEN
        RETURN NULL;
    END IF;
    IF v_before IS NOT NULL THEN
        DELETE FROM programmes_banklineuse WHERE line_id = v_before AND kind = TG_ARGV[0];
    END IF;
    IF v_after IS NOT NULL THEN
        INSERT INTO programmes_banklineuse (line_id, kind) VALUES (v_after, TG_ARGV[0])
            ON CONFLICT (line_id) DO NOTHING;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'bank line % already stands for something else', v_after
                  USING ERRCODE = 'unique_violation', CONSTRAINT = 'bankline_stands_for_one_thing';
        END IF;
    END IF;
    RETURN NULL;
END $body$;
