-- What an office calls a post, where it calls it otherwise than every office does.
CREATE TABLE office_post_name (
    office text NOT NULL REFERENCES office,
    role text NOT NULL,
    name_th text NOT NULL,
    name_en text NOT NULL,
    PRIMARY KEY (office, role)
) WITHOUT ROWID;
