-- Who is looking. Set by every transaction (engine.SET_VIEWER); without it nobody is, and nothing but open facts shows.
CREATE FUNCTION bezpeka_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('bezpeka.role', true), ''), 'nobody') $$;

CREATE FUNCTION bezpeka_account() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('bezpeka.account', true), '')::uuid $$;

CREATE FUNCTION bezpeka_units() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('bezpeka.units', true), ''), '{}')::text[] $$;

CREATE FUNCTION bezpeka_actor() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('bezpeka.actor', true), ''), '') $$;

-- One database is one area.
CREATE TABLE area (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id text NOT NULL,
    demo boolean NOT NULL DEFAULT false,
    made_at timestamptz NOT NULL DEFAULT now()
);

-- What was loaded from which file, so that an unchanged file is not read again.
CREATE TABLE loads (
    kind text NOT NULL,
    file text NOT NULL,
    sha256 text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    report jsonb NOT NULL,
    PRIMARY KEY (kind, file)
);

-- What a person typed and may want erased. History points here; an erased row stays as a tombstone.
CREATE TABLE typed (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    body text,
    made_at timestamptz NOT NULL DEFAULT now(),
    erased_at timestamptz,
    erased_why text,
    CONSTRAINT tombstone_is_empty CHECK ((erased_at IS NULL) OR (body IS NULL AND erased_why IS NOT NULL))
);

-- Who did what to what, when: codes and times only.
CREATE TABLE history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor uuid DEFAULT bezpeka_account(),
    actor_name text NOT NULL DEFAULT bezpeka_actor(),
    actor_role text NOT NULL DEFAULT bezpeka_role(),
    audience text NOT NULL CHECK (audience IN ('public', 'staff', 'police', 'admin')),
    subject text NOT NULL,
    subject_id text NOT NULL,
    event text NOT NULL CHECK (event ~ '^[a-z_]+$'),
    codes jsonb NOT NULL DEFAULT '{}',
    typed_id uuid REFERENCES typed (id)
);
CREATE INDEX ON history (subject, subject_id, id);

CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();

-- A version for each parent tile of zoom 10 of each served layer: the part of a cache key that changes with the data.
CREATE TABLE tile_versions (
    layer text NOT NULL,
    x int NOT NULL,
    y int NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (layer, x, y)
);

-- Bump the parents that a statement touched. Arguments: the layer as SQL over the row ('''roads''' or 'system').
-- The transition table is always named `changed`. Boxes grow by 620 m, a tile's buffer at zoom 10. Parents are locked
-- in one order, so that two writers can't deadlock.
CREATE FUNCTION bump_tile_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO tile_versions (layer, x, y)
        SELECT layer, x, y FROM (
            SELECT DISTINCT b.layer, x, y
            FROM (SELECT DISTINCT %s AS layer,
                         floor((ST_XMin(geom_3857) - 620 + 20037508.342789244) / 39135.758482010235)::int AS x0,
                         floor((ST_XMax(geom_3857) + 620 + 20037508.342789244) / 39135.758482010235)::int AS x1,
                         floor((20037508.342789244 - ST_YMax(geom_3857) - 620) / 39135.758482010235)::int AS y0,
                         floor((20037508.342789244 - ST_YMin(geom_3857) + 620) / 39135.758482010235)::int AS y1
                  FROM changed WHERE geom_3857 IS NOT NULL) b,
                 generate_series(x0, x1) x, generate_series(y0, y1) y) parents
        ORDER BY layer, x, y
        ON CONFLICT (layer, x, y) DO UPDATE SET version = tile_versions.version + 1
    $sql$, TG_ARGV[0]);
    RETURN NULL;
END $$;

-- Long work: who asked, how far it is, what came of it. The queue itself carries only this row's id.
CREATE TABLE jobs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL,
    owner uuid DEFAULT bezpeka_account(),
    role text NOT NULL DEFAULT bezpeka_role(),
    units text[] NOT NULL DEFAULT bezpeka_units(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    arguments jsonb NOT NULL DEFAULT '{}',
    done int NOT NULL DEFAULT 0,
    total int,
    stage text NOT NULL DEFAULT '',
    cancel_asked boolean NOT NULL DEFAULT false,
    result jsonb,
    failure jsonb,
    made_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    ended_at timestamptz
);

-- What was answered to a submission, so that a retry is answered the same and does nothing twice.
CREATE TABLE idempotency (
    scope text NOT NULL,
    key text NOT NULL,
    body_sha256 text NOT NULL,
    status int,
    answer jsonb,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key)
);
