-- What the place of a camera looks like: clean JPEGs (layers/files/images.py), for those who see exact sites. Their bytes
-- stand here and not among the files, whose audiences know nothing of named deputies.
CREATE TABLE camera_photos (
    id uuid CONSTRAINT pk_camera_photos PRIMARY KEY DEFAULT gen_random_uuid(),
    site_id uuid NOT NULL CONSTRAINT fk_camera_photos_site_id REFERENCES camera_sites (id) ON DELETE CASCADE,
    content bytea NOT NULL,
    account uuid DEFAULT bezpeka_account(),
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_camera_photos_site_id ON camera_photos (site_id);
