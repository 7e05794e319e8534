-- What an office prints its papers with. book_pattern: has {n} where the running number stands, and may have {y} for the year.
CREATE TABLE office_paper (
    office text PRIMARY KEY REFERENCES office,
    book_pattern text,
    telephone text,
    crest blob,
    crest_type text
) WITHOUT ROWID;

-- The last number of the book of outgoing papers, by Buddhist year.
CREATE TABLE book_number (
    office text NOT NULL REFERENCES office,
    year integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (office, year)
) WITHOUT ROWID;

-- A memorandum as somebody worded it, and from its signature on as it was signed (kept: JSON). task_id: what it asks for.
CREATE TABLE memo (
    task_id text PRIMARY KEY REFERENCES user_task,
    instance_id text NOT NULL REFERENCES process_instance,
    office text NOT NULL REFERENCES office,
    subject text NOT NULL,
    body text NOT NULL,
    close text NOT NULL,
    edited_by text NOT NULL REFERENCES app_user,
    edited_at text NOT NULL,
    revision integer NOT NULL,
    book_number text,
    book_year integer,
    book_serial integer,
    signed_by text REFERENCES app_user,
    signed_at text,
    kept text
) WITHOUT ROWID;
CREATE UNIQUE INDEX ux_memo_book ON memo (office, book_year, book_serial) WHERE book_serial IS NOT NULL;
