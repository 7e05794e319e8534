-- The tables of the scheduler that woke the jobs before. Another one does now; a node of before that still runs answers, and wakes nothing any more.
DO $$
DECLARE
    of_before text;
BEGIN
    FOR of_before IN
        SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'qrtz\_%'
    LOOP
        EXECUTE 'DROP TABLE IF EXISTS ' || of_before || ' CASCADE';
    END LOOP;
END
$$;
