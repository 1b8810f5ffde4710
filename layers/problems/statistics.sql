-- Figures that are fair, for everybody: aggregated here, so that no row leaves. Owned by the reader role.
--   * One line a hromada and category, a hromada, a category, and for all; reports in no hromada have none.
--   * Of one person at most `cap` reports a month of one hromada and category count: `counted`; `received` are all.
--   * A median is told from `least` on; so is any figure about the work of the police.
--   * Reports for the police alone are in no figure.
CREATE FUNCTION problem_statistics(since date, until date, moment timestamptz, least_n int, cap int) RETURNS TABLE (
    hromada text, category text, received int, counted int, people int, confirmed int, refused int, answered int,
    answer_days double precision, closed int, closing_days double precision, due int, overdue int, reopened int,
    is_total_hromada boolean, is_total_category boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH reports AS (
        SELECT p.*, c.audience AS category_audience, s.public AS is_published, s.is_open,
               (SELECT e.person FROM problem_people e WHERE e.problem_id = p.id AND e.says = 'reported'
                ORDER BY e.person LIMIT 1) AS person
        FROM problems p JOIN categories c ON c.code = p.category JOIN problem_statuses s ON s.code = p.status
        WHERE p.audience <> 'police' AND c.audience <> 'police' AND p.status <> 'withdrawn'
          AND (since IS NULL OR p.month >= since) AND (until IS NULL OR p.month <= until)
          AND NOT p.units && (SELECT closed_units())
    ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY coalesce(person, uuid_send(id)), hromada, category, month
                                     ORDER BY reported_at, id) AS nth_of_person,
               extract(epoch FROM answered_at - reported_at) / 86400 AS days_to_answer,
               extract(epoch FROM closed_at - reported_at) / 86400 AS days_to_closing
        FROM reports
    ), summed AS (
        SELECT r.hromada, r.category, grouping(r.hromada) = 1 AS all_hromadas, grouping(r.category) = 1 AS all_categories,
               bool_or(category_audience = 'statistics') AND grouping(r.category) = 0 AS about_police,
               count(*)::int AS received,
               (count(*) FILTER (WHERE nth_of_person <= cap))::int AS counted,
               count(DISTINCT coalesce(person, uuid_send(id)))::int AS people,
               (count(*) FILTER (WHERE is_published))::int AS confirmed,
               (count(*) FILTER (WHERE status = 'refused'))::int AS refused,
               (count(days_to_answer))::int AS answered,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY days_to_answer) AS answer_days,
               (count(*) FILTER (WHERE status = 'closed'))::int AS closed,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY days_to_closing) FILTER (WHERE status = 'closed')
                   AS closing_days,
               (count(*) FILTER (WHERE is_published AND due_at IS NOT NULL))::int AS due,
               (count(*) FILTER (WHERE is_published AND due_at < coalesce(answered_at, moment)))::int AS overdue,
               (count(*) FILTER (WHERE reopened > 0))::int AS reopened
        FROM ranked r
        GROUP BY GROUPING SETS ((r.hromada, r.category), (r.hromada), (r.category), ())
    )
    SELECT s.hromada, s.category, s.received, s.counted, s.people, s.confirmed, s.refused, s.answered,
           CASE WHEN s.answered >= least_n THEN s.answer_days END, s.closed,
           CASE WHEN s.closed >= least_n THEN s.closing_days END, s.due, s.overdue, s.reopened, s.all_hromadas,
           s.all_categories
    FROM summed s
    WHERE s.received >= CASE WHEN s.about_police THEN least_n ELSE 1 END
    ORDER BY s.all_hromadas DESC, s.hromada NULLS LAST, s.all_categories DESC, s.received DESC, s.category
$$;
