-- All open work of one person in an office, handed over to another, or back to everybody of the roles (to_user is null). Names are as they were on that day: it is a receipt.
CREATE TABLE hand_over (
    hand_over_id text PRIMARY KEY,
    office text NOT NULL REFERENCES office,
    from_user text NOT NULL REFERENCES app_user,
    from_name text NOT NULL,
    to_user text REFERENCES app_user,
    to_name text,
    order_no text,
    reason text NOT NULL,
    created_at text NOT NULL,
    created_by text NOT NULL REFERENCES app_user,
    created_name text NOT NULL
) WITHOUT ROWID;
CREATE INDEX ix_hand_over_office ON hand_over (office, hand_over_id);
CREATE INDEX ix_hand_over_from ON hand_over (from_user, hand_over_id);
CREATE INDEX ix_hand_over_to ON hand_over (to_user, hand_over_id) WHERE to_user IS NOT NULL;

-- Its tasks, as they were when it was made. state: waiting, given or refused (and why); stored with the act itself.
CREATE TABLE hand_over_item (
    hand_over_id text NOT NULL REFERENCES hand_over,
    position integer NOT NULL,
    task_id text NOT NULL,
    instance_id text NOT NULL,
    definition_key text NOT NULL,
    definition_version integer NOT NULL,
    step_id text NOT NULL,
    attempt integer NOT NULL,
    due_at text,
    revision integer NOT NULL,
    state text NOT NULL,
    why_th text,
    why_en text,
    done_at text,
    PRIMARY KEY (hand_over_id, position)
) WITHOUT ROWID;
