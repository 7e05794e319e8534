-- The procedures that somebody wants at the top of the list.
CREATE TABLE favourite_procedure (
    user_id uuid NOT NULL REFERENCES app_user,
    definition_key text NOT NULL REFERENCES process_definition,
    chosen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, definition_key)
);
