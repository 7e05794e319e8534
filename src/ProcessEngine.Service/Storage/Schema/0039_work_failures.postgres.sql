-- What a job could not work off, one row for each item: tried again at next_at; null once it was set aside for an administrator.
CREATE TABLE work_failure (
    job text NOT NULL,
    item text NOT NULL,
    office text NOT NULL,
    about text NOT NULL,
    link text,
    attempts integer NOT NULL,
    error text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    next_at timestamptz,
    PRIMARY KEY (job, item)
);
CREATE INDEX ix_work_failure_due ON work_failure (job, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ix_work_failure_set_aside ON work_failure (office, job, item) WHERE next_at IS NULL;

-- Out of the batches: the row above says when it is tried again, alone.
ALTER TABLE case_call ADD COLUMN parked boolean NOT NULL DEFAULT false;
DROP INDEX ix_call_to_do;
CREATE INDEX ix_call_to_do ON case_call (state, created_at) WHERE (state = 'wanted' OR state = 'ended') AND NOT parked;
ALTER TABLE recurrence ADD COLUMN parked boolean NOT NULL DEFAULT false;
