-- What the desk asks of all reports at once: its queue, its counts, and which reports say something.

-- The lemmas of the words as they were approved: what may be looked up by those who see no more than these.
ALTER TABLE problem_words ADD approved_key text NOT NULL DEFAULT '';
CREATE INDEX ix_problem_words_approved_key ON problem_words USING gin (approved_key gin_trgm_ops);

CREATE INDEX ix_problems_due_at ON problems (due_at) WHERE closed_at IS NULL;
CREATE INDEX ix_problems_reported_at ON problems (reported_at DESC, id);
CREATE INDEX ix_problem_contacts_call_back ON problem_contacts (problem_id) WHERE call_back AND called_back_at IS NULL;
CREATE INDEX ix_problem_photos_waiting ON problem_photos (problem_id) WHERE state = 'waiting';
CREATE INDEX ix_problem_messages_for_the_desk ON problem_messages (problem_id, nth)
    WHERE said_by <> 'desk' AND body IS NOT NULL AND approved IS NULL;
CREATE INDEX ix_problem_messages_account ON problem_messages (account, nth DESC) WHERE signed <> '';

-- The reports whose words hold all of these lemmas, or words that begin with them. Owned by the reader role, for whom no
-- policy stands between the words and their index; so the viewer is checked here: beyond the desk only approved words
-- are looked through. Which of the reports they may see is decided where the ids are used.
CREATE FUNCTION problems_saying(lemmas text[]) RETURNS TABLE (problem_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 500
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    desk boolean := bezpeka_role() IN ('coordinator', 'operator', 'admin', 'robot');
    longest text := (SELECT '%' || word || '%' FROM unnest(lemmas) word ORDER BY length(word) DESC, word LIMIT 1);
    each text[] := ARRAY(SELECT '% ' || word || '%' FROM unnest(lemmas) word);
BEGIN
    RETURN QUERY
    SELECT w.problem_id FROM problem_words w
    WHERE w.approved_key LIKE longest AND ' ' || w.approved_key LIKE ALL (each)
    UNION
    SELECT w.problem_id FROM problem_words w
    WHERE desk AND w.key LIKE longest AND ' ' || w.key LIKE ALL (each);
END $$;
