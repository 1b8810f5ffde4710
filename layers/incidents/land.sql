-- name: arrived
-- One chunk of a file on its way into the tables; temporary, because COPY straight into a table under row-level security
-- is an error.
CREATE TEMPORARY TABLE arrived (
    row int, digest uuid, nth int, happened_at timestamptz, month date, time_precision text, category text,
    category_label text, status text, place text, location_precision text, geom geometry(Point, 4326),
    public_id uuid DEFAULT gen_random_uuid()
) ON COMMIT DROP;
CREATE TEMPORARY TABLE placed (row int, units text[]) ON COMMIT DROP;
CREATE TEMPORARY TABLE resolved (
    units text[], hromada text, unit_2017 text, settlement text, public_units text[], precision text,
    geom geometry(Point, 4326)
) ON COMMIT DROP;
CREATE TEMPORARY TABLE cells (row int, geom geometry(Point, 4326)) ON COMMIT DROP;

-- name: drop_known
DELETE FROM arrived USING incidents i
WHERE i.source_id = :source_id AND i.digest = arrived.digest AND i.nth = arrived.nth;

-- name: drop_outside_units
DELETE FROM arrived USING placed
WHERE placed.row = arrived.row AND placed.units = '{}' AND arrived.geom IS NOT NULL
RETURNING arrived.row, units_at(ST_FlipCoordinates(arrived.geom)) <> '{}' AS swapped;

-- name: drop_outside_box
DELETE FROM arrived
WHERE geom IS NOT NULL AND NOT ST_Intersects(geom, ST_MakeEnvelope(:west, :south, :east, :north, 4326))
RETURNING row, ST_Intersects(ST_FlipCoordinates(geom), ST_MakeEnvelope(:west, :south, :east, :north, 4326)) AS swapped;

-- name: count
SELECT count(geom), count(*) - count(geom) FROM arrived;

-- name: combinations
SELECT DISTINCT placed.units FROM placed JOIN arrived USING (row)
WHERE placed.units <> '{}' AND NOT EXISTS (SELECT FROM resolved r WHERE r.units = placed.units);

-- name: resolve
INSERT INTO resolved (units, hromada, unit_2017, settlement, public_units, precision, geom)
VALUES (:units, :hromada, :unit_2017, :settlement, :public_units, :precision,
        ST_SetSRID(ST_MakePoint(CAST(:lon AS double precision), CAST(:lat AS double precision)), 4326));

-- name: unresolved
SELECT a.row, ST_X(a.geom), ST_Y(a.geom)
FROM arrived a JOIN placed USING (row) LEFT JOIN resolved r ON r.units = placed.units
WHERE a.location_precision = 'exact' AND a.geom IS NOT NULL AND r.geom IS NULL;

-- name: land
-- Into the staff's table, and of what landed there into the public one, in one statement.
WITH landed AS (
    INSERT INTO incidents (
        public_id, source_id, source, digest, nth, happened_at, month, time_precision, category, category_label, status,
        place, location_precision, units, hromada, unit_2017, settlement, geom, public_geom, public_precision,
        public_units, demo
    )
    SELECT a.public_id, :source_id, :source, a.digest, a.nth, a.happened_at, a.month, a.time_precision, a.category,
           a.category_label, a.status, a.place, a.location_precision, placed.units, r.hromada, r.unit_2017, r.settlement,
           a.geom,
           CASE WHEN a.location_precision = 'exact' THEN coalesce(r.geom, cells.geom) ELSE a.geom END,
           CASE WHEN a.location_precision = 'exact' THEN coalesce(r.precision, 'cell') ELSE a.location_precision END,
           CASE WHEN a.location_precision = 'exact' THEN coalesce(r.public_units, '{}') ELSE placed.units END,
           :demo
    FROM arrived a JOIN placed USING (row) LEFT JOIN resolved r ON r.units = placed.units LEFT JOIN cells USING (row)
    RETURNING public_id, category, status, month, public_precision, public_units, hromada, unit_2017, source, demo,
              public_geom, units
)
INSERT INTO incidents_public (
    id, category, symbol, status, month, location_precision, units, hromada, unit_2017, source, demo, geom
)
SELECT l.public_id, l.category, c.symbol, l.status, l.month, l.public_precision, l.public_units, l.hromada, l.unit_2017,
       l.source, l.demo, l.public_geom
FROM landed l JOIN categories c ON c.code = l.category
WHERE l.public_geom IS NOT NULL AND NOT l.units && (SELECT closed_units());

-- name: located
-- Every record with a place arrives once more, to see whether its units are still the same.
INSERT INTO arrived (row, public_id, location_precision, geom)
SELECT id, public_id, location_precision, geom FROM incidents WHERE geom IS NOT NULL;

-- name: drop_unmoved
DELETE FROM arrived USING placed, incidents i
WHERE placed.row = arrived.row AND i.id = arrived.row AND i.units @> placed.units AND i.units <@ placed.units;

-- name: move
UPDATE incidents i SET
    units = placed.units, hromada = r.hromada, unit_2017 = r.unit_2017, settlement = r.settlement,
    public_geom = CASE WHEN i.location_precision = 'exact' THEN coalesce(r.geom, cells.geom) ELSE i.geom END,
    public_precision = CASE WHEN i.location_precision = 'exact' THEN coalesce(r.precision, 'cell')
                            ELSE i.location_precision END,
    public_units = CASE WHEN i.location_precision = 'exact' THEN coalesce(r.public_units, '{}') ELSE placed.units END
FROM arrived a JOIN placed USING (row) LEFT JOIN resolved r ON r.units = placed.units LEFT JOIN cells USING (row)
WHERE i.id = a.row;

-- name: withdraw_moved
DELETE FROM incidents_public p USING arrived a WHERE p.id = a.public_id;

-- name: empty
TRUNCATE arrived, placed, cells;
