-- Settlements, streets and named places whose name is like :words, best first: exact before the beginning of a
-- word before similar; and within one fit, settlement before street before place.
WITH asked AS (
    SELECT search_key(:words) AS key
), settlement AS (
    SELECT code, kind, name_uk, name_en, search_key(name_uk) AS key_uk, search_key(name_en) AS key_en,
           coalesce(point, ST_PointOnSurface(geom)) AS point, geom
    FROM units WHERE system = 'settlements'
    UNION ALL
    -- An area without settlements of its own takes OpenStreetMap's.
    SELECT id, kind, name_uk, name_en, key_uk, key_en, geom, NULL
    FROM places
    WHERE kind = ANY(:localities) AND name_uk IS NOT NULL
      AND NOT EXISTS (SELECT FROM units WHERE system = 'settlements')
), around AS (
    SELECT coalesce(geom, point) AS geom, CASE WHEN geom IS NULL THEN 0.03 ELSE 0 END AS reach
    FROM settlement WHERE code = ANY(:within)
), candidate AS (
    SELECT 'settlement' AS what, 1 AS tier, code AS id, kind, name_uk, name_en, key_uk, key_en, point,
           coalesce(geom, point) AS shape
    FROM settlement WHERE cardinality(cast(:within AS text[])) = 0 AND cast(:kind AS text) IS NULL
    UNION ALL
    SELECT 'street', 2, id, kind, name_uk, name_en, key_uk, key_en, point, geom
    FROM streets, asked
    WHERE NOT :settlements_only AND (cast(:kind AS text) IS NULL OR kind = :kind)
      AND (key_uk % key OR key_en % key OR key_uk LIKE '%' || key || '%' OR key_en LIKE '%' || key || '%')
    UNION ALL
    SELECT 'place', 3, id, kind, name_uk, name_en, key_uk, key_en, geom, geom
    FROM places, asked
    WHERE NOT :settlements_only AND cast(:kind AS text) IS NULL AND kind <> ALL(:localities)
      AND (key_uk % key OR key_en % key OR key_uk LIKE '%' || key || '%' OR key_en LIKE '%' || key || '%')
), ranked AS (
    SELECT c.*,
           CASE WHEN key IN (key_uk, key_en) THEN 2
                WHEN strpos(' ' || key_uk, ' ' || key) > 0 OR strpos(' ' || key_en, ' ' || key) > 0 THEN 1
                ELSE 0 END AS fit,
           greatest(similarity(key_uk, key), similarity(key_en, key)) AS likeness
    FROM candidate c, asked
    WHERE cardinality(cast(:within AS text[])) = 0
       OR EXISTS (SELECT FROM around WHERE ST_DWithin(around.geom, c.shape, around.reach))
), best AS (
    SELECT *, units_at(point) AS units FROM ranked
    WHERE fit > 0 OR likeness >= 0.35
    ORDER BY fit DESC, tier, likeness DESC, name_uk, id
    LIMIT :limit
)
SELECT best.what, best.id, best.kind, best.name_uk, best.name_en, best.fit, best.likeness, best.units,
       ST_X(best.point) AS lon, ST_Y(best.point) AS lat,
       ST_XMin(best.shape) AS west, ST_YMin(best.shape) AS south, ST_XMax(best.shape) AS east, ST_YMax(best.shape) AS north,
       home.code AS settlement_code, home.name_uk AS settlement_uk, home.name_en AS settlement_en,
       hromada.code AS hromada_code, hromada.name_uk AS hromada_uk, hromada.name_en AS hromada_en
FROM best
LEFT JOIN LATERAL (
    -- The settlement whose limits hold it; where limits are unknown, the nearest within about 5 km.
    SELECT s.code, s.name_uk, s.name_en FROM settlement s
    WHERE best.what <> 'settlement'
      AND (s.code = ANY(best.units) OR (s.geom IS NULL AND s.point <-> best.point < 0.05))
    ORDER BY s.code = ANY(best.units) DESC, s.point <-> best.point LIMIT 1
) home ON true
LEFT JOIN LATERAL (
    SELECT u.code, u.name_uk, u.name_en FROM units u
    WHERE u.system = 'hromadas'
      AND (u.code = ANY(best.units)
           OR u.code = (SELECT p.parent_code FROM units p WHERE p.code = coalesce(home.code, best.id)))
    ORDER BY u.code = ANY(best.units) DESC LIMIT 1
) hromada ON true
ORDER BY best.fit DESC, best.tier, best.likeness DESC, best.name_uk, best.id
