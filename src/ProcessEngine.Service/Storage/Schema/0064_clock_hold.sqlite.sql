-- Each time that a node's clock went further than time did, and who said that it was right (nobody: it was put right).
CREATE TABLE clock_hold (
    hold_id text PRIMARY KEY,
    node text NOT NULL,
    believed text NOT NULL,
    reads text NOT NULL,
    released_at text,
    released_by text REFERENCES app_user
) WITHOUT ROWID;
