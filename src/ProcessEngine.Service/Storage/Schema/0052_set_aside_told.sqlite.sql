-- Whether the administrators of the office were told that it was set aside.
ALTER TABLE work_failure ADD COLUMN told integer NOT NULL DEFAULT 0;
CREATE INDEX ix_work_failure_untold ON work_failure (office) WHERE next_at IS NULL AND NOT told;
