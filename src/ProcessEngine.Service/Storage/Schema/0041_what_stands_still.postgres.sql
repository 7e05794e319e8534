-- A limit that stands still is not overdue.
ALTER TABLE deadline ADD COLUMN paused boolean NOT NULL DEFAULT FALSE;
UPDATE deadline SET paused = TRUE
WHERE state = 'open' AND instance_id IN (SELECT instance_id FROM process_instance WHERE status = 'suspended');
UPDATE deadline SET paused = TRUE
WHERE state = 'open' AND deadline_id IN (SELECT deadline_id FROM user_task WHERE state = 'open' AND paused)
    AND deadline_id NOT IN (SELECT deadline_id FROM user_task WHERE state = 'open' AND NOT paused AND deadline_id IS NOT NULL);
