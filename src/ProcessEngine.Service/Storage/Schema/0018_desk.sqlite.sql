-- What somebody has begun to fill in and not yet sent. subject: task:<id>, or start:<key of the procedure>.
CREATE TABLE form_draft (
    user_id text NOT NULL REFERENCES app_user,
    subject text NOT NULL,
    content text NOT NULL,
    saved_at text NOT NULL,
    PRIMARY KEY (user_id, subject)
) WITHOUT ROWID;
CREATE INDEX ix_draft_age ON form_draft (saved_at);
