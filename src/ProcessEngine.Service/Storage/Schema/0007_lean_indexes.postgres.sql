-- The next due moment of a case changes with nearly every act. While it stood in an index, PostgreSQL had to touch each index of the case's row;
-- now it updates the row in place. What is overdue is asked of the deadlines themselves.
DROP INDEX ix_instance_due;
CREATE INDEX ix_deadline_due ON deadline (office, due_at, instance_id) WHERE state = 'open';

-- Only cases that could not be swept were looked up by it; ix_deadline_wake finds those as well.
DROP INDEX ix_deadline_instance;

-- A snapshot is compressed and expanded with every act; lz4 takes a fraction of the time, where the server has it.
DO $$
BEGIN
    ALTER TABLE process_instance ALTER COLUMN state SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END $$;
