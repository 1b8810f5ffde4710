-- What residents report. Everything that could name a person or a door lies in tables of its own, under policies of
-- their own: place, contact, words, photos, messages, who is behind it.
CREATE SEQUENCE problem_numbers START 1001;  -- what people say on the phone; never public: it would tell the order

CREATE TABLE problems (
    id uuid NOT NULL CONSTRAINT pk_problems PRIMARY KEY,
    number bigint NOT NULL DEFAULT nextval('problem_numbers') CONSTRAINT uq_problems_number UNIQUE,
    public_id uuid NOT NULL CONSTRAINT uq_problems_public_id UNIQUE,
    kind text NOT NULL DEFAULT 'problem' CONSTRAINT ck_problems_kind CHECK (kind IN ('problem', 'thanks', 'complaint')),
    audience text NOT NULL CONSTRAINT ck_problems_audience CHECK (audience IN ('public', 'police', 'statistics')),
    source text NOT NULL CONSTRAINT ck_problems_source
        CHECK (source IN ('web', 'phone', 'message', 'open311', 'staff', 'event', 'demo')),
    category text NOT NULL CONSTRAINT fk_problems_category REFERENCES categories (code) ON UPDATE CASCADE,
    status text NOT NULL DEFAULT 'received',
    language text NOT NULL DEFAULT 'uk',
    reported_at timestamptz NOT NULL,
    month date NOT NULL,                         -- of reported_at in the area's time zone: all that the public is told
    status_at timestamptz NOT NULL,
    status_month date NOT NULL,
    body text NOT NULL DEFAULT '',               -- the words as a coordinator approved them
    units text[] NOT NULL DEFAULT '{}',
    hromada text,
    unit_2017 text,
    settlement text,
    snap_id bigint,                              -- of layers/privacy: where the public is shown it; kept for ever
    public_geom geometry(Point, 4326),
    public_precision text,
    public_units text[] NOT NULL DEFAULT '{}',
    supporters int NOT NULL DEFAULT 1,           -- people, the author among them
    due_at timestamptz,
    answered_at timestamptz,                     -- the first answer of a human with name and position
    asked_at timestamptz,                        -- "is it done?" was asked
    closed_at timestamptz,
    reopened int NOT NULL DEFAULT 0,
    refused_why text,
    merged_into uuid CONSTRAINT fk_problems_merged_into REFERENCES problems (id),
    institution_id uuid CONSTRAINT fk_problems_institution_id REFERENCES institutions (id),
    forwarded_at timestamptz,
    published boolean NOT NULL DEFAULT false,    -- a coordinator approved words and photos
    demo boolean NOT NULL DEFAULT false,
    contact_erased_at timestamptz,
    anonymised_at timestamptz,
    version int NOT NULL DEFAULT 1
);
CREATE INDEX ix_problems_status ON problems (status, reported_at);
CREATE INDEX ix_problems_category ON problems (category);
CREATE INDEX ix_problems_merged_into ON problems (merged_into) WHERE merged_into IS NOT NULL;

-- The exact place: a point, words («біля ринку, навпроти аптеки»), or both.
CREATE TABLE problem_places (
    problem_id uuid NOT NULL CONSTRAINT pk_problem_places PRIMARY KEY
        CONSTRAINT fk_problem_places_problem_id REFERENCES problems (id) ON DELETE CASCADE,
    geom geometry(Point, 4326),
    geom_3857 geometry(Point, 3857) GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED,
    words text,
    accuracy_m real,
    CONSTRAINT ck_problem_places_somewhere CHECK (geom IS NOT NULL OR words IS NOT NULL)
);
CREATE INDEX ix_problem_places_geom_3857 ON problem_places USING gist (geom_3857);

-- Whoever wants an answer. Erased 365 days after closing.
CREATE TABLE problem_contacts (
    id uuid NOT NULL CONSTRAINT pk_problem_contacts PRIMARY KEY,
    problem_id uuid NOT NULL CONSTRAINT fk_problem_contacts_problem_id REFERENCES problems (id) ON DELETE CASCADE,
    name text,
    phone text,                                  -- E.164
    email text,
    telegram text,
    call_back boolean NOT NULL DEFAULT false,    -- «Передзвоніть мені»
    called_back_at timestamptz,
    police_may boolean NOT NULL DEFAULT false,   -- consent: without it the police do not see the contact
    on_behalf_of text,
    made_at timestamptz NOT NULL
);
CREATE INDEX ix_problem_contacts_problem_id ON problem_contacts (problem_id);
CREATE INDEX ix_problem_contacts_phone ON problem_contacts (phone);

-- What was typed, as it came; `key` are its lemmas, for looking for the same.
CREATE TABLE problem_words (
    problem_id uuid NOT NULL CONSTRAINT pk_problem_words PRIMARY KEY
        CONSTRAINT fk_problem_words_problem_id REFERENCES problems (id) ON DELETE CASCADE,
    original text,
    key text NOT NULL DEFAULT '',
    concerns text[] NOT NULL DEFAULT '{}'        -- what the word lists flagged for the moderator
);
CREATE INDEX ix_problem_words_key ON problem_words USING gin (key gin_trgm_ops);

CREATE TABLE problem_photos (
    id uuid NOT NULL CONSTRAINT pk_problem_photos PRIMARY KEY,
    problem_id uuid NOT NULL CONSTRAINT fk_problem_photos_problem_id REFERENCES problems (id) ON DELETE CASCADE,
    file_id uuid CONSTRAINT fk_problem_photos_file_id REFERENCES files (id) ON DELETE SET NULL,
    public_file_id uuid CONSTRAINT fk_problem_photos_public_file_id REFERENCES files (id) ON DELETE SET NULL,
    shows text NOT NULL DEFAULT 'before' CONSTRAINT ck_problem_photos_shows CHECK (shows IN ('before', 'after')),
    state text NOT NULL DEFAULT 'waiting' CONSTRAINT ck_problem_photos_state
        CHECK (state IN ('waiting', 'approved', 'refused', 'removed')),
    position int NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL
);
CREATE INDEX ix_problem_photos_problem_id ON problem_photos (problem_id);

-- The receipt: 16 characters that only its holder has; here only their keyed hash.
CREATE TABLE problem_receipts (
    hash bytea NOT NULL CONSTRAINT pk_problem_receipts PRIMARY KEY,
    problem_id uuid NOT NULL CONSTRAINT fk_problem_receipts_problem_id REFERENCES problems (id) ON DELETE CASCADE,
    person bytea NOT NULL,
    spoken bytea,                                -- keyed hash of number and the last four digits of the phone
    made_at timestamptz NOT NULL
);
CREATE INDEX ix_problem_receipts_problem_id ON problem_receipts (problem_id);
CREATE INDEX ix_problem_receipts_spoken ON problem_receipts (spoken);

-- People told apart by a keyed hash of a device's key or a confirmed contact; no address of a network, ever.
CREATE TABLE problem_people (
    problem_id uuid NOT NULL CONSTRAINT fk_problem_people_problem_id REFERENCES problems (id) ON DELETE CASCADE,
    person bytea NOT NULL,
    says text NOT NULL CONSTRAINT ck_problem_people_says
        CHECK (says IN ('reported', 'supports', 'still_there', 'fixed', 'not_fixed')),
    at timestamptz NOT NULL,
    CONSTRAINT pk_problem_people PRIMARY KEY (problem_id, person, says)
);

-- What is said about a report, by the reporter and by staff. `audience`: desk, staff (who works on it), reporter
-- (they and staff), public (after approval: `approved`, which is what is published).
CREATE TABLE problem_messages (
    id uuid NOT NULL CONSTRAINT pk_problem_messages PRIMARY KEY,
    nth bigint GENERATED ALWAYS AS IDENTITY,     -- the order in which they were said
    problem_id uuid NOT NULL CONSTRAINT fk_problem_messages_problem_id REFERENCES problems (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    month date NOT NULL,
    said_by text NOT NULL CONSTRAINT ck_problem_messages_said_by CHECK (said_by IN ('reporter', 'desk', 'executor')),
    audience text NOT NULL CONSTRAINT ck_problem_messages_audience
        CHECK (audience IN ('desk', 'staff', 'reporter', 'public')),
    to_status text,                              -- the step it came with
    body text,
    approved text,
    signed text NOT NULL DEFAULT '',             -- name and position, as an answer is signed
    account uuid DEFAULT bezpeka_account(),
    erased_at timestamptz
);
CREATE INDEX ix_problem_messages_problem_id ON problem_messages (problem_id, nth);

-- For everybody. Published = a row is here; the id is random, the time a month, the place a snap point and its catchment.
CREATE TABLE problems_public (
    id uuid NOT NULL CONSTRAINT pk_problems_public PRIMARY KEY,
    category text NOT NULL,
    symbol text NOT NULL,
    status text NOT NULL,
    month date NOT NULL,
    updated_month date NOT NULL,
    location_precision text NOT NULL,
    units text[] NOT NULL,
    hromada text,
    unit_2017 text,
    supporters int NOT NULL,
    reopened int NOT NULL,
    body text NOT NULL,
    photos uuid[] NOT NULL,
    institution uuid,
    demo boolean NOT NULL,
    snap_id bigint,
    geom geometry(Point, 4326) NOT NULL,
    geom_3857 geometry(Point, 3857) NOT NULL GENERATED ALWAYS AS (ST_Transform(geom, 3857)) STORED
);
CREATE INDEX ix_problems_public_geom_3857 ON problems_public USING gist (geom_3857);
CREATE INDEX ix_problems_public_month ON problems_public (month, id);

-- The public line of a published report: steps and approved answers, by month.
CREATE TABLE problem_steps_public (
    problem uuid NOT NULL CONSTRAINT fk_problem_steps_public_problem REFERENCES problems_public (id) ON DELETE CASCADE,
    position int NOT NULL,
    month date NOT NULL,
    status text,
    body text NOT NULL,
    signed text NOT NULL,
    CONSTRAINT pk_problem_steps_public PRIMARY KEY (problem, position)
);

-- What each status is called; the transitions between them stand in rules.py.
CREATE TABLE problem_statuses (
    code text NOT NULL CONSTRAINT pk_problem_statuses PRIMARY KEY,
    title_uk text NOT NULL,
    title_en text NOT NULL,
    public boolean NOT NULL,
    is_open boolean NOT NULL,
    position int NOT NULL
);
ALTER TABLE problems ADD CONSTRAINT fk_problems_status FOREIGN KEY (status) REFERENCES problem_statuses (code);
