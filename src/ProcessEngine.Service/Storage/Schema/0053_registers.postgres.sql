-- What the registers list of the record: acts that are rare, by when they were done.
CREATE INDEX ix_event_register ON audit_event (at, instance_id, sequence)
WHERE type IN ('ActUndone', 'DeadlineMoved', 'InstanceMigrated', 'InstanceMoved', 'InstanceReopened', 'InstanceResumed', 'InstanceSuspended', 'TaskPaused', 'TaskRejected', 'TaskReturned', 'VariablesChanged');
-- What an office was told, newest first; and by which channels.
CREATE INDEX ix_outbox_office ON outbox (office, message_id);
CREATE INDEX ix_delivery_message ON delivery (message_id);
