-- What people and cases are found by, in one spelling. Written by the service, which knows how; rows of before get theirs when it starts.
ALTER TABLE app_user ADD COLUMN name_key text;
CREATE UNIQUE INDEX ux_user_name_key ON app_user (name_key);
ALTER TABLE process_instance ADD COLUMN search_key text;
ALTER TABLE process_definition ADD COLUMN search_key text;
ALTER TABLE office_draft ADD COLUMN search_key text;
-- Those that have none yet: for a moment after an upgrade.
CREATE INDEX ix_user_no_key ON app_user (user_id) WHERE name_key IS NULL;
CREATE INDEX ix_instance_no_key ON process_instance (instance_id) WHERE search_key IS NULL;
