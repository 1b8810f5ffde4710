-- Alerts without an account. Only robots read these tables: an address stands in `alerts` alone, for as long as letters
-- are wanted there.
CREATE TABLE alerts (
    id uuid NOT NULL CONSTRAINT pk_alerts PRIMARY KEY,
    email text NOT NULL,
    language text NOT NULL CONSTRAINT ck_alerts_language CHECK (language IN ('uk', 'en')),
    -- Where: any of these; if none is given, the whole area.
    units text[] NOT NULL DEFAULT '{}',
    polygon geometry(Polygon, 4326) CONSTRAINT ck_alerts_polygon
        CHECK (ST_IsValid(polygon) AND ST_NPoints(polygon) <= 101),
    street text,                                 -- of layers/places; its line is kept, because streets are made anew
    street_uk text,
    street_en text,
    line geometry(MultiLineString, 4326),
    -- What: empty means all.
    categories text[] NOT NULL DEFAULT '{}',
    statuses text[] NOT NULL DEFAULT '{}',
    changes text NOT NULL CONSTRAINT ck_alerts_changes CHECK (changes IN ('new', 'updated', 'both')),
    pace text NOT NULL CONSTRAINT ck_alerts_pace CHECK (pace IN ('instant', 'daily', 'weekly')),
    confirm_hash bytea NOT NULL CONSTRAINT uq_alerts_confirm_hash UNIQUE,
    stop_hash bytea NOT NULL CONSTRAINT uq_alerts_stop_hash UNIQUE,
    made_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_sent_at timestamptz,
    CONSTRAINT ck_alerts_street_whole CHECK (num_nulls(street, street_uk, street_en, line) IN (0, 4))
);
CREATE INDEX ix_alerts_email ON alerts (email);

-- What every published report was when subscribers were last told. News is the difference between this and
-- problems_public: whoever changes a report and however, nothing is missed, and nothing is news twice.
CREATE TABLE alert_told (
    problem uuid NOT NULL CONSTRAINT pk_alert_told PRIMARY KEY,
    status text NOT NULL,
    reopened int NOT NULL,
    steps int NOT NULL,
    gone_at timestamptz                          -- it was found public no more
);

-- What is to be written to whom.
CREATE TABLE alert_pending (
    alert uuid NOT NULL CONSTRAINT fk_alert_pending_alert REFERENCES alerts (id) ON DELETE CASCADE,
    problem uuid NOT NULL,
    is_new boolean NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_alert_pending PRIMARY KEY (alert, problem)
);

-- Letters that wait in the outbox, and what they tell: one about a report that is withdrawn meanwhile is taken back.
CREATE TABLE alert_letters (
    letter uuid NOT NULL CONSTRAINT pk_alert_letters PRIMARY KEY
        CONSTRAINT fk_alert_letters_letter REFERENCES outbox (id) ON DELETE CASCADE,
    alert uuid NOT NULL CONSTRAINT fk_alert_letters_alert REFERENCES alerts (id) ON DELETE CASCADE,
    problems uuid[] NOT NULL,
    are_new boolean[] NOT NULL
);
CREATE INDEX ix_alert_letters_alert ON alert_letters (alert);

-- Headers of a letter beyond the usual, such as List-Unsubscribe; emptied with the letter.
ALTER TABLE outbox ADD headers jsonb NOT NULL DEFAULT '{}';
