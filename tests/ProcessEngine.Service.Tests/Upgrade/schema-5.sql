-- At schema 5 the office lets a procedure start by itself.
INSERT INTO recurrence (office, definition_key, every, day, title, next_on, next_at, failures, set_by, set_at)
SELECT o.code, 'khonkaen-5.install-maintain-computers', 'month', '5', 'ตรวจเครื่องประจำเดือน', '2026-04-07', '2026-04-07T01:30:00.000000Z', '0', u.user_id, u.created_at
FROM office o
JOIN app_user u ON u.user_name = 'demo.processOwner'
WHERE o.code = 'demo';
