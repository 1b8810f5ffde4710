CREATE TABLE units (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    system text NOT NULL,
    code text NOT NULL UNIQUE,
    name_uk text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL DEFAULT '',
    parent_code text,
    members text[] NOT NULL DEFAULT '{}',
    geom geometry(MultiPolygon, 4326),
    geom_3857 geometry(MultiPolygon, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED,
    point geometry(Point, 4326),
    point_3857 geometry(Point, 3857) GENERATED ALWAYS AS (ST_Transform(point, 3857)) STORED,
    area_km2 double precision,
    population_2022 int,
    attributes jsonb NOT NULL DEFAULT '{}',
    approximate boolean NOT NULL DEFAULT false,
    source text NOT NULL DEFAULT '',
    licence text NOT NULL DEFAULT '',
    security text NOT NULL DEFAULT 'none' CHECK (security IN ('none', 'possible', 'active')),
    valid daterange,
    version int NOT NULL DEFAULT 1
);
CREATE INDEX ON units (system, code);
CREATE INDEX ON units (parent_code);
CREATE INDEX ON units USING gist (geom);
CREATE INDEX ON units USING gist (geom_3857);
CREATE INDEX ON units USING gist (point_3857);
CREATE INDEX units_of_active_hostilities ON units (code) WHERE security = 'active';

-- Which units a point lies in, answered without the limits' thousands of corners: each unit is cut by a fixed grid of
-- 1/64 degree (a power of two, so that a point's cell is exact). A cell wholly inside a unit has no geometry: a point
-- in it is in the unit. A cell on the limits keeps the piece of the unit in it.
CREATE TABLE unit_cells (
    unit_id bigint NOT NULL,  -- no foreign key: its check of each cell takes longer than the cutting
    x int NOT NULL,
    y int NOT NULL,
    system text NOT NULL,
    code text NOT NULL,
    piece geometry(Geometry, 4326),
    PRIMARY KEY (unit_id, x, y)
);
CREATE INDEX ON unit_cells (x, y);

CREATE FUNCTION cell_of(degrees double precision) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT floor(degrees * 64)::int $$;

CREATE FUNCTION cut_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM unit_cells WHERE unit_id = OLD.id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.system, OLD.code, OLD.geom) IS NOT DISTINCT FROM (NEW.system, NEW.code, NEW.geom) THEN
        RETURN NULL;
    END IF;
    DELETE FROM unit_cells WHERE unit_id = NEW.id;
    INSERT INTO unit_cells (unit_id, x, y, system, code, piece)
    SELECT NEW.id, i, j, NEW.system, NEW.code,
           CASE WHEN NOT ST_Contains(NEW.geom, cell.geom) THEN ST_ClipByBox2D(NEW.geom, cell.geom::box2d) END
    FROM ST_SquareGrid(1 / 64.0, NEW.geom) cell
    WHERE ST_Intersects(NEW.geom, cell.geom);
    RETURN NULL;
END $$;
CREATE TRIGGER cut AFTER INSERT OR DELETE OR UPDATE OF system, code, geom ON units
    FOR EACH ROW EXECUTE FUNCTION cut_unit();

-- The codes of the units a point lies in, one a system (on a common border the lower code); empty outside the area.
-- For many points at once: `assign_units` in store.py.
CREATE FUNCTION units_at(place geometry) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(code ORDER BY system), '{}')
    FROM (SELECT system, min(code) AS code FROM unit_cells
          WHERE x = cell_of(ST_X(place)) AND y = cell_of(ST_Y(place)) AND (piece IS NULL OR ST_Intersects(piece, place))
          GROUP BY system) found
$$;

-- Nothing else is published of a territory of active hostilities: neither of the unit, nor of what it consists of.
CREATE FUNCTION closed_units() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE closed AS (
        SELECT code, members FROM units WHERE security = 'active'
        UNION
        SELECT inner_unit.code, inner_unit.members
        FROM units inner_unit JOIN closed ON inner_unit.parent_code = closed.code OR inner_unit.code = ANY(closed.members)
    )
    SELECT coalesce(array_agg(code), '{}') FROM closed
$$;

CREATE FUNCTION unit_is_closed(unit_code text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT unit_code = ANY(closed_units())
$$;
