-- What cases wait for besides people: a date, a message, a sub-process, a timer on a step. Deleted when it has come.
-- wake_at is when the sweep has to look at it; null while only an outsider can end it, or while the case is suspended.
CREATE TABLE process_wait (
    wait_id text PRIMARY KEY,
    instance_id text NOT NULL,
    office text NOT NULL,
    node_id text NOT NULL,
    kind text NOT NULL,
    wake_at text,
    message text,
    correlation text,
    failures integer NOT NULL
);
CREATE INDEX ix_wait_wake ON process_wait (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX ix_wait_instance ON process_wait (instance_id);
CREATE INDEX ix_wait_message ON process_wait (office, message, correlation) WHERE message IS NOT NULL;
CREATE INDEX ix_wait_incident ON process_wait (office, wait_id) WHERE kind = 'incident';

-- Cases that cases start: wanted, then started, then ended, then told (the case that waits has been told). wait_id is null where nobody waits.
CREATE TABLE case_call (
    child_id text PRIMARY KEY,
    parent_id text NOT NULL,
    wait_id text,
    definition_key text NOT NULL,
    office text NOT NULL,
    state text NOT NULL,
    outcome text,
    created_at text NOT NULL
);
CREATE INDEX ix_call_to_do ON case_call (state, created_at) WHERE state = 'wanted' OR state = 'ended';
CREATE INDEX ix_call_parent ON case_call (parent_id);

ALTER TABLE user_task ADD COLUMN level integer;
ALTER TABLE user_task ADD COLUMN item text;
ALTER TABLE user_task ADD COLUMN paused integer NOT NULL DEFAULT 0;
