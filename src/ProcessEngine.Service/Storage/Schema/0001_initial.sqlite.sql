-- Who

CREATE TABLE office (
    code text PRIMARY KEY,
    name_th text NOT NULL,
    name_en text NOT NULL,
    province text NOT NULL,
    created_at text NOT NULL
);

CREATE TABLE app_user (
    user_id text PRIMARY KEY,
    user_name text NOT NULL UNIQUE,
    display_name text NOT NULL,
    active integer NOT NULL,
    created_at text NOT NULL
);

-- office '*' means every office.
CREATE TABLE membership (
    user_id text NOT NULL REFERENCES app_user,
    office text NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (user_id, office, role)
) WITHOUT ROWID;
CREATE INDEX ix_membership_office ON membership (office, role);

CREATE TABLE api_key (
    key_id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES app_user,
    hash blob NOT NULL UNIQUE,
    label text NOT NULL,
    created_at text NOT NULL,
    revoked_at text
);
CREATE INDEX ix_api_key_user ON api_key (user_id);

-- Working calendar. A row is in force from version_from until before version_to, so that any earlier version can be rebuilt.

CREATE TABLE calendar_version (
    version integer PRIMARY KEY,
    first_year integer NOT NULL,
    last_year integer NOT NULL,
    last_announced_year integer NOT NULL,
    reason text NOT NULL,
    checksum text NOT NULL,
    created_at text NOT NULL,
    created_by text
);

CREATE TABLE holiday (
    day text NOT NULL,
    scope text NOT NULL,
    version_from integer NOT NULL REFERENCES calendar_version,
    version_to integer,
    name_th text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    PRIMARY KEY (day, scope, version_from)
) WITHOUT ROWID;

-- Limits that an office sets itself on steps for which the manual states none.
CREATE TABLE office_step_deadline (
    office text NOT NULL REFERENCES office,
    definition_key text NOT NULL,
    step_id text NOT NULL,
    rule text NOT NULL,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at text NOT NULL,
    PRIMARY KEY (office, definition_key, step_id)
) WITHOUT ROWID;

-- What

CREATE TABLE process_definition (
    definition_key text PRIMARY KEY,
    latest_version integer NOT NULL,
    manual text NOT NULL,
    name_th text NOT NULL,
    name_en text NOT NULL,
    updated_at text NOT NULL
);

CREATE TABLE definition_version (
    definition_key text NOT NULL,
    version integer NOT NULL,
    content text NOT NULL,
    content_hash text NOT NULL,
    origin text NOT NULL,
    published_at text NOT NULL,
    PRIMARY KEY (definition_key, version)
);

-- Cases. The snapshot (state) is the fold of the events; revision is the sequence of the last one.

CREATE TABLE process_instance (
    instance_id text PRIMARY KEY,
    definition_key text NOT NULL,
    definition_version integer NOT NULL,
    office text NOT NULL,
    title text NOT NULL,
    business_key text,
    status text NOT NULL,
    started_at text NOT NULL,
    started_by text,
    ended_at text,
    next_due_at text,
    revision integer NOT NULL,
    head_hash blob NOT NULL,
    state text NOT NULL
);
CREATE INDEX ix_instance_office ON process_instance (office, instance_id);
CREATE INDEX ix_instance_definition ON process_instance (office, definition_key, instance_id);
CREATE INDEX ix_instance_running ON process_instance (office, instance_id) WHERE status = 'running';
CREATE INDEX ix_instance_business_key ON process_instance (office, business_key, instance_id) WHERE business_key IS NOT NULL;
CREATE INDEX ix_instance_due ON process_instance (office, next_due_at) WHERE next_due_at IS NOT NULL;

-- The audit trail. Append-only; each row's hash covers the hash of the row before it in its case.
-- The hash is over the bytes that were written.
CREATE TABLE audit_event (
    instance_id text NOT NULL,
    sequence integer NOT NULL,
    type text NOT NULL,
    at text NOT NULL,
    actor text,
    payload text NOT NULL,
    hash blob NOT NULL,
    PRIMARY KEY (instance_id, sequence)
) WITHOUT ROWID;

CREATE TABLE user_task (
    task_id text PRIMARY KEY,
    instance_id text NOT NULL,
    office text NOT NULL,
    definition_key text NOT NULL,
    definition_version integer NOT NULL,
    step_id text NOT NULL,
    state text NOT NULL,
    outcome text,
    attempt integer NOT NULL,
    role text NOT NULL,
    assignee text,
    created_at text NOT NULL,
    closed_at text,
    closed_by text,
    deadline_id text,
    due_at text,
    due_order text NOT NULL,
    revision integer NOT NULL
);
CREATE INDEX ix_task_instance ON user_task (instance_id, task_id);
CREATE INDEX ix_task_role ON user_task (office, role, due_order, task_id) WHERE state = 'open' AND assignee IS NULL;
CREATE INDEX ix_task_assignee ON user_task (assignee, due_order, task_id) WHERE state = 'open' AND assignee IS NOT NULL;
CREATE INDEX ix_task_closed_by ON user_task (closed_by, state, task_id) WHERE closed_by IS NOT NULL;
CREATE INDEX ix_task_no_limit ON user_task (office, created_at) WHERE deadline_id IS NULL;

-- One row a clock. wake_at is when the sweep has to look at it next; null when the ladder is climbed or the clock has stopped.
CREATE TABLE deadline (
    deadline_id text PRIMARY KEY,
    instance_id text NOT NULL,
    office text NOT NULL,
    definition_key text NOT NULL,
    step_id text NOT NULL,
    state text NOT NULL,
    result text,
    received_at text NOT NULL,
    due_at text NOT NULL,
    closed_at text,
    fiscal_month integer NOT NULL,
    wake_at text,
    failures integer NOT NULL
);
CREATE INDEX ix_deadline_wake ON deadline (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX ix_deadline_instance ON deadline (instance_id);
CREATE INDEX ix_deadline_office ON deadline (office, received_at);

-- What the outside will be told, stored with the change that owes it.
CREATE TABLE outbox (
    message_id text PRIMARY KEY,
    instance_id text NOT NULL,
    office text NOT NULL,
    kind text NOT NULL,
    task_id text,
    to_role text,
    to_user text,
    created_at text NOT NULL
);
CREATE INDEX ix_outbox_role ON outbox (office, to_role, message_id) WHERE to_role IS NOT NULL;
CREATE INDEX ix_outbox_user ON outbox (to_user, message_id) WHERE to_user IS NOT NULL;

-- The first answer to a request, kept with what the request changed.
CREATE TABLE idempotency (
    caller text NOT NULL,
    idempotency_key text NOT NULL,
    request_hash blob NOT NULL,
    status integer NOT NULL,
    location text,
    etag text,
    body text NOT NULL,
    created_at text NOT NULL,
    PRIMARY KEY (caller, idempotency_key)
) WITHOUT ROWID;
CREATE INDEX ix_idempotency_age ON idempotency (created_at);
