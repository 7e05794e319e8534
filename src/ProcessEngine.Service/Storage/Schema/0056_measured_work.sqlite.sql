-- What a clock that ended took of its limit, and what a task that is done took, in working minutes: written once by a job, from the events,
-- and never changed. A report reads a stretch of one of them and nothing else.
CREATE TABLE measured_clock (
    office text NOT NULL,
    received_at text NOT NULL,
    deadline_id text NOT NULL,
    instance_id text NOT NULL,
    definition_key text NOT NULL,
    definition_version integer NOT NULL,
    step_id text NOT NULL,
    role text,
    group_id text,
    priority integer,
    result text NOT NULL,
    fiscal_month integer NOT NULL,
    used integer,
    granted integer,
    percent integer,
    stood integer,
    pauses integer NOT NULL,
    extensions integer NOT NULL,
    PRIMARY KEY (office, received_at, deadline_id)
) WITHOUT ROWID;

CREATE TABLE measured_task (
    office text NOT NULL,
    created_at text NOT NULL,
    task_id text NOT NULL,
    instance_id text NOT NULL,
    definition_key text NOT NULL,
    definition_version integer NOT NULL,
    step_id text NOT NULL,
    role text NOT NULL,
    group_id text,
    priority integer,
    attempt integer NOT NULL,
    outcome text NOT NULL,
    fiscal_month integer NOT NULL,
    waited integer,
    worked integer,
    stood integer,
    PRIMARY KEY (office, created_at, task_id)
) WITHOUT ROWID;

-- What the job has still to do, and what a report has to count besides.
ALTER TABLE deadline ADD COLUMN measured integer NOT NULL DEFAULT 0;
CREATE INDEX ix_deadline_unmeasured ON deadline (office, received_at) WHERE state <> 'open' AND NOT measured;
ALTER TABLE user_task ADD COLUMN measured integer NOT NULL DEFAULT 0;
CREATE INDEX ix_task_unmeasured ON user_task (office, created_at) WHERE state <> 'open' AND NOT measured;

-- What came in and what went out, by when it did.
CREATE INDEX ix_instance_came ON process_instance (office, started_at);
CREATE INDEX ix_instance_went ON process_instance (office, ended_at) WHERE ended_at IS NOT NULL;
