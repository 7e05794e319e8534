-- A rejection arrives as a rejection, with its reason: in the inbox, in the notices, by mail. sent_back: rejected or returned.
ALTER TABLE user_task ADD COLUMN sent_back text;
ALTER TABLE user_task ADD COLUMN sent_back_reason text;
ALTER TABLE outbox ADD COLUMN reason text;
ALTER TABLE delivery ADD COLUMN reason text;

-- Up to which notice somebody has looked: ids go by time.
CREATE TABLE notice_seen (
    user_id uuid PRIMARY KEY REFERENCES app_user,
    seen uuid NOT NULL,
    seen_at timestamptz NOT NULL
);
