-- One-time links by which somebody chooses their password: the first administrator (who = 'first'), or the owner of an account. Of the secret
-- in a link only the hash is kept; a new link takes the place of the one before, and one that was used is gone.
CREATE TABLE account_link (
    who text PRIMARY KEY,
    link_id uuid NOT NULL UNIQUE,
    user_id uuid REFERENCES app_user,
    hash bytea NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_account_link_age ON account_link (expires_at);

-- The groups (กลุ่ม) of an office. name_key: the name as it reads, so that no group is there twice.
CREATE TABLE office_group (
    group_id uuid PRIMARY KEY,
    office text NOT NULL REFERENCES office,
    name text NOT NULL,
    name_key text NOT NULL,
    UNIQUE (office, name_key)
);

-- What an office says of somebody who works there.
CREATE TABLE office_member (
    office text NOT NULL REFERENCES office,
    user_id uuid NOT NULL REFERENCES app_user,
    post text,
    post_level text,
    group_id uuid REFERENCES office_group,
    telephone text,
    PRIMARY KEY (office, user_id)
);
CREATE INDEX ix_office_member_user ON office_member (user_id);
CREATE INDEX ix_office_member_group ON office_member (group_id) WHERE group_id IS NOT NULL;

-- When backup.sh last made a copy of this database.
CREATE TABLE backup_made (made_at timestamptz PRIMARY KEY);
