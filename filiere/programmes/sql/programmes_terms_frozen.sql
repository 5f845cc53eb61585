-- Where a programme is paid, by whom and at which places: frozen with its other terms.
CREATE FUNCTION programmes_terms_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    found_state text;
BEGIN
    SELECT state INTO found_state FROM programmes_programme
     WHERE id = coalesce(NEW.programme_id, OLD.programme_id);
    IF found_state <> 'draft' THEN
        RAISE EXCEPTION 'the terms of a signed programme cannot change (table %)', TG_TABLE_NAME
              USING ERRCODE = 'check_violation', CONSTRAINT = 'programme_terms_frozen';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
