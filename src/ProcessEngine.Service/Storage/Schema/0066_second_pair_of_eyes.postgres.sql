-- Whether what an office publishes must have been looked at by somebody who did not write it.
CREATE TABLE office_publishing (
    office text PRIMARY KEY REFERENCES office,
    review_required boolean NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamptz NOT NULL
);

-- Who has saved anything in a draft since it began. window_id: empty for the open draft, else of the copy that was put away.
CREATE TABLE draft_author (
    office text NOT NULL,
    definition_key text NOT NULL,
    window_id text NOT NULL,
    user_id uuid NOT NULL,
    PRIMARY KEY (office, definition_key, window_id, user_id)
);
INSERT INTO draft_author (office, definition_key, window_id, user_id)
SELECT office, definition_key, '', updated_by FROM office_draft WHERE content IS NOT NULL;
INSERT INTO draft_author (office, definition_key, window_id, user_id)
SELECT office, definition_key, window_id, saved_by FROM draft_set_aside;

-- The revision of a draft that a reviewer approved; a later revision needs another look.
CREATE TABLE draft_approval (
    office text NOT NULL,
    definition_key text NOT NULL,
    revision integer NOT NULL,
    approved_by uuid NOT NULL REFERENCES app_user,
    approved_at timestamptz NOT NULL,
    comment text,
    PRIMARY KEY (office, definition_key)
);
ALTER TABLE definition_version ADD COLUMN approved_by uuid;

-- What people say to each other about a draft. step: empty for the whole. settled_at: null while it is open.
CREATE TABLE draft_comment (
    comment_id uuid PRIMARY KEY,
    office text NOT NULL,
    definition_key text NOT NULL,
    step text NOT NULL,
    body text NOT NULL,
    written_by uuid NOT NULL REFERENCES app_user,
    written_at timestamptz NOT NULL,
    settled_by uuid REFERENCES app_user,
    settled_at timestamptz
);
CREATE INDEX ix_draft_comment ON draft_comment (office, definition_key, comment_id);
CREATE INDEX ix_draft_comment_settled ON draft_comment (settled_at) WHERE settled_at IS NOT NULL;

-- Who has a draft open, as their page last said.
CREATE TABLE draft_presence (
    office text NOT NULL,
    definition_key text NOT NULL,
    user_id uuid NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (office, definition_key, user_id)
);
