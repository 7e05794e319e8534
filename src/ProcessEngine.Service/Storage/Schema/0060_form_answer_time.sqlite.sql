-- The forms that were filled in over a year in an office, of whatever procedure.
CREATE INDEX ix_form_answer_time ON form_answer (office, answered_at);
