-- From when until when somebody is an auditor of an office, both days included; null, or no row: without a bound.
CREATE TABLE auditor_term (
    user_id text NOT NULL REFERENCES app_user,
    office text NOT NULL REFERENCES office,
    from_on text,
    until_on text,
    PRIMARY KEY (user_id, office)
) WITHOUT ROWID;
