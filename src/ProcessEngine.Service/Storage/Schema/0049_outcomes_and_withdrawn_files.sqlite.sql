-- How a case ended: for lists, which filter by it. Cases of before get theirs by a job, as there may be a million.
ALTER TABLE process_instance ADD COLUMN outcome text;
CREATE INDEX ix_instance_outcome ON process_instance (office, outcome, instance_id) WHERE outcome IS NOT NULL;
CREATE INDEX ix_instance_no_outcome ON process_instance (instance_id) WHERE ended_at IS NOT NULL AND outcome IS NULL;
-- A file that is not part of its case any more: its bytes stay, for those who look into what happened.
ALTER TABLE attachment ADD COLUMN withdrawn_at text;
ALTER TABLE attachment ADD COLUMN withdrawn_by text REFERENCES app_user;
ALTER TABLE attachment ADD COLUMN withdrawn_reason text;
