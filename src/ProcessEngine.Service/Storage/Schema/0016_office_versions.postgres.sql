-- A version belongs to every office ('*') or is one office's own; the others go by theirs.
-- manual_version: of an office's own, the version of every office that it goes back to.
ALTER TABLE definition_version ADD COLUMN office text NOT NULL DEFAULT '*';
ALTER TABLE definition_version ADD COLUMN manual_version integer;
ALTER TABLE definition_version ADD COLUMN name_th text NOT NULL DEFAULT '';
ALTER TABLE definition_version ADD COLUMN name_en text NOT NULL DEFAULT '';
UPDATE definition_version SET
    name_th = (SELECT d.name_th FROM process_definition d WHERE d.definition_key = definition_version.definition_key),
    name_en = (SELECT d.name_en FROM process_definition d WHERE d.definition_key = definition_version.definition_key);

-- Which office alone knows it; '*': all.
ALTER TABLE process_definition ADD COLUMN office text NOT NULL DEFAULT '*';
CREATE INDEX ix_definition_name ON process_definition (name_th, definition_key);

-- Each office has its own draft; '*' is that of the versions of every office. Published or discarded, its row stays without content:
-- so no revision comes twice, and whoever still looks at an old one is told.
-- opened: the revision with which the draft began. window_id, window_since: the browser window that saved last, and the first revision of its unbroken row of saves.
CREATE TABLE office_draft (
    office text NOT NULL,
    definition_key text NOT NULL,
    content text,
    name_th text NOT NULL,
    name_en text NOT NULL,
    revision integer NOT NULL,
    opened integer NOT NULL,
    manual_version integer,
    window_id text,
    window_since integer NOT NULL,
    updated_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (office, definition_key)
);
INSERT INTO office_draft (office, definition_key, content, name_th, name_en, revision, opened, manual_version, window_id, window_since, updated_by, updated_at)
SELECT '*', definition_key, content, '', '', revision, 1, NULL, NULL, revision, updated_by, updated_at FROM definition_draft;
DROP TABLE definition_draft;

-- What somebody saved over a draft that had become newer: kept until they decide.
CREATE TABLE draft_set_aside (
    office text NOT NULL,
    definition_key text NOT NULL,
    window_id text NOT NULL,
    content text NOT NULL,
    saved_by uuid NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (office, definition_key, window_id)
);
