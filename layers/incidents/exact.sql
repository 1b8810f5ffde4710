-- The exact records within a box of EPSG:3857 (null: everywhere) that this viewer may see. Owned by the reader role, for
-- whom no policy stands between the box and the spatial index; so the viewer is checked here, before anything is read.
-- Planned anew each time: with the box known, the planner knows whether the index is worth it.
CREATE FUNCTION incidents_exact(box geometry) RETURNS TABLE (
    id bigint, public_id uuid, category text, symbol text, status text, month date, happened_at timestamptz,
    time_precision text, category_label text, place text, location_precision text, units text[], hromada text,
    unit_2017 text, settlement text, source text, demo boolean, geom geometry(Point, 4326),
    geom_3857 geometry(Point, 3857)
) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5000
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    viewer text := bezpeka_role();
    territory text[] := bezpeka_units();
    everywhere boolean := viewer <> 'officer' AND territory = '{}';
BEGIN
    IF viewer NOT IN ('officer', 'police_lead', 'coordinator', 'admin', 'robot') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT i.id, i.public_id, i.category, c.symbol, i.status, i.month, i.happened_at, i.time_precision,
           i.category_label, i.place, i.location_precision, i.units, i.hromada, i.unit_2017, i.settlement, i.source,
           i.demo, i.geom, i.geom_3857
    FROM incidents i JOIN categories c ON c.code = i.category
    WHERE i.geom IS NOT NULL AND (box IS NULL OR i.geom_3857 && box) AND (everywhere OR i.units && territory);
END $$;
