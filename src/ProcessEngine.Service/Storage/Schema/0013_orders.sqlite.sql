-- By what order somebody sits in a post that is not their own: acting (รักษาราชการแทน) or delegated (ปฏิบัติราชการแทน). Days are the office's own, both
-- inclusive; valid_to is null until a further order, holder is null where the post is vacant. scope and acts are JSON lists of definition keys and of
-- acts; null stands for all. A revoked order stays in the register.
CREATE TABLE post_order (
    order_id text PRIMARY KEY,
    office text NOT NULL REFERENCES office,
    order_no text NOT NULL,
    kind text NOT NULL,
    role text NOT NULL,
    holder text REFERENCES app_user,
    acting_user text NOT NULL REFERENCES app_user,
    valid_from text NOT NULL,
    valid_to text,
    scope text,
    acts text,
    reason text,
    created_at text NOT NULL,
    created_by text NOT NULL,
    revoked_at text,
    revoked_by text,
    revoked_for text
) WITHOUT ROWID;
CREATE UNIQUE INDEX ux_order_number ON post_order (office, order_no, role, acting_user) WHERE revoked_at IS NULL;
CREATE INDEX ix_order_office ON post_order (office, order_id);
CREATE INDEX ix_order_user ON post_order (acting_user) WHERE revoked_at IS NULL;

-- Under which order a task was decided; null where the post was the decider's own.
ALTER TABLE user_task ADD COLUMN capacity_kind text;
ALTER TABLE user_task ADD COLUMN capacity_order text;

-- A task that is one person's by the definition: nobody does it in their place.
ALTER TABLE user_task ADD COLUMN personal integer NOT NULL DEFAULT 0;

-- A task that approves or refuses: nobody who sits in a post by order decides on their own case in it.
ALTER TABLE user_task ADD COLUMN decides integer NOT NULL DEFAULT 0;

-- Administrators of every office are told of incidents, too.
CREATE INDEX ix_outbox_administrator ON outbox (message_id) WHERE to_role = 'administrator';
