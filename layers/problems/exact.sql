-- The reports within a box of EPSG:3857 (null: everywhere) that this viewer may see, at their exact place. Owned by the
-- reader role, for whom no policy stands between the box and the spatial index; so the viewer is checked here.
CREATE FUNCTION problems_exact(box geometry) RETURNS TABLE (
    id uuid, number bigint, category text, symbol text, status text, reported_at timestamptz, month date,
    location_precision text, units text[], hromada text, unit_2017 text, supporters int, audience text, overdue boolean,
    demo boolean, geom geometry(Point, 4326), geom_3857 geometry(Point, 3857)
) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2000
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer text := bezpeka_role();
    me uuid := bezpeka_account();
    territory text[] := bezpeka_units();
    everywhere boolean := viewer NOT IN ('officer', 'starosta') AND territory = '{}';
    desk boolean := viewer IN ('coordinator', 'operator', 'admin', 'robot');
    police boolean := viewer IN ('officer', 'police_lead');
    here geometry := coalesce(box, ST_MakeEnvelope(-4e7, -4e7, 4e7, 4e7, 3857));
BEGIN
    IF NOT (desk OR police OR viewer IN ('starosta', 'executor')) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT p.id, p.number, p.category, c.symbol, p.status, p.reported_at, p.month, 'exact'::text, p.units, p.hromada,
           p.unit_2017, p.supporters, p.audience, s.is_open AND p.due_at < now(), p.demo, e.geom, e.geom_3857
    FROM problem_places e JOIN problems p ON p.id = e.problem_id JOIN categories c ON c.code = p.category
    JOIN problem_statuses s ON s.code = p.status
    WHERE e.geom_3857 && here
      AND (s.public OR desk AND p.status NOT IN ('merged', 'withdrawn', 'refused'))
      AND CASE WHEN desk OR police OR viewer = 'starosta' THEN everywhere OR p.units && territory
               ELSE p.institution_id IN (SELECT i.id FROM institutions i WHERE me = ANY (i.members)) END
      AND (desk OR p.audience = 'public' OR police AND p.audience = 'police');
END $$;
