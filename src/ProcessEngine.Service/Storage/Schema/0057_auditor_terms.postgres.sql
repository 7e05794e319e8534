-- From when until when somebody is an auditor of an office, both days included; null, or no row: without a bound.
CREATE TABLE auditor_term (
    user_id uuid NOT NULL REFERENCES app_user,
    office text NOT NULL REFERENCES office,
    from_on date,
    until_on date,
    PRIMARY KEY (user_id, office)
);
