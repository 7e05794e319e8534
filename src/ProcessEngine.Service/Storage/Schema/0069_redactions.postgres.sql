-- Personal data that somebody asked to have taken out of the record. terms: what is looked for (JSON), until it is decided; then nothing of it stays.
CREATE TABLE redaction (
    redaction_id uuid PRIMARY KEY,
    office text NOT NULL REFERENCES office,
    asked_by uuid NOT NULL REFERENCES app_user,
    asked_at timestamptz NOT NULL,
    ground text NOT NULL,
    paper text NOT NULL,
    terms text,
    state text NOT NULL,
    cases integer NOT NULL,
    events integer NOT NULL,
    decided_by uuid REFERENCES app_user,
    decided_at timestamptz,
    reason text
);
CREATE INDEX ix_redaction_office ON redaction (office, redaction_id);
