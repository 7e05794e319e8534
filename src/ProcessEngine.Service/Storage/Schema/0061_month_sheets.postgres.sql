-- Who did it: told only to whom it may be told. When a task was done: what went out of a group in a month.
ALTER TABLE measured_clock ADD COLUMN person uuid;
ALTER TABLE measured_task ADD COLUMN person uuid;
ALTER TABLE measured_task ADD COLUMN closed_at timestamptz;
ALTER TABLE measured_task ADD COLUMN closed_month integer;
UPDATE measured_clock
SET person = (
    SELECT COALESCE(t.closed_by, t.assignee)
    FROM user_task t
    WHERE t.instance_id = measured_clock.instance_id AND t.deadline_id = measured_clock.deadline_id
    ORDER BY t.created_at DESC, t.task_id DESC
    LIMIT 1);
UPDATE measured_task
SET person = (SELECT COALESCE(t.closed_by, t.assignee) FROM user_task t WHERE t.task_id = measured_task.task_id),
    closed_at = (SELECT t.closed_at FROM user_task t WHERE t.task_id = measured_task.task_id);
UPDATE measured_task SET closed_month = CAST(to_char((closed_at AT TIME ZONE 'UTC') + interval '7 hours', 'YYYYMM') AS integer);
CREATE INDEX ix_measured_done ON measured_task (office, closed_at, closed_month, group_id, definition_key);

-- All rows of a month of measured_clock (what: clock) and of measured_task (task), in few bytes, made by the job that measures
-- (src/ProcessEngine.Service/Reports/Measuring/MonthSheet.cs); of a month that is stale a report reads the rows.
CREATE TABLE measured_sheet (
    office text NOT NULL,
    what text NOT NULL,
    fiscal_month integer NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (office, what, fiscal_month)
);
DELETE FROM measured_month_stale;
INSERT INTO measured_month_stale (office, fiscal_month, changes)
SELECT office, fiscal_month, 1 FROM measured_clock
UNION
SELECT office, fiscal_month, 1 FROM measured_task;
