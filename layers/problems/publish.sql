-- What is published follows from the reports themselves, whoever changes them and however; see incidents/publish.sql for
-- `see_as_robot`, which lets a trigger see all rows whoever caused it.

-- The rows that may be public, in the shape of problems_public.
CREATE VIEW problems_publishable WITH (security_invoker = true) AS
SELECT p.public_id AS id, p.category, c.symbol, p.status, p.month, p.status_month AS updated_month,
       p.public_precision AS location_precision, p.public_units AS units, p.hromada, p.unit_2017, p.supporters,
       p.reopened, p.body,
       coalesce((SELECT array_agg(f.public_file_id ORDER BY f.shows DESC, f.position, f.id) FROM problem_photos f
                 WHERE f.problem_id = p.id AND f.state = 'approved' AND f.public_file_id IS NOT NULL), '{}') AS photos,
       p.institution_id AS institution, p.demo, p.snap_id, p.public_geom AS geom
FROM problems p JOIN categories c ON c.code = p.category JOIN problem_statuses s ON s.code = p.status
WHERE p.published AND s.public AND p.audience = 'public' AND c.audience = 'public' AND p.public_geom IS NOT NULL
  AND NOT p.units && (SELECT closed_units());

-- Make the public row of one report equal to what may be public of it. An unchanged row stays: its tiles stay fresh.
CREATE FUNCTION publish_problem(problem uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    before text[] := see_as_robot();
    shown_as uuid := (SELECT p.public_id FROM problems p WHERE p.id = problem);
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('problems_public'));
    DELETE FROM problems_public p
    WHERE p.id = shown_as AND NOT EXISTS (SELECT FROM problems_publishable s WHERE s.id = p.id);
    INSERT INTO problems_public AS p (id, category, symbol, status, month, updated_month, location_precision, units,
                                      hromada, unit_2017, supporters, reopened, body, photos, institution, demo, snap_id,
                                      geom)
    SELECT * FROM problems_publishable s WHERE s.id = shown_as
    ON CONFLICT (id) DO UPDATE SET
        category = excluded.category, symbol = excluded.symbol, status = excluded.status, month = excluded.month,
        updated_month = excluded.updated_month, location_precision = excluded.location_precision,
        units = excluded.units, hromada = excluded.hromada, unit_2017 = excluded.unit_2017,
        supporters = excluded.supporters, reopened = excluded.reopened, body = excluded.body, photos = excluded.photos,
        institution = excluded.institution, demo = excluded.demo, snap_id = excluded.snap_id, geom = excluded.geom
    WHERE (p.category, p.symbol, p.status, p.month, p.updated_month, p.location_precision, p.units, p.hromada,
           p.unit_2017, p.supporters, p.reopened, p.body, p.photos, p.institution, p.demo, p.snap_id, p.geom)
          IS DISTINCT FROM
          (excluded.category, excluded.symbol, excluded.status, excluded.month, excluded.updated_month,
           excluded.location_precision, excluded.units, excluded.hromada, excluded.unit_2017, excluded.supporters,
           excluded.reopened, excluded.body, excluded.photos, excluded.institution, excluded.demo, excluded.snap_id,
           excluded.geom);
    DELETE FROM problem_steps_public s WHERE s.problem = shown_as;
    INSERT INTO problem_steps_public (problem, position, month, status, body, signed)
    SELECT shown_as, row_number() OVER (ORDER BY m.nth), m.month, m.to_status, coalesce(m.approved, ''),
           CASE WHEN m.approved IS NULL THEN '' ELSE m.signed END
    FROM problem_messages m
    WHERE m.problem_id = problem AND m.audience = 'public' AND m.erased_at IS NULL
      AND (m.approved IS NOT NULL OR m.to_status IS NOT NULL)
      AND EXISTS (SELECT FROM problems_public p WHERE p.id = shown_as);
    PERFORM see_as_before(before);
END $$;

CREATE FUNCTION publish_changed_problem() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD THEN
        PERFORM publish_problem(NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER publish AFTER UPDATE ON problems FOR EACH ROW EXECUTE FUNCTION publish_changed_problem();

CREATE FUNCTION publish_part_of_problem() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_problem(coalesce(NEW.problem_id, OLD.problem_id));
    RETURN NULL;
END $$;
CREATE TRIGGER publish AFTER UPDATE OR DELETE ON problem_photos
    FOR EACH ROW EXECUTE FUNCTION publish_part_of_problem();
CREATE TRIGGER publish AFTER INSERT OR UPDATE OR DELETE ON problem_messages
    FOR EACH ROW EXECUTE FUNCTION publish_part_of_problem();

-- A report that is gone is gone everywhere.
CREATE FUNCTION withdraw_deleted_problem() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text[] := see_as_robot();
BEGIN
    DELETE FROM problems_public p WHERE p.id = OLD.public_id;
    PERFORM see_as_before(before);
    RETURN NULL;
END $$;
CREATE TRIGGER withdraw AFTER DELETE ON problems FOR EACH ROW EXECUTE FUNCTION withdraw_deleted_problem();

-- A unit was closed or opened, or a category got another symbol or audience: everything follows.
CREATE FUNCTION republish_problems() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text[] := see_as_robot();
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('problems_public'));
    PERFORM publish_problem(p.id) FROM problems p
    WHERE p.published
      AND (EXISTS (SELECT FROM problems_public s WHERE s.id = p.public_id)
           IS DISTINCT FROM EXISTS (SELECT FROM problems_publishable s WHERE s.id = p.public_id)
           OR EXISTS (SELECT FROM problems_public s JOIN categories c ON c.code = s.category
                      WHERE s.id = p.public_id AND s.symbol <> c.symbol));
    PERFORM see_as_before(before);
    RETURN NULL;
END $$;
CREATE TRIGGER republish_problems AFTER UPDATE OF security, members, parent_code ON units
    FOR EACH STATEMENT EXECUTE FUNCTION republish_problems();
CREATE TRIGGER republish_problems AFTER UPDATE OF symbol, audience ON categories
    FOR EACH STATEMENT EXECUTE FUNCTION republish_problems();

-- The last word: no statement can put a report of a closed unit, or one that nobody approved, before the public.
CREATE FUNCTION refuse_unpublishable_problem() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text[] := see_as_robot();
    fits boolean := EXISTS (SELECT FROM problems_publishable s WHERE s.id = NEW.id AND s.body = NEW.body
                            AND s.photos = NEW.photos AND s.geom = NEW.geom);
BEGIN
    PERFORM see_as_before(before);
    IF NOT fits THEN
        RAISE EXCEPTION 'this report may not be published' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_unpublishable AFTER INSERT OR UPDATE ON problems_public
    FOR EACH ROW EXECUTE FUNCTION refuse_unpublishable_problem();
