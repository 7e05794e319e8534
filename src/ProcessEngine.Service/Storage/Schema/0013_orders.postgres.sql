-- By what order somebody sits in a post that is not their own: acting (รักษาราชการแทน) or delegated (ปฏิบัติราชการแทน). Days are the office's own, both
-- inclusive; valid_to is null until a further order, holder is null where the post is vacant. scope and acts are JSON lists of definition keys and of
-- acts; null stands for all. A revoked order stays in the register.
CREATE TABLE post_order (
    order_id uuid PRIMARY KEY,
    office text NOT NULL REFERENCES office,
    order_no text NOT NULL,
    kind text NOT NULL,
    role text NOT NULL,
    holder uuid REFERENCES app_user,
    acting_user uuid NOT NULL REFERENCES app_user,
    valid_from date NOT NULL,
    valid_to date,
    scope text,
    acts text,
    reason text,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    revoked_at timestamptz,
    revoked_by uuid,
    revoked_for text
);
CREATE UNIQUE INDEX ux_order_number ON post_order (office, order_no, role, acting_user) WHERE revoked_at IS NULL;
CREATE INDEX ix_order_office ON post_order (office, order_id);
CREATE INDEX ix_order_user ON post_order (acting_user) WHERE revoked_at IS NULL;

-- Under which order a task was decided; null where the post was the decider's own.
ALTER TABLE user_task ADD COLUMN capacity_kind text;
ALTER TABLE user_task ADD COLUMN capacity_order text;

-- A task that is one person's by the definition: nobody does it in their place.
ALTER TABLE user_task ADD COLUMN personal boolean NOT NULL DEFAULT FALSE;

-- A task that approves or refuses: nobody who sits in a post by order decides on their own case in it.
ALTER TABLE user_task ADD COLUMN decides boolean NOT NULL DEFAULT FALSE;

-- Administrators of every office are told of incidents, too.
CREATE INDEX ix_outbox_administrator ON outbox (message_id) WHERE to_role = 'administrator';

-- Fails the whole batch when an order was revoked that it was decided under; until the batch is stored, nobody revokes it.
CREATE FUNCTION check_order(used uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM post_order WHERE order_id = used AND revoked_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The order was revoked.' USING ERRCODE = 'serialization_failure';
    END IF;
END $$;
