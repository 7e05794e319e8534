-- Whether what an office publishes must have been looked at by somebody who did not write it.
CREATE TABLE office_publishing (
    office text PRIMARY KEY REFERENCES office,
    review_required integer NOT NULL,
    set_by text NOT NULL,
    set_at text NOT NULL
) WITHOUT ROWID;

-- Who has saved anything in a draft since it began. window_id: empty for the open draft, else of the copy that was put away.
CREATE TABLE draft_author (
    office text NOT NULL,
    definition_key text NOT NULL,
    window_id text NOT NULL,
    user_id text NOT NULL,
    PRIMARY KEY (office, definition_key, window_id, user_id)
) WITHOUT ROWID;
INSERT INTO draft_author (office, definition_key, window_id, user_id)
SELECT office, definition_key, '', updated_by FROM office_draft WHERE content IS NOT NULL;
INSERT INTO draft_author (office, definition_key, window_id, user_id)
SELECT office, definition_key, window_id, saved_by FROM draft_set_aside;

-- The revision of a draft that a reviewer approved; a later revision needs another look.
CREATE TABLE draft_approval (
    office text NOT NULL,
    definition_key text NOT NULL,
    revision integer NOT NULL,
    approved_by text NOT NULL REFERENCES app_user,
    approved_at text NOT NULL,
    comment text,
    PRIMARY KEY (office, definition_key)
) WITHOUT ROWID;
ALTER TABLE definition_version ADD COLUMN approved_by text;

-- What people say to each other about a draft. step: empty for the whole. settled_at: null while it is open.
CREATE TABLE draft_comment (
    comment_id text PRIMARY KEY,
    office text NOT NULL,
    definition_key text NOT NULL,
    step text NOT NULL,
    body text NOT NULL,
    written_by text NOT NULL REFERENCES app_user,
    written_at text NOT NULL,
    settled_by text REFERENCES app_user,
    settled_at text
) WITHOUT ROWID;
CREATE INDEX ix_draft_comment ON draft_comment (office, definition_key, comment_id);
CREATE INDEX ix_draft_comment_settled ON draft_comment (settled_at) WHERE settled_at IS NOT NULL;

-- Who has a draft open, as their page last said.
CREATE TABLE draft_presence (
    office text NOT NULL,
    definition_key text NOT NULL,
    user_id text NOT NULL,
    seen_at text NOT NULL,
    PRIMARY KEY (office, definition_key, user_id)
) WITHOUT ROWID;
