-- What became of a record. `aliases` are the words by which files mean it (as folded for search).
CREATE TABLE incident_statuses (
    code text NOT NULL CONSTRAINT pk_incident_statuses PRIMARY KEY,
    title_uk text NOT NULL,
    title_en text NOT NULL,
    aliases text[] NOT NULL DEFAULT '{}',
    position int NOT NULL
);

-- Where records come from; its title, licence and address stand under every map and export of them.
CREATE TABLE incident_sources (
    id text NOT NULL CONSTRAINT pk_incident_sources PRIMARY KEY,
    title text NOT NULL,
    licence text NOT NULL DEFAULT '',
    url text NOT NULL DEFAULT '',
    loaded_at timestamptz NOT NULL DEFAULT now()
);

-- For staff: the exact place and minute, the row's identity, and where it may be shown. A record without a place has no
-- geometry: statistics count it, no map shows it.
CREATE TABLE incidents (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_incidents PRIMARY KEY,
    public_id uuid NOT NULL CONSTRAINT uq_incidents_public_id UNIQUE,
    source_id text NOT NULL,
    source text NOT NULL,
    digest uuid NOT NULL,
    nth int NOT NULL,
    happened_at timestamptz NOT NULL,
    month date NOT NULL,
    time_precision text NOT NULL,
    category text NOT NULL,
    category_label text NOT NULL DEFAULT '',
    status text NOT NULL,
    place text NOT NULL DEFAULT '',
    location_precision text,
    units text[] NOT NULL DEFAULT '{}',
    hromada text,
    unit_2017 text,
    settlement text,
    geom geometry(Point, 4326),
    geom_3857 geometry(Point, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED,
    public_geom geometry(Point, 4326),
    public_precision text,
    public_units text[] NOT NULL DEFAULT '{}',
    demo boolean NOT NULL DEFAULT false,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_incidents_source_id_digest_nth UNIQUE (source_id, digest, nth),
    CONSTRAINT ck_incidents_time_precision CHECK (time_precision IN ('minute', 'day', 'month')),
    CONSTRAINT ck_incidents_location_precision
        CHECK (location_precision IN ('exact', 'snapped', 'street', 'settlement') OR geom IS NULL),
    CONSTRAINT ck_incidents_public_needs_place CHECK (public_geom IS NULL OR geom IS NOT NULL)
);
CREATE INDEX ix_incidents_geom_3857 ON incidents USING gist (geom_3857);
CREATE INDEX ix_incidents_happened_at ON incidents (happened_at);

-- For everybody. Published = a row is here. The id is random and says nothing of the record.
CREATE TABLE incidents_public (
    id uuid NOT NULL CONSTRAINT pk_incidents_public PRIMARY KEY,
    category text NOT NULL,
    symbol text NOT NULL,
    status text NOT NULL,
    month date NOT NULL,
    location_precision text NOT NULL,
    units text[] NOT NULL,
    hromada text,
    unit_2017 text,
    source text NOT NULL,
    demo boolean NOT NULL,
    geom geometry(Point, 4326) NOT NULL,
    geom_3857 geometry(Point, 3857) NOT NULL GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED
);
CREATE INDEX ix_incidents_public_geom_3857 ON incidents_public USING gist (geom_3857);
CREATE INDEX ix_incidents_public_month ON incidents_public (month, id);

-- Foreign keys, checked once a statement: row by row they cost more than the rest of a load (20 us each).
CREATE FUNCTION check_incident_codes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unknown text;
BEGIN
    SELECT coalesce(
        (SELECT min(category) FROM changed WHERE category NOT IN (SELECT code FROM categories)),
        (SELECT min(status) FROM changed WHERE status NOT IN (SELECT code FROM incident_statuses)),
        (SELECT min(source_id) FROM changed WHERE source_id NOT IN (SELECT id FROM incident_sources))
    ) INTO unknown;
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'no category, status or source "%"', unknown USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_codes AFTER INSERT ON incidents REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION check_incident_codes();
CREATE TRIGGER check_changed_codes AFTER UPDATE ON incidents REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION check_incident_codes();
