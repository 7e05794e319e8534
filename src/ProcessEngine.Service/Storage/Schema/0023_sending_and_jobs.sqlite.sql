-- Whether mail and webhooks may go out: one row. life: whose mark it is; mark: grows with every start and every batch that is sent, and is kept outside the database, too.
-- place, timeline: where the database last ran. copied: set in a copy by the scripts that make and restore it.
CREATE TABLE sending (
    one integer PRIMARY KEY,
    life text,
    mark integer NOT NULL,
    place text NOT NULL,
    timeline text NOT NULL,
    copied integer NOT NULL,
    hold_id text,
    dropped_before text
);
INSERT INTO sending (one, life, mark, place, timeline, copied, hold_id, dropped_before) VALUES (1, NULL, 0, '', '', 0, NULL, NULL);

-- Each time that sending was held, and who released it. reason: copy, elsewhere or older. waiting: send or drop, what the release did with what waited.
CREATE TABLE sending_hold (
    hold_id text PRIMARY KEY,
    reason text NOT NULL,
    held_at text NOT NULL,
    released_at text,
    released_by text REFERENCES app_user,
    waiting text
) WITHOUT ROWID;

-- The last run of each job, on whichever node. A run that did nothing is written once a minute at most.
CREATE TABLE job_run (
    job text PRIMARY KEY,
    node text NOT NULL,
    ran_at text NOT NULL,
    took_ms integer NOT NULL,
    next_at text,
    worked_at text,
    worked_on integer NOT NULL,
    failed_at text,
    failure text
) WITHOUT ROWID;
