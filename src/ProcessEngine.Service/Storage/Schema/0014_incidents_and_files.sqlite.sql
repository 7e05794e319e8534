-- What stands in the way of cases and nobody has put right; deleted when somebody has. Work for a post that nobody sits in is not among them: that is
-- asked of the tasks, because it comes and goes with people and orders.
CREATE TABLE incident (
    incident_id text PRIMARY KEY,
    instance_id text NOT NULL,
    office text NOT NULL,
    node_id text NOT NULL,
    code text NOT NULL,
    detail text,
    raised_at text NOT NULL
) WITHOUT ROWID;
CREATE INDEX ix_incident_office ON incident (office, raised_at, incident_id);
DROP INDEX ix_wait_incident;

-- The box of the chart that called.
ALTER TABLE case_call ADD COLUMN node_id text NOT NULL DEFAULT '';

-- The files of cases. The hash of their bytes stands in the event that laid them to the case, too.
CREATE TABLE attachment (
    attachment_id text PRIMARY KEY,
    instance_id text NOT NULL,
    task_id text,
    file_name text NOT NULL,
    content_type text NOT NULL,
    size integer NOT NULL,
    sha256 text NOT NULL,
    created_at text NOT NULL,
    created_by text NOT NULL,
    content blob NOT NULL
);
CREATE INDEX ix_attachment_instance ON attachment (instance_id, attachment_id);
