-- Who holds less than before, from when on: what they had taken may have to go back.
CREATE TABLE work_to_return (
    user_id uuid NOT NULL REFERENCES app_user,
    due_at timestamptz NOT NULL,
    parked boolean NOT NULL DEFAULT FALSE,
    PRIMARY KEY (user_id, due_at)
);
CREATE INDEX ix_work_to_return_due ON work_to_return (due_at) WHERE NOT parked;
