-- One more of what a caller may do only so often: 0 when it may, else the seconds to wait.
-- A row holds the moment until which what was admitted "lasts" when each act lasts p_step;
-- p_window is how far ahead of p_at that moment may be. What is refused counts for nothing.
CREATE OR REPLACE FUNCTION kernel_admit(
    p_key text, p_step interval, p_window interval, p_at timestamptz
) RETURNS double precision
LANGUAGE plpgsql
SET search_path = public, pg_temp
-- A store that does not answer is down: the caller says whether that opens or closes.
SET lock_timeout = '1s'
AS $$
DECLARE
    busy timestamptz;
BEGIN
    INSERT INTO kernel_throttle AS held (key, busy_until) VALUES (p_key, p_at + p_step)
    ON CONFLICT (key) DO UPDATE
       SET busy_until = GREATEST(LEAST(held.busy_until, p_at + p_window), p_at) + p_step
     WHERE GREATEST(held.busy_until, p_at) + p_step <= p_at + p_window
    RETURNING busy_until INTO busy;
    IF FOUND THEN
        RETURN 0;
    END IF;
    SELECT LEAST(held.busy_until, p_at + p_window) INTO busy
      FROM kernel_throttle AS held WHERE held.key = p_key;
    RETURN GREATEST(EXTRACT(EPOCH FROM busy + p_step - p_window - p_at), 0.001);
END
$$;
