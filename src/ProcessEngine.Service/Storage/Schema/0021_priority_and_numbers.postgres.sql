-- How urgent a task is: 1 ด่วน, 2 ด่วนมาก, 3 ด่วนที่สุด; null for ordinary. due_order has it counted in already.
ALTER TABLE user_task ADD COLUMN priority integer;
