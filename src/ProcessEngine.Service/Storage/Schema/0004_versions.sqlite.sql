-- A definition that is being worked on; published, it becomes a version.
CREATE TABLE definition_draft (
    definition_key text PRIMARY KEY,
    content text NOT NULL,
    revision integer NOT NULL,
    updated_by text NOT NULL,
    updated_at text NOT NULL
);

-- A retired version starts no new cases; those that run go on.
ALTER TABLE definition_version ADD COLUMN published_by text;
ALTER TABLE definition_version ADD COLUMN retired_at text;
ALTER TABLE definition_version ADD COLUMN retired_by text;

-- Running cases of an office that move to another version, worked off case by case in the order of their ids.
CREATE TABLE definition_migration (
    migration_id text PRIMARY KEY,
    office text NOT NULL,
    definition_key text NOT NULL,
    from_version integer NOT NULL,
    to_version integer NOT NULL,
    moves text NOT NULL,
    state text NOT NULL,
    after_instance text NOT NULL,
    moved integer NOT NULL,
    refused integer NOT NULL,
    created_by text NOT NULL,
    created_at text NOT NULL,
    ended_at text
);
CREATE INDEX ix_migration_running ON definition_migration (created_at) WHERE state = 'running';
CREATE INDEX ix_migration_definition ON definition_migration (definition_key, migration_id);

CREATE TABLE migration_refusal (
    migration_id text NOT NULL REFERENCES definition_migration,
    instance_id text NOT NULL,
    reason text NOT NULL,
    node_id text,
    PRIMARY KEY (migration_id, instance_id)
) WITHOUT ROWID;

CREATE INDEX ix_instance_version ON process_instance (office, definition_key, definition_version, instance_id) WHERE ended_at IS NULL;
