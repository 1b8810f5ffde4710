-- What is published follows from the records and from which units are closed, whoever changes either.

-- The rows that may be public, in the shape of incidents_public.
CREATE VIEW incidents_publishable WITH (security_invoker = true) AS
SELECT i.public_id AS id, i.category, c.symbol, i.status, i.month, i.public_precision AS location_precision,
       i.public_units AS units, i.hromada, i.unit_2017, i.source, i.demo, i.public_geom AS geom
FROM incidents i JOIN categories c ON c.code = i.category
WHERE i.public_geom IS NOT NULL AND NOT i.units && (SELECT closed_units());

-- Publishing sees as a robot whoever caused it: somebody limited to some units may close another one, and its records
-- must go all the same. Give back what `see_as_robot` returned when done.
CREATE FUNCTION see_as_robot() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    before text[] := ARRAY[bezpeka_role(), bezpeka_units()::text];
BEGIN
    PERFORM set_config('bezpeka.role', 'robot', true), set_config('bezpeka.units', '{}', true);
    RETURN before;
END $$;

CREATE FUNCTION see_as_before(before text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('bezpeka.role', before[1], true), set_config('bezpeka.units', before[2], true);
END $$;

-- Whoever loads records holds this lock shared, whoever closes a unit holds it alone: neither misses the other's rows.
CREATE FUNCTION lock_publishing(alone boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF alone THEN
        PERFORM pg_advisory_xact_lock(hashtext('incidents_public'));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtext('incidents_public'));
    END IF;
END $$;

-- Remove what may no longer be public, add what may be again.
CREATE FUNCTION publish_incidents() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    before text[] := see_as_robot();
BEGIN
    PERFORM lock_publishing(true);
    DELETE FROM incidents_public p WHERE NOT EXISTS (SELECT FROM incidents_publishable s WHERE s.id = p.id);
    INSERT INTO incidents_public (id, category, symbol, status, month, location_precision, units, hromada, unit_2017,
                                  source, demo, geom)
    SELECT * FROM incidents_publishable s WHERE NOT EXISTS (SELECT FROM incidents_public p WHERE p.id = s.id);
    PERFORM see_as_before(before);
END $$;

CREATE FUNCTION republish_incidents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_incidents();
    RETURN NULL;
END $$;
CREATE TRIGGER republish_incidents AFTER UPDATE OF security, members, parent_code ON units
    FOR EACH STATEMENT EXECUTE FUNCTION republish_incidents();

-- The last word: no statement can put a record of a closed unit before the public.
CREATE FUNCTION refuse_closed_incidents() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text[] := see_as_robot();
BEGIN
    PERFORM lock_publishing(false);
    IF closed_units() <> '{}' AND EXISTS (
        SELECT FROM changed JOIN incidents i ON i.public_id = changed.id WHERE i.units && closed_units()
    ) THEN
        RAISE EXCEPTION 'incidents of a unit of active hostilities are not published'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM see_as_before(before);
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_closed AFTER INSERT ON incidents_public REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_incidents();
CREATE TRIGGER refuse_closed_change AFTER UPDATE ON incidents_public REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_incidents();

-- A withdrawn record is withdrawn everywhere.
CREATE FUNCTION withdraw_incident() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text[] := see_as_robot();
BEGIN
    DELETE FROM incidents_public p USING changed WHERE p.id = changed.public_id;
    PERFORM see_as_before(before);
    RETURN NULL;
END $$;
CREATE TRIGGER withdraw AFTER DELETE ON incidents REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION withdraw_incident();

-- A category in use stays. (Statuses and sources: nobody may delete any.)
CREATE FUNCTION keep_used_category() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text[] := see_as_robot();
    used boolean := EXISTS (SELECT FROM incidents WHERE category = OLD.code);
BEGIN
    PERFORM see_as_before(before);
    IF used AND (TG_OP = 'DELETE' OR NEW.code <> OLD.code) THEN
        RAISE EXCEPTION 'incidents have the category "%"', OLD.code USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER keep_used BEFORE DELETE OR UPDATE OF code ON categories
    FOR EACH ROW EXECUTE FUNCTION keep_used_category();

-- The symbol is a copy, so that tiles need no join.
CREATE FUNCTION redraw_incidents() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text[] := see_as_robot();
BEGIN
    UPDATE incidents_public p SET symbol = NEW.symbol WHERE p.category = NEW.code AND p.symbol <> NEW.symbol;
    PERFORM see_as_before(before);
    RETURN NULL;
END $$;
CREATE TRIGGER redraw_incidents AFTER UPDATE OF symbol ON categories
    FOR EACH ROW EXECUTE FUNCTION redraw_incidents();
