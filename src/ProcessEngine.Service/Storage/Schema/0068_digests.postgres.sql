-- What was measured of an office (empty: of all together) in a month (yyyymm) or a fiscal year (yyyy00, in which it ends), added up by what it is
-- told apart by, made by the job that measures (src/ProcessEngine.Service/Reports/Measuring/Digest.cs). It takes the place of measured_month.
-- Not compressed: reading is what they are for.
DROP TABLE measured_month;
CREATE TABLE measured_digest (
    office text NOT NULL,
    what text NOT NULL,
    period integer NOT NULL,
    counts bytea NOT NULL,
    spreads bytea NOT NULL,
    PRIMARY KEY (office, what, period)
);
CREATE INDEX ix_digest_period ON measured_digest (what, period, office);
ALTER TABLE measured_digest ALTER COLUMN counts SET STORAGE EXTERNAL;
ALTER TABLE measured_digest ALTER COLUMN spreads SET STORAGE EXTERNAL;
ALTER TABLE measured_sheet ALTER COLUMN data SET STORAGE EXTERNAL;
DELETE FROM measured_sheet;

-- Work for which no limit is stated, so that it need not be counted task by task.
ALTER TABLE measured_task ADD COLUMN no_limit boolean NOT NULL DEFAULT FALSE;
UPDATE measured_task
SET no_limit = TRUE
WHERE task_id IN (SELECT task_id FROM user_task WHERE deadline_id IS NULL AND measured);
CREATE INDEX ix_task_no_limit_yet ON user_task (office, created_at) WHERE deadline_id IS NULL AND (state <> 'completed' OR NOT measured);

DELETE FROM measured_month_stale;
INSERT INTO measured_month_stale (office, fiscal_month, changes)
SELECT office, fiscal_month, 1 FROM measured_clock
UNION
SELECT office, fiscal_month, 1 FROM measured_task;
