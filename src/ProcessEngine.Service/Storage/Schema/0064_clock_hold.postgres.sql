-- Each time that a node's clock went further than time did, and who said that it was right (nobody: it was put right).
CREATE TABLE clock_hold (
    hold_id uuid PRIMARY KEY,
    node text NOT NULL,
    believed timestamptz NOT NULL,
    reads timestamptz NOT NULL,
    released_at timestamptz,
    released_by uuid REFERENCES app_user
);
