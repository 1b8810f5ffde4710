-- A unified network: what is known of a camera beside what it sees. Never an address on a network, never a credential.
ALTER TABLE camera_sites
    ADD joined boolean NOT NULL DEFAULT false,            -- whether the police may look: part of the city's network
    ADD storage_days int CONSTRAINT ck_camera_sites_storage CHECK (storage_days BETWEEN 0 AND 3650),
    ADD server text NOT NULL DEFAULT '',                  -- where records are kept, in words
    ADD access_rule text NOT NULL DEFAULT '',             -- the document that says who may look
    ADD ups_hours double precision CONSTRAINT ck_camera_sites_ups CHECK (ups_hours BETWEEN 0 AND 1000),
    ADD maintained_on date;

-- What the plan's page draws: views by level, points of the demand. Exact, for insiders, as the plan is.
ALTER TABLE camera_plans ADD drawing jsonb NOT NULL DEFAULT '{}';

-- What people said of a plan or of one of its cameras; nothing is ever changed or taken back, a later word counts.
CREATE TABLE camera_comments (
    id uuid CONSTRAINT pk_camera_comments PRIMARY KEY DEFAULT gen_random_uuid(),
    plan_id uuid NOT NULL CONSTRAINT fk_camera_comments_plan_id REFERENCES camera_plans (id) ON DELETE CASCADE,
    site_id uuid CONSTRAINT fk_camera_comments_site_id REFERENCES camera_sites (id),
    account uuid DEFAULT bezpeka_account(),
    role text NOT NULL DEFAULT bezpeka_role(),
    signed text NOT NULL CONSTRAINT ck_camera_comments_signed CHECK (signed <> ''),
    body text NOT NULL CONSTRAINT ck_camera_comments_body CHECK (length(body) BETWEEN 1 AND 2000),
    said_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_camera_comments_plan_id ON camera_comments (plan_id);
CREATE INDEX ix_camera_comments_site_id ON camera_comments (site_id);

CREATE TABLE camera_positions (
    id uuid CONSTRAINT pk_camera_positions PRIMARY KEY DEFAULT gen_random_uuid(),
    plan_id uuid NOT NULL CONSTRAINT fk_camera_positions_plan_id REFERENCES camera_plans (id) ON DELETE CASCADE,
    account uuid NOT NULL DEFAULT bezpeka_account(),
    signed text NOT NULL CONSTRAINT ck_camera_positions_signed CHECK (signed <> ''),
    stance text NOT NULL CONSTRAINT ck_camera_positions_stance CHECK (stance IN ('for', 'against', 'abstain')),
    reason text NOT NULL DEFAULT '' CONSTRAINT ck_camera_positions_reason CHECK (length(reason) <= 2000),
    said_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_camera_positions_plan_id ON camera_positions (plan_id);

CREATE TABLE camera_decisions (
    id uuid CONSTRAINT pk_camera_decisions PRIMARY KEY DEFAULT gen_random_uuid(),
    plan_id uuid NOT NULL CONSTRAINT fk_camera_decisions_plan_id REFERENCES camera_plans (id) ON DELETE CASCADE,
    form text NOT NULL CONSTRAINT ck_camera_decisions_form CHECK (form IN ('session', 'executive', 'military')),
    number text NOT NULL CONSTRAINT ck_camera_decisions_number CHECK (number <> ''),
    decided_on date NOT NULL,
    outcome text NOT NULL CONSTRAINT ck_camera_decisions_outcome CHECK (outcome IN ('approved', 'rejected', 'returned')),
    note text NOT NULL DEFAULT '' CONSTRAINT ck_camera_decisions_note CHECK (length(note) <= 2000),
    account uuid DEFAULT bezpeka_account(),
    written_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_camera_decisions_plan_id ON camera_decisions (plan_id);

-- Every copy with exact sites has a number and the name of whoever it was made for.
CREATE TABLE camera_copies (
    number int GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_camera_copies PRIMARY KEY,
    plan_id uuid NOT NULL CONSTRAINT fk_camera_copies_plan_id REFERENCES camera_plans (id) ON DELETE CASCADE,
    account uuid DEFAULT bezpeka_account(),
    reader text NOT NULL CONSTRAINT ck_camera_copies_reader CHECK (reader <> ''),
    form text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_camera_copies_plan_id ON camera_copies (plan_id);

-- Where no camera may be proposed, drawn by the coordinator, beside what the map knows to be military or a court.
CREATE TABLE camera_zones (
    id uuid CONSTRAINT pk_camera_zones PRIMARY KEY DEFAULT gen_random_uuid(),
    title text NOT NULL CONSTRAINT ck_camera_zones_title CHECK (title <> ''),
    geom geometry(Polygon, 4326) NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_camera_zones_geom ON camera_zones USING gist (geom);
