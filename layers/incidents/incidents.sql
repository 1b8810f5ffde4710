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
    source_id text NOT NULL CONSTRAINT fk_incidents_source_id REFERENCES incident_sources (id),
    source text NOT NULL,
    digest uuid NOT NULL,
    nth int NOT NULL,
    happened_at timestamptz NOT NULL,
    month date NOT NULL,
    time_precision text NOT NULL,
    category text NOT NULL CONSTRAINT fk_incidents_category REFERENCES categories (code),
    category_label text NOT NULL DEFAULT '',
    status text NOT NULL CONSTRAINT fk_incidents_status REFERENCES incident_statuses (code),
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
CREATE INDEX ix_incidents_public_month ON incidents_public (month);
