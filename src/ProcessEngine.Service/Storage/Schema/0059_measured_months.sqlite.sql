-- How many limits of a month were kept and broken, added up from measured_clock by the job that measures. role, group_id: empty for none.
CREATE TABLE measured_month (
    office text NOT NULL,
    fiscal_month integer NOT NULL,
    definition_key text NOT NULL,
    definition_version integer NOT NULL,
    step_id text NOT NULL,
    role text NOT NULL,
    group_id text NOT NULL,
    priority integer NOT NULL,
    early integer NOT NULL,
    within integer NOT NULL,
    late integer NOT NULL,
    PRIMARY KEY (office, fiscal_month, definition_key, definition_version, step_id, role, group_id, priority)
) WITHOUT ROWID;

-- Months to which something was measured since they were added up: a report counts these itself.
CREATE TABLE measured_month_stale (
    office text NOT NULL,
    fiscal_month integer NOT NULL,
    changes integer NOT NULL,
    PRIMARY KEY (office, fiscal_month)
) WITHOUT ROWID;
INSERT INTO measured_month_stale (office, fiscal_month, changes)
SELECT office, fiscal_month, 1
FROM measured_clock
GROUP BY office, fiscal_month;
