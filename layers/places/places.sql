-- A name as it is searched: one case, letters without their marks (ї as і, й as и, ё as е, é as e: both sides lose them),
-- ґ as г, no apostrophes, single spaces for whatever is neither letter nor digit.
CREATE FUNCTION search_key(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
        translate(regexp_replace(normalize(lower(name), NFD), '[\u0300-\u036f]', '', 'g'), 'ґ''’ʼ`´ʹ′‘', 'г'),
        '[^[:alnum:]]+', ' ', 'g'))
$$;

-- Open facts about the place. Each id is OpenStreetMap's: node/1, way/2, relation/3.
CREATE TABLE roads (
    id text CONSTRAINT pk_roads PRIMARY KEY,
    class text NOT NULL CONSTRAINT ck_roads_class CHECK (class <> ''),
    name_uk text,
    name_en text,
    ref text,
    oneway smallint NOT NULL CONSTRAINT ck_roads_oneway CHECK (oneway IN (-1, 0, 1)),
    walkable boolean NOT NULL,
    drivable boolean NOT NULL,
    bridge boolean NOT NULL,
    tunnel boolean NOT NULL,
    surface text,
    lit boolean,
    geom geometry(LineString, 4326) NOT NULL CONSTRAINT ck_roads_geom CHECK (ST_IsValid(geom)),
    geom_3857 geometry(LineString, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED
);

CREATE TABLE buildings (
    id text CONSTRAINT pk_buildings PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_buildings_kind CHECK (kind <> ''),
    name_uk text,
    name_en text,
    street text,
    house_number text,
    levels real CONSTRAINT ck_buildings_levels CHECK (levels > 0),
    height_m real CONSTRAINT ck_buildings_height CHECK (height_m > 0),
    height_from text CONSTRAINT ck_buildings_height_from CHECK (height_from IN ('height', 'levels')),
    geom geometry(MultiPolygon, 4326) NOT NULL CONSTRAINT ck_buildings_geom CHECK (ST_IsValid(geom)),
    geom_3857 geometry(MultiPolygon, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED,
    CONSTRAINT ck_buildings_height_says_where_from CHECK ((height_m IS NULL) = (height_from IS NULL))
);

CREATE TABLE water (
    id text CONSTRAINT pk_water PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_water_kind CHECK (kind <> ''),
    name_uk text,
    name_en text,
    geom geometry(Geometry, 4326) NOT NULL CONSTRAINT ck_water_geom CHECK (ST_IsValid(geom)),
    geom_3857 geometry(Geometry, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED
);

CREATE TABLE landuse (
    id text CONSTRAINT pk_landuse PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_landuse_kind CHECK (kind NOT IN ('', 'military')),
    name_uk text,
    name_en text,
    geom geometry(MultiPolygon, 4326) NOT NULL CONSTRAINT ck_landuse_geom CHECK (ST_IsValid(geom)),
    geom_3857 geometry(MultiPolygon, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED
);

CREATE TABLE places (
    id text CONSTRAINT pk_places PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_places_kind CHECK (kind NOT IN ('', 'camera', 'military', 'checkpoint')),
    name_uk text,
    name_en text,
    key_uk text GENERATED ALWAYS AS (search_key(name_uk)) STORED,
    key_en text GENERATED ALWAYS AS (search_key(name_en)) STORED,
    street text,
    house_number text,
    geom geometry(Point, 4326) NOT NULL,
    geom_3857 geometry(Point, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED
);

-- A street is what people call one: the roads of one name that lie together. `kind` is street, lane, avenue ...; the keys
-- are the name without that word.
CREATE TABLE streets (
    id text CONSTRAINT pk_streets PRIMARY KEY,
    name_uk text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL,
    key_uk text NOT NULL,
    key_en text NOT NULL,
    point geometry(Point, 4326) NOT NULL,
    geom geometry(MultiLineString, 4326) NOT NULL
);

-- The routable graph: junctions, and what lies between two of them.
CREATE TABLE road_nodes (
    id bigint CONSTRAINT pk_road_nodes PRIMARY KEY,
    geom geometry(Point, 4326) NOT NULL
);

CREATE TABLE road_edges (
    id text CONSTRAINT pk_road_edges PRIMARY KEY,
    road text NOT NULL CONSTRAINT fk_road_edges_road REFERENCES roads (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    from_node bigint NOT NULL,
    to_node bigint NOT NULL,
    length_m double precision NOT NULL CONSTRAINT ck_road_edges_length CHECK (length_m >= 0),
    walkable boolean NOT NULL,
    drive_forward boolean NOT NULL,
    drive_backward boolean NOT NULL,
    geom geometry(LineString, 4326) NOT NULL
);

-- Cameras and military objects: for a few of the staff, never for a public answer. Its rows are in no other table.
CREATE TABLE restricted_places (
    id text CONSTRAINT pk_restricted_places PRIMARY KEY,
    kind text NOT NULL,
    name text,
    bearing real CONSTRAINT ck_restricted_places_bearing CHECK (bearing >= 0 AND bearing < 360),
    camera_type text,
    mount text,
    height_m real CONSTRAINT ck_restricted_places_height CHECK (height_m > 0),
    zone text,
    geom geometry(Geometry, 4326) NOT NULL CONSTRAINT ck_restricted_places_geom CHECK (ST_IsValid(geom))
);

CREATE INDEX ix_roads_geom ON roads USING gist (geom);
CREATE INDEX ix_roads_geom_3857 ON roads USING gist (geom_3857);
CREATE INDEX ix_buildings_geom ON buildings USING gist (geom);
CREATE INDEX ix_buildings_geom_3857 ON buildings USING gist (geom_3857);
CREATE INDEX ix_water_geom ON water USING gist (geom);
CREATE INDEX ix_water_geom_3857 ON water USING gist (geom_3857);
CREATE INDEX ix_landuse_geom ON landuse USING gist (geom);
CREATE INDEX ix_landuse_geom_3857 ON landuse USING gist (geom_3857);
CREATE INDEX ix_places_geom ON places USING gist (geom);
CREATE INDEX ix_places_geom_3857 ON places USING gist (geom_3857);
CREATE INDEX ix_places_kind ON places (kind);
CREATE INDEX ix_places_key ON places USING gin (key_uk gin_trgm_ops, key_en gin_trgm_ops);
CREATE INDEX ix_streets_geom ON streets USING gist (geom);
CREATE INDEX ix_streets_key ON streets USING gin (key_uk gin_trgm_ops, key_en gin_trgm_ops);
CREATE INDEX ix_road_edges_road ON road_edges (road);
CREATE INDEX ix_restricted_places_geom ON restricted_places USING gist (geom);
