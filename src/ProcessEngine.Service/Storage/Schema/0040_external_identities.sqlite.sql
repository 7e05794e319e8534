-- Whom a provider of sign-in means: by its issuer and its own, unchanging name of the person (OpenID Connect Core, section 5.7), never by a name that may go to another.
CREATE TABLE external_identity (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id text NOT NULL REFERENCES app_user,
    linked_at text NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX ix_external_identity_user ON external_identity (user_id, issuer);
