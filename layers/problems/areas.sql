-- Where a published report lies, as ground: the catchment of its snap point. For streets and public places alone: the
-- ground of a town or hromada says nothing that its name does not. A row a report, so that the filters are the same.
CREATE TABLE problem_areas (
    id uuid NOT NULL CONSTRAINT pk_problem_areas PRIMARY KEY
        CONSTRAINT fk_problem_areas_id REFERENCES problems_public (id) ON DELETE CASCADE,
    category text NOT NULL,
    symbol text NOT NULL,
    status text NOT NULL,
    month date NOT NULL,
    location_precision text NOT NULL CONSTRAINT ck_problem_areas_location_precision
        CHECK (location_precision IN ('street', 'place')),
    units text[] NOT NULL,
    geom geometry(MultiPolygon, 4326) NOT NULL,
    geom_3857 geometry(MultiPolygon, 3857) NOT NULL GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED
);
CREATE INDEX ix_problem_areas_geom_3857 ON problem_areas USING gist (geom_3857);

-- Follow the public row; whatever is not public has no row to follow.
CREATE FUNCTION draw_problem_area() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    before text[] := see_as_robot();
BEGIN
    DELETE FROM problem_areas a WHERE a.id = NEW.id AND NEW.location_precision NOT IN ('street', 'place');
    INSERT INTO problem_areas AS a (id, category, symbol, status, month, location_precision, units, geom)
    SELECT NEW.id, NEW.category, NEW.symbol, NEW.status, NEW.month, NEW.location_precision, NEW.units, s.catchment
    FROM snap_points s
    WHERE s.id = NEW.snap_id AND NEW.location_precision IN ('street', 'place')
    ON CONFLICT (id) DO UPDATE SET
        category = excluded.category, symbol = excluded.symbol, status = excluded.status, month = excluded.month,
        location_precision = excluded.location_precision, units = excluded.units, geom = excluded.geom
    WHERE (a.category, a.symbol, a.status, a.month, a.location_precision, a.units, a.geom) IS DISTINCT FROM
          (excluded.category, excluded.symbol, excluded.status, excluded.month, excluded.location_precision,
           excluded.units, excluded.geom);
    PERFORM see_as_before(before);
    RETURN NULL;
END $$;
CREATE TRIGGER draw_area AFTER INSERT ON problems_public FOR EACH ROW EXECUTE FUNCTION draw_problem_area();
CREATE TRIGGER draw_area_again AFTER UPDATE ON problems_public FOR EACH ROW
    WHEN ((OLD.category, OLD.symbol, OLD.status, OLD.month, OLD.location_precision, OLD.units, OLD.snap_id)
          IS DISTINCT FROM
          (NEW.category, NEW.symbol, NEW.status, NEW.month, NEW.location_precision, NEW.units, NEW.snap_id))
    EXECUTE FUNCTION draw_problem_area();

-- Reports are looked up by their keys: to plan that anew for each step took half the time of the step.
ALTER FUNCTION publish_problem(uuid) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION refuse_unpublishable_problem() SET plan_cache_mode = force_generic_plan;
