-- What counts among the eight homes of a catchment: where people live, whatever has an address, and outlines of no
-- stated kind unless they are small enough to be a shed. Garages, sheds and the like never count, address or not.
CREATE FUNCTION is_home(building buildings) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN building.kind IN ('garage', 'garages', 'carport', 'parking', 'shed', 'barn', 'cowshed', 'sty', 'stable',
                               'farm_auxiliary', 'greenhouse', 'roof', 'canopy', 'service', 'transformer_tower',
                               'container', 'hangar', 'kiosk', 'toilets', 'construction', 'ruins', 'storage_tank',
                               'silo', 'bunker', 'tent', 'gazebo', 'guardhouse') THEN false
        WHEN building.house_number IS NOT NULL THEN true
        WHEN building.kind IN ('house', 'detached', 'semidetached_house', 'terrace', 'apartments', 'residential',
                               'dormitory', 'bungalow', 'farm', 'cabin', 'allotment_house') THEN true
        WHEN building.kind = 'yes' THEN
            -- EPSG:3857 stretches both sides by 1 / cos(latitude).
            ST_Area(building.geom_3857) * cos(radians(ST_YMin(building.geom))) ^ 2 >= 40
        ELSE false
    END
$$;

-- A list follows from roads, places, buildings and units. When they change there is a new one beside the old, and what
-- is published keeps its point of the old one: shown at two points, a report would give away that its place lies where
-- the two catchments meet, and that may be one house.
CREATE TABLE snap_lists (
    version int GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_snap_lists PRIMARY KEY,
    made_at timestamptz NOT NULL,
    fingerprint text NOT NULL,
    mark text NOT NULL,
    homes int NOT NULL,
    counts jsonb NOT NULL
);

-- The last word on the rule of eight: no street and no place with one to seven homes can become a row.
CREATE TABLE snap_points (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_snap_points PRIMARY KEY,
    version int NOT NULL CONSTRAINT fk_snap_points_version REFERENCES snap_lists (version),
    kind text NOT NULL CONSTRAINT ck_snap_points_kind CHECK (kind IN ('street', 'place', 'settlement', 'hromada', 'cell')),
    title_uk text NOT NULL,
    title_en text NOT NULL,
    region text NOT NULL,
    units text[] NOT NULL,
    buildings int NOT NULL,
    geom geometry(Point, 4326) NOT NULL,
    catchment geometry(MultiPolygon, 4326) NOT NULL CONSTRAINT ck_snap_points_catchment
        CHECK (ST_IsValid(catchment) AND NOT ST_IsEmpty(catchment)),
    geom_3857 geometry(Point, 3857) NOT NULL GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED,
    CONSTRAINT ck_snap_points_eight_homes_or_none
        CHECK (kind NOT IN ('street', 'place') OR buildings = 0 OR buildings >= 8)
);
CREATE INDEX ix_snap_points_catchment ON snap_points USING gist (version, catchment);
CREATE INDEX ix_snap_points_geom_3857 ON snap_points USING gist (geom_3857);
