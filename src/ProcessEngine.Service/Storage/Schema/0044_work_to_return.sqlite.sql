-- Who holds less than before, from when on: what they had taken may have to go back.
CREATE TABLE work_to_return (
    user_id text NOT NULL REFERENCES app_user,
    due_at text NOT NULL,
    parked integer NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, due_at)
) WITHOUT ROWID;
CREATE INDEX ix_work_to_return_due ON work_to_return (due_at) WHERE NOT parked;
