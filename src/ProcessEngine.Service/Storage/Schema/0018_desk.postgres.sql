-- What somebody has begun to fill in and not yet sent. subject: task:<id>, or start:<key of the procedure>.
CREATE TABLE form_draft (
    user_id uuid NOT NULL REFERENCES app_user,
    subject text NOT NULL,
    content text NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, subject)
);
CREATE INDEX ix_draft_age ON form_draft (saved_at);

-- The second factor of a person: a secret that the service's keys seal, and codes for the day on which the phone is lost (their hashes, each taken once).
-- last_step: the newest half minute whose code was taken, so that no code is taken twice.
CREATE TABLE second_factor (
    user_id uuid PRIMARY KEY REFERENCES app_user,
    secret text NOT NULL,
    recovery text NOT NULL,
    last_step bigint NOT NULL,
    failures integer NOT NULL,
    locked_until timestamptz,
    created_at timestamptz NOT NULL
);
