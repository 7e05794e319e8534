-- What was called and is not waited for any more is called off.
DROP INDEX ix_call_to_do;
CREATE INDEX ix_call_to_do ON case_call (state, created_at)
WHERE (state = 'wanted' OR state = 'ended' OR state = 'recalled') AND NOT parked;
