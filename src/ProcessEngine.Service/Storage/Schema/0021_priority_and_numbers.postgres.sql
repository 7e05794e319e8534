-- How urgent a task is: 1 ด่วน, 2 ด่วนมาก, 3 ด่วนที่สุด; null for ordinary. due_order has it counted in already.
ALTER TABLE user_task ADD COLUMN priority integer;

-- The last running number that an office gave to a case of a procedure in a year of the Buddhist era.
CREATE TABLE case_number (
    office text NOT NULL,
    definition_key text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (office, definition_key, year)
);

-- Which of the people of a role looks after what. field: the key of a procedure, or what a case says in the variable that its definition names.
CREATE TABLE office_responsibility (
    office text NOT NULL,
    role text NOT NULL,
    field text NOT NULL,
    user_id uuid NOT NULL REFERENCES app_user,
    PRIMARY KEY (office, role, field)
);
