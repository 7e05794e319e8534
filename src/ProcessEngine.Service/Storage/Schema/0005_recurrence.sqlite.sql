-- Procedures that an office lets start by themselves. next_on is the day of the next occurrence, next_at the instant of its start;
-- both are null when none is left.
CREATE TABLE recurrence (
    office text NOT NULL REFERENCES office,
    definition_key text NOT NULL,
    every text NOT NULL,
    day text NOT NULL,
    title text NOT NULL,
    next_on text,
    next_at text,
    failures integer NOT NULL,
    set_by text NOT NULL,
    set_at text NOT NULL,
    PRIMARY KEY (office, definition_key)
) WITHOUT ROWID;
CREATE INDEX ix_recurrence_next ON recurrence (next_at) WHERE next_at IS NOT NULL;
