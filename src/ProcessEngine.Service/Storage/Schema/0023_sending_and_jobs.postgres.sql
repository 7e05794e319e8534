-- Whether mail and webhooks may go out: one row. life: whose mark it is; mark: grows with every start and every batch that is sent, and is kept outside the database, too.
-- place, timeline: where the database last ran. copied: set in a copy by the scripts that make and restore it.
CREATE TABLE sending (
    one integer PRIMARY KEY,
    life uuid,
    mark bigint NOT NULL,
    place text NOT NULL,
    timeline text NOT NULL,
    copied boolean NOT NULL,
    hold_id uuid,
    dropped_before timestamptz
);
INSERT INTO sending (one, life, mark, place, timeline, copied, hold_id, dropped_before) VALUES (1, NULL, 0, '', '', FALSE, NULL, NULL);

-- Each time that sending was held, and who released it. reason: copy, elsewhere or older. waiting: send or drop, what the release did with what waited.
CREATE TABLE sending_hold (
    hold_id uuid PRIMARY KEY,
    reason text NOT NULL,
    held_at timestamptz NOT NULL,
    released_at timestamptz,
    released_by uuid REFERENCES app_user,
    waiting text
);

-- The last run of each job, on whichever node. A run that did nothing is written once a minute at most.
CREATE TABLE job_run (
    job text PRIMARY KEY,
    node text NOT NULL,
    ran_at timestamptz NOT NULL,
    took_ms integer NOT NULL,
    next_at timestamptz,
    worked_at timestamptz,
    worked_on integer NOT NULL,
    failed_at timestamptz,
    failure text
);
