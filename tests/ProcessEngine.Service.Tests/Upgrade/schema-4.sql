-- At schema 4 somebody begins to change a procedure.
INSERT INTO definition_draft (definition_key, content, revision, updated_by, updated_at)
SELECT v.definition_key, v.content, '3', u.user_id, u.created_at
FROM definition_version v
JOIN app_user u ON u.user_name = 'demo.processOwner'
WHERE v.definition_key = 'khonkaen-5.install-maintain-computers';
