-- How each institution answers, for everybody: summed here, so that no letter leaves. Owned by the reader role.
--   * Sent: letters, appeals and deputies' appeals that went out and were not cancelled.
--   * Overdue: only what the addressee registered; answered after the control date, or not at all by now.
--   * A median is told from `least_n` answers on; days are counted from sending.
--   * Reports for the police alone, and of units of active hostilities, are in no figure.
CREATE FUNCTION institution_figures(today date, least_n int) RETURNS TABLE (
    code text, name_uk text, name_en text, kind text, sent int, registered int, answered int, waiting int, overdue int,
    answer_days double precision, open_reports int, closed_reports int
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH written AS (
        SELECT l.institution_id, count(*)::int AS sent, count(l.registered_on)::int AS registered,
               count(l.answered_on)::int AS answered,
               (count(*) FILTER (WHERE l.answered_on IS NULL))::int AS waiting,
               (count(*) FILTER (WHERE l.registered_on IS NOT NULL AND l.due_on < coalesce(l.answered_on, today)))::int
                   AS overdue,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY l.answered_on - l.sent_on) AS answer_days
        FROM letters l WHERE l.sent_on IS NOT NULL AND l.cancelled_on IS NULL GROUP BY l.institution_id
    ), forwarded AS (
        SELECT p.institution_id, (count(*) FILTER (WHERE s.is_open))::int AS open_reports,
               (count(*) FILTER (WHERE p.status = 'closed'))::int AS closed_reports
        FROM problems p JOIN problem_statuses s ON s.code = p.status JOIN categories c ON c.code = p.category
        WHERE p.published AND s.public AND p.audience = 'public' AND c.audience = 'public'
          AND p.forwarded_at IS NOT NULL AND NOT p.units && (SELECT closed_units())
        GROUP BY p.institution_id
    )
    SELECT i.code, i.name_uk, i.name_en, i.kind, coalesce(w.sent, 0), coalesce(w.registered, 0),
           coalesce(w.answered, 0), coalesce(w.waiting, 0), coalesce(w.overdue, 0),
           CASE WHEN w.answered >= least_n THEN w.answer_days END,
           coalesce(f.open_reports, 0), coalesce(f.closed_reports, 0)
    FROM institutions i LEFT JOIN written w ON w.institution_id = i.id LEFT JOIN forwarded f ON f.institution_id = i.id
    WHERE i.active OR w.sent > 0 OR f.institution_id IS NOT NULL
    ORDER BY i.position, i.name_uk
$$;
