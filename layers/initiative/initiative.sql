-- The organisation behind this map, as its letters and pages name it: one row, kept by the coordinator.
CREATE TABLE initiative (
    one boolean NOT NULL DEFAULT true CONSTRAINT pk_initiative PRIMARY KEY CONSTRAINT ck_initiative_one CHECK (one),
    name_uk text NOT NULL DEFAULT '',
    name_en text NOT NULL DEFAULT '',
    hotline text NOT NULL DEFAULT '',
    hotline_hours text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    registration text NOT NULL DEFAULT '',       -- ЄДРПОУ and the like, for the letterhead
    signatory text NOT NULL DEFAULT '',          -- who signs letters: name
    signatory_position text NOT NULL DEFAULT '',
    martial_law boolean NOT NULL DEFAULT true,   -- while it lasts holidays are working days
    version int NOT NULL DEFAULT 1
);

-- Whom to call at once. `checked_on`: the day somebody rang and it was right.
CREATE TABLE helplines (
    code text NOT NULL CONSTRAINT pk_helplines PRIMARY KEY CONSTRAINT ck_helplines_code CHECK (code ~ '^[a-z0-9_]+$'),
    number text NOT NULL CONSTRAINT ck_helplines_number CHECK (number ~ '^[0-9 +()-]{3,20}$'),
    title_uk text NOT NULL,
    title_en text NOT NULL,
    concerns text[] NOT NULL DEFAULT '{}',       -- emergency, ordnance, military, shelling, domestic_violence
    checked_on date,                             -- null: nobody has rung yet
    position int NOT NULL DEFAULT 0
);

-- Who answers. `members` are accounts of executors who work there.
CREATE TABLE institutions (
    id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT pk_institutions PRIMARY KEY,
    code text NOT NULL CONSTRAINT uq_institutions_code UNIQUE CONSTRAINT ck_institutions_code CHECK (code ~ '^[a-z0-9_]+$'),
    name_uk text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL CONSTRAINT ck_institutions_kind
        CHECK (kind IN ('police', 'administration', 'council', 'utility', 'energy', 'school_safety', 'other')),
    addressee text NOT NULL DEFAULT '',          -- "Начальнику ...", as a letter begins
    email text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    members uuid[] NOT NULL DEFAULT '{}',
    active boolean NOT NULL DEFAULT true,
    position int NOT NULL DEFAULT 0,
    version int NOT NULL DEFAULT 1
);

-- Whom a confirmed report goes to: the most particular line wins (category and unit, category, unit, neither).
CREATE TABLE routes (
    id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT pk_routes PRIMARY KEY,
    category text,
    unit text,
    institution_id uuid NOT NULL CONSTRAINT fk_routes_institution_id REFERENCES institutions (id) ON DELETE CASCADE,
    CONSTRAINT uq_routes_category_unit UNIQUE NULLS NOT DISTINCT (category, unit)
);
