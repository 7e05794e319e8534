-- Where the last copies lie, how large they are, and what came of trying them: 'whole', or what was wrong.
ALTER TABLE backup_made ADD COLUMN place text;
ALTER TABLE backup_made ADD COLUMN bytes bigint;
ALTER TABLE backup_made ADD COLUMN tried_at timestamptz;
ALTER TABLE backup_made ADD COLUMN trial text;
