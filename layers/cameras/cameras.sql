-- Cameras: models that can be bought, sites, plans. Exact places are for insiders: the police, the coordinator, and
-- deputies whom the coordinator has named. What everybody may know lies in camera_plan_units, a table of its own.
-- No address on a network and no credential of a camera has a column anywhere.
CREATE TABLE camera_models (
    code text CONSTRAINT pk_camera_models PRIMARY KEY CONSTRAINT ck_camera_models_code CHECK (code <> ''),
    name_uk text NOT NULL,
    name_en text NOT NULL,
    h_px int NOT NULL CONSTRAINT ck_camera_models_h_px CHECK (h_px BETWEEN 100 AND 20000),
    v_px int NOT NULL CONSTRAINT ck_camera_models_v_px CHECK (v_px BETWEEN 100 AND 20000),
    sensor_width_mm double precision NOT NULL CONSTRAINT ck_camera_models_sensor CHECK (sensor_width_mm > 0),
    focal_min_mm double precision NOT NULL CONSTRAINT ck_camera_models_focal CHECK (focal_min_mm > 0),
    focal_max_mm double precision NOT NULL,
    ir_range_m double precision NOT NULL CONSTRAINT ck_camera_models_ir CHECK (ir_range_m >= 0),
    price_uah double precision NOT NULL CONSTRAINT ck_camera_models_price CHECK (price_uah >= 0),
    yearly_uah double precision NOT NULL CONSTRAINT ck_camera_models_yearly CHECK (yearly_uah >= 0),
    position int NOT NULL DEFAULT 0,
    CONSTRAINT ck_camera_models_zoom CHECK (focal_max_mm >= focal_min_mm)
);

CREATE TABLE camera_readers (
    account uuid CONSTRAINT pk_camera_readers PRIMARY KEY,
    named_by uuid DEFAULT bezpeka_account(),
    named_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE camera_sites (
    id uuid CONSTRAINT pk_camera_sites PRIMARY KEY,
    ref text CONSTRAINT uq_camera_sites_ref UNIQUE,       -- OpenStreetMap's id or the council's own number
    place text NOT NULL DEFAULT '',
    mount text NOT NULL CONSTRAINT ck_camera_sites_mount CHECK (mount IN ('wall', 'pole', 'lamp', 'roof')),
    height_m double precision NOT NULL CONSTRAINT ck_camera_sites_height CHECK (height_m BETWEEN 2 AND 60),
    bearing double precision CONSTRAINT ck_camera_sites_bearing CHECK (bearing >= 0 AND bearing < 360),
    tilt double precision CONSTRAINT ck_camera_sites_tilt CHECK (tilt BETWEEN 0 AND 90),
    hfov double precision CONSTRAINT ck_camera_sites_hfov CHECK (hfov > 0 AND hfov <= 360),
    model text NOT NULL CONSTRAINT fk_camera_sites_model REFERENCES camera_models (code),
    state text NOT NULL CONSTRAINT ck_camera_sites_state
        CHECK (state IN ('existing', 'proposed', 'approved', 'rejected', 'built')),
    owner_kind text NOT NULL DEFAULT 'other' CONSTRAINT ck_camera_sites_owner_kind
        CHECK (owner_kind IN ('council', 'police', 'business', 'condominium', 'other')),
    owner text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    switched_off boolean NOT NULL DEFAULT false,
    geom geometry(Point, 4326) NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    version int NOT NULL DEFAULT 1
);
CREATE INDEX ix_camera_sites_geom ON camera_sites USING gist (geom);

CREATE TABLE camera_plans (
    id uuid CONSTRAINT pk_camera_plans PRIMARY KEY,
    number int NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT uq_camera_plans_number UNIQUE,
    title text NOT NULL CONSTRAINT ck_camera_plans_title CHECK (title <> ''),
    kind text NOT NULL CONSTRAINT ck_camera_plans_kind CHECK (kind IN ('ours', 'vendor', 'variant')),
    parent uuid CONSTRAINT fk_camera_plans_parent REFERENCES camera_plans (id) ON DELETE SET NULL,
    settings jsonb NOT NULL,
    numbers jsonb NOT NULL,
    public boolean NOT NULL DEFAULT false,
    author uuid DEFAULT bezpeka_account(),
    made_at timestamptz NOT NULL DEFAULT now(),
    version int NOT NULL DEFAULT 1
);

-- The cameras of a plan in the order in which to buy them; those that stand already come first and are locked.
CREATE TABLE camera_plan_sites (
    plan_id uuid NOT NULL CONSTRAINT fk_camera_plan_sites_plan_id REFERENCES camera_plans (id) ON DELETE CASCADE,
    site_id uuid NOT NULL CONSTRAINT fk_camera_plan_sites_site_id REFERENCES camera_sites (id),
    position int NOT NULL,
    locked boolean NOT NULL,
    price_uah double precision NOT NULL,
    yearly_uah double precision NOT NULL,
    adds double precision,
    lost_if_refused double precision,
    private_m2 double precision,
    facade_m double precision,
    CONSTRAINT pk_camera_plan_sites PRIMARY KEY (plan_id, site_id)
);
CREATE INDEX ix_camera_plan_sites_site_id ON camera_plan_sites (site_id);

-- All that the public learns of a plan: how many cameras a unit gets, and what share of its demand they see.
CREATE TABLE camera_plan_units (
    plan_id uuid NOT NULL CONSTRAINT fk_camera_plan_units_plan_id REFERENCES camera_plans (id) ON DELETE CASCADE,
    unit text NOT NULL,
    title text NOT NULL,
    number int NOT NULL,
    cameras int NOT NULL CONSTRAINT ck_camera_plan_units_cameras CHECK (cameras >= 0),
    share double precision NOT NULL CONSTRAINT ck_camera_plan_units_share CHECK (share BETWEEN 0 AND 1),
    CONSTRAINT pk_camera_plan_units PRIMARY KEY (plan_id, unit)
);
