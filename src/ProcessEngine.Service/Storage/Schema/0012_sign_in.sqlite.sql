-- Sign-in for people: a password, and the sessions that were opened with it. Programs use keys (api_key).

-- stamp: changed with the password and by "sign out everywhere"; a session with another stamp is over.
CREATE TABLE credential (
    user_id text PRIMARY KEY REFERENCES app_user,
    password_hash text NOT NULL,
    stamp text NOT NULL,
    must_change integer NOT NULL,
    changed_at text NOT NULL,
    failures integer NOT NULL,
    locked_until text
);

CREATE TABLE web_session (
    session_id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES app_user,
    stamp text NOT NULL,
    device text NOT NULL,
    created_at text NOT NULL,
    seen_at text NOT NULL,
    ended_at text
);
CREATE INDEX ix_session_user ON web_session (user_id, session_id) WHERE ended_at IS NULL;

-- What a person has started and waits for.
CREATE INDEX ix_instance_started_by ON process_instance (started_by, instance_id) WHERE status = 'running';
