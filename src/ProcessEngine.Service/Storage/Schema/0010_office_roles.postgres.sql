-- Who stands in for a post that an office has nobody in. office '*' is the rule for all; a row of an office's own overrules it, and a stand_in
-- of null means that nobody does.
CREATE TABLE office_role_mapping (
    office text NOT NULL,
    role text NOT NULL,
    stand_in text,
    PRIMARY KEY (office, role)
);
INSERT INTO office_role_mapping (office, role, stand_in)
VALUES ('*', 'clerk', 'officer'), ('*', 'computerOfficer', 'officer'), ('*', 'informationOfficer', 'officer'), ('*', 'avOfficer', 'officer');

-- What people hold, with the posts that they stand in for. Whoever asks what somebody may do asks here.
CREATE VIEW role_held AS
SELECT m.user_id, m.office, m.role
FROM membership m
UNION ALL
SELECT m.user_id, m.office, every.role
FROM membership m
CROSS JOIN office_role_mapping every
LEFT JOIN office_role_mapping own ON own.office = m.office AND own.role = every.role
WHERE every.office = '*'
    AND m.office <> '*'
    AND m.role = CASE WHEN own.office IS NULL THEN every.stand_in ELSE own.stand_in END
    AND NOT EXISTS (
        SELECT 1
        FROM membership p
        JOIN app_user u ON u.user_id = p.user_id
        WHERE p.office IN (m.office, '*') AND p.role = every.role AND u.active
    );

-- area (สพท.), primary (สพป.) or secondary (สพม.): how the posts are printed.
ALTER TABLE office ADD COLUMN kind text NOT NULL DEFAULT 'area';
UPDATE office SET kind = 'primary' WHERE name_th LIKE '%ประถมศึกษา%' OR name_th LIKE '%สพป%';
UPDATE office SET kind = 'secondary' WHERE name_th LIKE '%มัธยมศึกษา%' OR name_th LIKE '%สพม%';
