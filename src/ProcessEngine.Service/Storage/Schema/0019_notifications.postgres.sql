-- How a person wants to be told, besides the pages. email_when: never, once (as it comes) or daily. quiet: only within office hours.
CREATE TABLE notification_setting (
    user_id uuid PRIMARY KEY REFERENCES app_user,
    email text,
    email_when text NOT NULL,
    webhook text,
    quiet boolean NOT NULL,
    changed_at timestamptz NOT NULL
);

-- What somebody is sent, made from the outbox. state: waiting, sent, failed, or off (not wanted any more).
CREATE TABLE delivery (
    delivery_id uuid PRIMARY KEY,
    message_id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES app_user,
    office text NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    link text NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamptz NOT NULL,
    error text,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_delivery_due ON delivery (next_at) WHERE state = 'waiting';
CREATE INDEX ix_delivery_failed ON delivery (office, delivery_id) WHERE state = 'failed';
CREATE INDEX ix_delivery_old ON delivery (created_at) WHERE state <> 'waiting';

-- Whether deliveries were made of a message. What came before is not told once more.
ALTER TABLE outbox ADD COLUMN told boolean NOT NULL DEFAULT FALSE;
UPDATE outbox SET told = TRUE;
CREATE INDEX ix_outbox_untold ON outbox (message_id) WHERE NOT told;
