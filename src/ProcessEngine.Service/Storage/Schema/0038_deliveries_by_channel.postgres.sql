-- Each channel is worked off by itself.
DROP INDEX ix_delivery_due;
CREATE INDEX ix_delivery_due_of_channel ON delivery (channel, next_at) WHERE state = 'waiting';
