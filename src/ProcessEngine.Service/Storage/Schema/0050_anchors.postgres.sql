-- What the record was, sealed once an hour. An anchor covers the newest event of each case that had changed since it was last sealed
-- (anchor_entry), the end of the trail of the administration, and the anchor before it; it is signed with a key that is not in the database.
-- key: the modulus of the RSA key, whose exponent is 65537.
CREATE TABLE anchor (
    number integer PRIMARY KEY,
    sealed_at timestamptz NOT NULL,
    entries integer NOT NULL,
    digest bytea NOT NULL,
    trail_length integer NOT NULL,
    trail_hash bytea NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    key bytea NOT NULL,
    signature bytea NOT NULL
);

-- events: how many the case had; hash: of the last of them.
CREATE TABLE anchor_entry (
    instance_id uuid NOT NULL,
    events integer NOT NULL,
    anchor integer NOT NULL,
    office text NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (instance_id, events)
);
CREATE INDEX ix_anchor_entry ON anchor_entry (anchor, instance_id);
CREATE INDEX ix_anchor_entry_office ON anchor_entry (office, instance_id, events);

-- Cases that have ended since the last anchor. An open case is in no such index: its changes touch none.
CREATE INDEX ix_instance_ended ON process_instance (ended_at) WHERE ended_at IS NOT NULL;

-- Whether the record is as it was written: of one office, or of all (office null). asked_by null: the service itself, each night.
-- position null: not begun; else the last case that was looked at, so that a run that was cut off goes on there.
CREATE TABLE verification (
    verification_id uuid PRIMARY KEY,
    office text,
    asked_by uuid REFERENCES app_user,
    asked_at timestamptz NOT NULL,
    position uuid,
    cases bigint NOT NULL,
    events bigint NOT NULL,
    faults integer NOT NULL,
    ended_at timestamptz
);
CREATE INDEX ix_verification_open ON verification (asked_at) WHERE ended_at IS NULL;
CREATE INDEX ix_verification_whole ON verification (verification_id) WHERE office IS NULL;
CREATE INDEX ix_verification_office ON verification (office, verification_id) WHERE office IS NOT NULL;

CREATE TABLE verification_fault (
    verification_id uuid NOT NULL REFERENCES verification,
    number integer NOT NULL,
    reason text NOT NULL,
    office text,
    instance_id uuid,
    sequence integer,
    anchor integer,
    PRIMARY KEY (verification_id, number)
);
