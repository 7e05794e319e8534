-- Where the forms that were filled in at a step stand in the audit trail, for reports over them.
CREATE TABLE form_answer (
    office text NOT NULL,
    definition_key text NOT NULL,
    step_id text NOT NULL,
    answered_at timestamptz NOT NULL,
    task_id uuid NOT NULL,
    instance_id uuid NOT NULL,
    sequence integer NOT NULL,
    PRIMARY KEY (office, definition_key, step_id, answered_at, task_id)
);
INSERT INTO form_answer (office, definition_key, step_id, answered_at, task_id, instance_id, sequence)
SELECT t.office, t.definition_key, t.step_id, e.at, t.task_id, t.instance_id, e.sequence
FROM user_task t
JOIN audit_event e ON e.instance_id = t.instance_id AND e.sequence = t.revision
WHERE t.outcome IN ('completed', 'approved') AND e.type IN ('TaskCompleted', 'TaskApproved') AND e.payload NOT LIKE '%"outputs":{}%';
