-- The exact records within a box of EPSG:3857 (null: everywhere) that this viewer may see. Owned by the reader role, for
-- whom no policy stands between the box and the spatial index; so the viewer is checked here, before anything is read.
-- One plan, by the index, for every box: planning anew costs a small tile a quarter of its time.
CREATE FUNCTION incidents_exact(box geometry) RETURNS TABLE (
    id bigint, category text, symbol text, status text, month date, happened_at timestamptz, time_precision text,
    location_precision text, units text[], source text, geom geometry(Point, 4326), geom_3857 geometry(Point, 3857)
) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5000
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    viewer text := bezpeka_role();
    territory text[] := bezpeka_units();
    everywhere boolean := viewer <> 'officer' AND territory = '{}';
    here geometry := coalesce(box, ST_MakeEnvelope(-4e7, -4e7, 4e7, 4e7, 3857));
BEGIN
    IF viewer NOT IN ('officer', 'police_lead', 'coordinator', 'admin', 'robot') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT i.id, i.category, c.symbol, i.status, i.month, i.happened_at, i.time_precision, i.location_precision, i.units,
           i.source, i.geom, i.geom_3857
    FROM incidents i JOIN categories c ON c.code = i.category
    WHERE i.geom_3857 && here AND (everywhere OR i.units && territory);
END $$;
