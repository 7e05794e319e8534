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
