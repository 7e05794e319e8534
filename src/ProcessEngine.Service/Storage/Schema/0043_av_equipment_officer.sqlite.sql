-- The audio-visual equipment officer is a post of its own since this version. Where nobody holds it, an officer stands in, as for the other
-- specialised posts; in an office that has given such work to its audio-visual officer, or to another stand-in, it stays with them.
INSERT INTO office_role_mapping (office, role, stand_in) VALUES ('*', 'avEquipmentOfficer', 'officer');
INSERT INTO office_role_mapping (office, role, stand_in)
SELECT DISTINCT m.office, 'avEquipmentOfficer', 'avOfficer' FROM membership m WHERE m.role = 'avOfficer' AND m.office <> '*';
INSERT INTO office_role_mapping (office, role, stand_in)
SELECT own.office, 'avEquipmentOfficer', own.stand_in
FROM office_role_mapping own
WHERE own.role = 'avOfficer' AND own.office <> '*'
    AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.office = own.office AND m.role = 'avOfficer');
