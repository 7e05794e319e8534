-- By which edition of the calendar the next start was counted: after a change it is counted anew.
ALTER TABLE recurrence ADD COLUMN calendar_version integer NOT NULL DEFAULT 0;
CREATE INDEX ix_recurrence_calendar ON recurrence (calendar_version) WHERE next_at IS NOT NULL;
