-- What changes people, roles, keys, passwords and second factors: who did it (null: the service itself, at its first start), on whom, in which office
-- ('*': the whole installation), with what (JSON), why, and from where: by a key, a page or the start, which key or session, from which address.
-- The hash of a row covers the row and the hash of the one before it.
CREATE TABLE admin_event (
    sequence integer PRIMARY KEY,
    at timestamptz NOT NULL,
    actor uuid REFERENCES app_user,
    action text NOT NULL,
    on_user uuid REFERENCES app_user,
    office text NOT NULL,
    detail text NOT NULL,
    reason text,
    door text NOT NULL,
    door_id uuid,
    address text,
    hash bytea NOT NULL
);
CREATE INDEX ix_admin_event_office ON admin_event (office, sequence);
CREATE INDEX ix_admin_event_user ON admin_event (on_user, sequence) WHERE on_user IS NOT NULL;

-- Where the trail ends: one row, which whoever writes the next event holds.
CREATE TABLE admin_trail (
    one integer PRIMARY KEY,
    length integer NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO admin_trail (one, length, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

-- kind: person, or service: a program, which has keys and signs in nowhere. home_office: whose administrators look after the account.
ALTER TABLE app_user ADD COLUMN kind text NOT NULL DEFAULT 'person';
ALTER TABLE app_user ADD COLUMN home_office text;
UPDATE app_user SET home_office = (
    SELECT m.office FROM membership m WHERE m.user_id = app_user.user_id ORDER BY CASE m.office WHEN '*' THEN 0 ELSE 1 END, m.office LIMIT 1
);

-- expires_at: null for keys of before, and for those of the first start.
ALTER TABLE api_key ADD COLUMN expires_at timestamptz;
ALTER TABLE api_key ADD COLUMN last_used_at timestamptz;

-- Another office asks for somebody: nothing changes until they themselves, or an administrator of their home office, agree.
CREATE TABLE joining (
    joining_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES app_user,
    office text NOT NULL REFERENCES office,
    roles text NOT NULL,
    reason text,
    asked_by uuid NOT NULL REFERENCES app_user,
    asked_at timestamptz NOT NULL,
    decided_by uuid REFERENCES app_user,
    decided_at timestamptz,
    accepted boolean
);
CREATE INDEX ix_joining_user ON joining (user_id, joining_id) WHERE decided_at IS NULL;
CREATE INDEX ix_joining_office ON joining (office, joining_id) WHERE decided_at IS NULL;

-- What somebody is told about their own account, besides the notices of cases.
CREATE TABLE account_notice (
    notice_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES app_user,
    kind text NOT NULL,
    office text NOT NULL,
    link text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_account_notice ON account_notice (user_id, notice_id);
