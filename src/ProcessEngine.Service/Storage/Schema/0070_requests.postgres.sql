-- Whether an office takes requests from people outside. contact: where else it can be reached.
CREATE TABLE request_desk (
    office text PRIMARY KEY REFERENCES office,
    is_open boolean NOT NULL,
    contact text NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamptz NOT NULL
);

-- A service that its definition offers and the office does not, for now.
CREATE TABLE request_closed (
    office text NOT NULL REFERENCES office,
    definition_key text NOT NULL,
    reason text NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (office, definition_key)
);

-- A case that somebody outside asked for. Who they are stands here and not in the case: here it can be forgotten. token_hash: of the
-- secret link; null: it was revoked. expires_at: when the link ends and the rest is forgotten; null while the case runs.
CREATE TABLE request (
    instance_id uuid PRIMARY KEY REFERENCES process_instance,
    office text NOT NULL,
    definition_key text NOT NULL,
    number text NOT NULL,
    channel text NOT NULL,
    filed_by uuid,
    token_hash bytea,
    name text,
    organisation text,
    telephone text,
    mail text,
    consent text NOT NULL,
    asked_at timestamptz NOT NULL,
    keep_days integer NOT NULL,
    expires_at timestamptz,
    erasure_asked_at timestamptz,
    forgotten_at timestamptz
);
CREATE UNIQUE INDEX ux_request_token ON request (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX ix_request_office ON request (office, asked_at, instance_id);
CREATE INDEX ix_request_running ON request (instance_id) WHERE expires_at IS NULL;
CREATE INDEX ix_request_expires ON request (expires_at) WHERE expires_at IS NOT NULL AND forgotten_at IS NULL;
CREATE INDEX ix_request_erasure ON request (office, erasure_asked_at) WHERE erasure_asked_at IS NOT NULL AND forgotten_at IS NULL;

-- A question to whoever asked. The work waits for the answer until give_up_at. closed_at: null while it is open.
CREATE TABLE request_question (
    question_id uuid PRIMARY KEY,
    instance_id uuid NOT NULL REFERENCES request,
    task_id uuid NOT NULL,
    question text NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    give_up_at timestamptz NOT NULL,
    answer text,
    closed_at timestamptz,
    parked boolean NOT NULL
);
CREATE INDEX ix_request_question ON request_question (instance_id, question_id);
CREATE INDEX ix_request_question_due ON request_question (give_up_at) WHERE closed_at IS NULL AND NOT parked;

-- A file of the case that was handed over to whoever asked.
CREATE TABLE request_file (
    instance_id uuid NOT NULL REFERENCES request,
    attachment_id uuid NOT NULL,
    handed_by uuid NOT NULL,
    handed_at timestamptz NOT NULL,
    PRIMARY KEY (instance_id, attachment_id)
);
