-- Why a version was published, in the words of whoever did.
ALTER TABLE definition_version ADD COLUMN reason text;

-- A draft that somebody discarded, or a copy that was thrown away, is kept beside the others for a while.
-- discarded_at: since when; null for a copy that waits for a decision. manual_version: of the draft, the version that it goes back to.
ALTER TABLE draft_set_aside ADD COLUMN discarded_at timestamptz;
ALTER TABLE draft_set_aside ADD COLUMN discarded_by uuid;
ALTER TABLE draft_set_aside ADD COLUMN manual_version integer;
CREATE INDEX ix_draft_discarded ON draft_set_aside (discarded_at) WHERE discarded_at IS NOT NULL;

-- What an open draft was before somebody else saved it, so that whoever saw that is told what has changed since. A few of each draft.
CREATE TABLE draft_revision (
    office text NOT NULL,
    definition_key text NOT NULL,
    revision integer NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (office, definition_key, revision)
);
