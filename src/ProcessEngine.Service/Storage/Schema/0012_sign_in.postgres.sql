-- Sign-in for people: a password, and the sessions that were opened with it. Programs use keys (api_key).

-- stamp: changed with the password and by "sign out everywhere"; a session with another stamp is over.
CREATE TABLE credential (
    user_id uuid PRIMARY KEY REFERENCES app_user,
    password_hash text NOT NULL,
    stamp text NOT NULL,
    must_change boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    failures integer NOT NULL,
    locked_until timestamptz
);

CREATE TABLE web_session (
    session_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES app_user,
    stamp text NOT NULL,
    device text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX ix_session_user ON web_session (user_id, session_id) WHERE ended_at IS NULL;

-- What a person has started and waits for.
CREATE INDEX ix_instance_started_by ON process_instance (started_by, instance_id) WHERE status = 'running';
