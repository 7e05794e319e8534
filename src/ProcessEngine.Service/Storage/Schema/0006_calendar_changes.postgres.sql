-- Days on which one office differs from its province. A row is in force from version_from until before version_to, as the holidays are.
-- kind: closure, opening, or confirmation (of a holiday of low confidence, for this office alone).
CREATE TABLE office_day (
    office text NOT NULL REFERENCES office,
    day date NOT NULL,
    version_from integer NOT NULL REFERENCES calendar_version,
    version_to integer,
    kind text NOT NULL,
    reason text NOT NULL,
    approved_by text NOT NULL,
    PRIMARY KEY (office, day, version_from)
);

-- Who changed the calendar, when, why, and what it did to the running limits. scope: national, provinces joined by a bar, or an office's code.
CREATE TABLE calendar_change (
    to_version integer PRIMARY KEY REFERENCES calendar_version,
    change_id uuid NOT NULL UNIQUE,
    from_version integer NOT NULL,
    scope text NOT NULL,
    office text,
    changed_at timestamptz NOT NULL,
    changed_by uuid,
    reference text NOT NULL,
    reason text NOT NULL,
    approved_by text,
    days text NOT NULL,
    effect text NOT NULL
);
CREATE INDEX ix_change_office ON calendar_change (office, to_version) WHERE office IS NOT NULL;

-- shipped: came with the program; change: entered here. A new table that is shipped does not overrule what was entered here.
ALTER TABLE holiday ADD COLUMN origin text NOT NULL DEFAULT 'shipped';

-- Moved into the past by a change of the calendar, and not yet confirmed by a supervisor; resting on days that are not yet announced.
ALTER TABLE deadline ADD COLUMN awaits_confirmation boolean NOT NULL DEFAULT FALSE;
ALTER TABLE user_task ADD COLUMN awaits_confirmation boolean NOT NULL DEFAULT FALSE;
ALTER TABLE user_task ADD COLUMN provisional boolean NOT NULL DEFAULT FALSE;

CREATE INDEX ix_deadline_open ON deadline (office, instance_id) WHERE state = 'open';

-- A decision that used the calendar and a change of the calendar exclude each other: until the one is stored, the other waits.
-- The version is read after the lock is held, and so never an old one.
CREATE FUNCTION hold_calendar() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE held integer;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(22643820869149036);
    SELECT MAX(version) INTO held FROM calendar_version;
    RETURN held;
END $$;

-- Fails the whole batch when the calendar is not the one that the decision was made by.
CREATE FUNCTION check_calendar(seen integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF hold_calendar() <> seen THEN
        RAISE EXCEPTION 'The calendar was changed.' USING ERRCODE = 'serialization_failure';
    END IF;
END $$;

CREATE FUNCTION change_calendar() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE held integer;
BEGIN
    PERFORM pg_advisory_xact_lock(22643820869149036);
    SELECT MAX(version) INTO held FROM calendar_version;
    RETURN held;
END $$;

-- A shipped table is taken once, whichever node starts first.
CREATE UNIQUE INDEX ix_version_checksum ON calendar_version (checksum);
