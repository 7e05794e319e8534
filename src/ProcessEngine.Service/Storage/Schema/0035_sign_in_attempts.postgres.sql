-- Wrong passwords in a row, by person or by a name that nobody has (its hash): an attempt is counted before its password is looked at.
-- credential.failures and credential.locked_until are read by versions before this one only.
CREATE TABLE sign_in_attempt (
    who text PRIMARY KEY,
    failures integer NOT NULL,
    locked_until timestamptz,
    changed_at timestamptz NOT NULL
);
CREATE INDEX ix_attempt_age ON sign_in_attempt (changed_at);
