"""Lists of snap points in a real database: what is made of a small town, and where its places are shown."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np
import pytest
from shapely import Point
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.area import Area
from layers.database.base import Base
from layers.database.engine import set_viewer
from layers.errors import BadInput, Unavailable
from layers.places.actions import replace_facts
from layers.places.facts import Facts
from layers.privacy import store, tables
from layers.privacy.actions import Report, Snapped, ensure_snap_points, is_due, snap
from layers.privacy.generalise import cell_centres
from layers.viewer import PUBLIC, Role
from tests import town
from tests.database import viewer
from tests.layers.privacy.made import house, houses, moved, place, quarter, street, together

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
UTM = 32636  # of the town's 36.1 degrees east
CENTRE = (36.05, 50.03)  # a quarter of 4 streets and 128 homes, in the hromada and in no settlement
NEXT_HROMADA = """
INSERT INTO units (system, code, name_uk, name_en, kind, geom, point) VALUES
('hromadas', 'H2', 'H2', 'H2', 'сільська громада', ST_Multi(ST_MakeEnvelope(36.1, 50.0, 36.2, 50.1, 4326)),
 ST_SetSRID(ST_MakePoint(36.15, 50.05), 4326))
"""
# Written for this test, sharing nothing with the code: homes of the town are all of kind "house".
COUNTED = text("""
SELECT p.id, p.kind, p.buildings,
       (SELECT count(*) FROM buildings b
        WHERE b.kind = 'house' AND ST_Contains(p.catchment, ST_Centroid(b.geom))) AS homes,
       (SELECT count(*) FROM buildings b WHERE ST_Intersects(p.catchment, b.geom)) AS met
FROM snap_points p WHERE p.version = :version
""")
PARTITION = text("""
SELECT ST_Area(ST_SymDifference(ST_Union(p.catchment), u.geom)) / ST_Area(u.geom) AS differs,
       sum(ST_Area(p.catchment)) / ST_Area(u.geom) AS filled
FROM snap_points p JOIN units u ON u.code = p.region
WHERE p.version = :version GROUP BY u.code, u.geom
""")


@pytest.fixture(scope="module")
def place_profile(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return town.profile(tmp_path_factory.mktemp("profile"))


@pytest.fixture
def area(place_profile: Area) -> Area:
    return place_profile


@pytest.fixture
def units(session: Session) -> Session:
    town.build(session)
    return session


def load(session: Session, area: Area, facts: Facts) -> Report | None:
    replace_facts(session, facts, metric_srid=UTM)
    return ensure_snap_points(session, area, now=NOW)


def made(session: Session, area: Area, facts: Facts) -> Report:
    report = load(session, area, facts)
    assert report is not None
    return report


def at(session: Session, where: tuple[float, float]) -> Snapped:
    return snap(session, lon=where[0], lat=where[1])


def homes() -> Facts:
    return quarter(*CENTRE, "Тестова")


# --- a town with buildings


def test_every_catchment_of_a_town_holds_eight_homes_or_nothing_by_postgis_own_count(
    units: Session, area: Area
) -> None:
    facts = together(homes(), Facts(places=[place("stop", "Поле", *moved(*CENTRE, 3000, 3000))]))
    report = made(units, area, facts)
    rows = [row for row in units.execute(COUNTED, {"version": report.version}) if row.kind in ("street", "place")]
    assert [row.buildings for row in rows] == [row.homes for row in rows]
    assert sum(row.homes for row in rows) == report.homes == 128
    assert all(row.homes >= 8 or row.met == 0 for row in rows)
    assert (sum(row.homes == 0 for row in rows), len(rows) > 5) == (1, True)
    assert store.audit(units, [row.id for row in rows]) == []


def test_catchments_fill_their_hromada_and_nothing_else(units: Session, area: Area) -> None:
    units.execute(text(NEXT_HROMADA))
    report = made(units, area, together(homes(), quarter(36.12, 50.05, "Сусідня")))
    rows = units.execute(PARTITION, {"version": report.version}).all()
    assert len(rows) == 2
    for row in rows:
        assert row.differs < 1e-6
        assert row.filled == pytest.approx(1, abs=1e-6)


def test_a_place_is_shown_at_the_nearest_point_of_its_hromada(units: Session, area: Area) -> None:
    report = made(units, area, homes())
    points = units.execute(
        text("SELECT id, geom::geography AS place FROM snap_points WHERE version = :v AND region = 'H1'"),
        {"v": report.version},
    ).all()
    nearest = text("""
        SELECT id FROM snap_points WHERE version = :v AND region = 'H1'
        ORDER BY geom::geography <-> ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography LIMIT 1""")
    assert len(points) > 5
    for east, north in np.random.default_rng(2).uniform((-900, -900), (1300, 1200), (60, 2)):
        lon, lat = moved(*CENTRE, east, north)
        found = snap(units, lon=lon, lat=lat)
        assert found.id == units.scalar(nearest, {"v": report.version, "lon": lon, "lat": lat})
        assert found.catchment.intersects(Point(lon, lat))


def test_a_street_is_named_and_its_units_are_those_of_the_point(units: Session, area: Area) -> None:
    made(units, area, homes())
    found = at(units, moved(*CENTRE, 100, 5))
    assert (found.kind, found.title.uk, found.title.en) == ("street", "вулиця Тестова 1", "vulytsia Testova 1")
    assert found.units == ("H1", "U17")
    assert found.buildings >= 8


def test_a_public_place_is_shown_exactly(units: Session, area: Area) -> None:
    here = moved(*CENTRE, 200, 120)
    made(units, area, together(homes(), Facts(places=[place("school", "Школа № 1", *here)])))
    found = at(units, moved(*here, 6, -4))
    assert (found.kind, found.title.uk) == ("place", "Школа № 1")
    assert found.point == pytest.approx(here, abs=1e-9)


def test_what_is_no_place_to_name_a_spot_by_is_never_a_point(units: Session, area: Area) -> None:
    kinds = ("police", "lamp", "bar", "cafe", "gambling", "social_facility", "fire_station", "hotel", "alcohol_shop")
    spots = [place(kind, kind, *moved(*CENTRE, 40 * index, 40)) for index, kind in enumerate(kinds)]
    made(units, area, together(homes(), Facts(places=spots)))
    assert units.scalar(text("SELECT count(*) FROM snap_points WHERE kind = 'place'")) == 0


@pytest.mark.parametrize(
    ("kind", "number", "counts"),
    [
        ("house", None, True),
        ("apartments", None, True),
        ("yes", None, True),
        ("retail", "5", True),
        ("retail", None, False),
        ("school", None, False),
        ("garage", None, False),
        ("garages", "5", False),
        ("shed", "5", False),
    ],
)
def test_homes_and_addresses_count_garages_and_sheds_do_not(
    units: Session, area: Area, kind: str, number: str | None, counts: bool
) -> None:
    row = [house(*moved(*CENTRE, 20 * index, 20), kind=kind, number=number) for index in range(8)]
    report = made(units, area, Facts(roads=[street("вулиця Одна", CENTRE, moved(*CENTRE, 180, 0))], buildings=row))
    assert report.homes == (8 if counts else 0)
    assert ("street" in report.points) is counts


def test_an_outline_of_no_stated_kind_counts_from_forty_square_metres_on(units: Session, area: Area) -> None:
    small = house(*CENTRE, kind="yes")
    small.geom = type(small.geom)([Point(CENTRE).buffer(4e-5, quad_segs=1)])  # a rhombus of 25 square metres
    assert made(units, area, Facts(roads=homes().roads, buildings=[small, house(*CENTRE, kind="yes")])).homes == 1


def test_a_numbered_road_between_villages_is_named_by_its_number(units: Session, area: Area) -> None:
    road = street(None, moved(*CENTRE, 2000, 2000), moved(*CENTRE, 2400, 2000), kind="secondary", ref="Т-21-04")
    made(units, area, together(homes(), Facts(roads=[road])))
    found = at(units, moved(*CENTRE, 2300, 2010))
    assert (found.title.uk, found.title.en, found.buildings) == ("дорога Т-21-04", "road Т-21-04", 0)


# --- nobody is given away


def test_however_often_a_home_is_reported_it_is_shown_at_the_same_point(units: Session, area: Area) -> None:
    made(units, area, homes())
    home = moved(*CENTRE, 112, 20)
    jitter = np.random.default_rng(7).normal(0, 3, (200, 2))
    shown = {at(units, moved(*home, *each)).point for each in jitter} | {at(units, home).point for _ in range(20)}
    assert len(shown) == 1
    mean = np.mean([at(units, moved(*home, *each)).point for each in jitter], axis=0)
    assert Point(mean).distance(Point(home)) > 1e-4  # averaging leads to the public point, some 20 m from the home


def test_the_order_and_the_ids_of_an_extract_change_no_point(units: Session, area: Area) -> None:
    def rows(facts: Facts) -> list[tuple[object, ...]]:
        before = units.begin_nested()
        made(units, area, facts)
        columns = "kind, title_uk, ST_AsText(geom, 15), ST_AsText(catchment, 15), buildings"
        found = [tuple(row) for row in units.execute(text(f"SELECT {columns} FROM snap_points ORDER BY id"))]
        before.rollback()
        return found

    facts = together(homes(), Facts(places=[place("stop", "Центр", *moved(*CENTRE, 150, 40))]))
    first = rows(facts)
    backwards = Facts(roads=facts.roads[::-1], buildings=facts.buildings[::-1], places=facts.places[::-1])
    for index, building in enumerate(backwards.buildings):
        building.id = f"way/{900_000 - index}"
    assert len(first) > 5
    assert rows(backwards) == first


def test_no_place_is_shown_across_the_border_of_two_hromadas(units: Session, area: Area) -> None:
    units.execute(text(NEXT_HROMADA))
    border = (36.1, 50.05)
    west = quarter(*moved(*border, -900, 0), "Західна")
    east = quarter(*moved(*border, 5, 0), "Східна")
    made(units, area, together(west, east))
    here, there = at(units, moved(*border, -6, 10)), at(units, moved(*border, 6, 10))
    assert (here.title.uk[:15], there.title.uk[:14]) == ("вулиця Західна ", "вулиця Східна ")
    assert here.point[0] < border[0] - 400 / 71_700  # though a street of the neighbour is some metres away
    assert {"H1", "H2"} - {*here.units} == {"H2"}
    assert at(units, border).units[0] == "H1"  # on the border itself the first of the two, as everywhere


def test_a_home_alone_in_the_fields_shares_the_catchment_of_eight(units: Session, area: Area) -> None:
    farm = moved(*CENTRE, -2000, 4000)
    spots = [place("stop", "Хутір", *moved(*farm, 30, 0)), place("stop", "Балка", *moved(*farm, 900, 0))]
    made(units, area, together(homes(), Facts(buildings=[house(*farm)], places=spots)))
    assert at(units, farm).buildings >= 9
    assert at(units, farm).title.uk.startswith("вулиця Тестова")


# --- where no buildings are loaded


@pytest.mark.parametrize("known", [0, 7])
def test_without_buildings_a_town_is_shown_by_its_centre_and_a_village_by_its_hromadas(
    units: Session, area: Area, known: int
) -> None:
    facts = Facts(roads=homes().roads, buildings=houses(36.065, 50.065, known))
    report = made(units, area, facts)
    assert report.points["settlement"] == report.points["hromada"] == 1
    in_town, in_village = at(units, (36.003, 50.017)), at(units, (36.065, 50.065))
    assert (in_town.kind, in_town.point, in_town.title.uk) == ("settlement", town.CITY_CENTRE, "C1")
    assert in_town.catchment.bounds == pytest.approx((36.0, 50.0, 36.02, 50.02))
    assert (in_village.kind, in_village.point, in_village.title.uk) == ("hromada", town.HROMADA_CENTRE, "H1 громада")
    assert in_village.units == ("H1", "U17")
    assert in_village.buildings == known
    assert store.audit(units, [in_town.id, in_village.id]) == []


def test_without_a_unit_a_place_is_shown_by_the_square_that_incidents_are(units: Session, area: Area) -> None:
    made(units, area, Facts(roads=homes().roads))
    lon, lat = 36.16, 50.05
    found = snap(units, lon=lon, lat=lat)
    x, y = cell_centres(np.array([lon]), np.array([lat]), srid=area.metric_srid)
    assert (found.kind, found.units) == ("cell", ("U17",))
    assert found.point == pytest.approx((x[0], y[0]), abs=1e-7)
    assert found.catchment.contains(Point(lon, lat))


def test_a_place_in_a_strip_between_limits_that_do_not_fit_is_shown_beside_it(units: Session, area: Area) -> None:
    units.execute(text(NEXT_HROMADA.replace("36.1, 50.0, 36.2", "36.102, 50.0, 36.2")))  # 140 m to the east of H1
    report = made(units, area, homes())
    assert report.points["hromada"] == 1
    assert (at(units, (36.1005, 50.05)).units[0], at(units, (36.1015, 50.05)).units[0]) == ("H1", "H2")


def test_a_place_beyond_the_area_is_refused_in_words(units: Session, area: Area) -> None:
    made(units, area, homes())
    with pytest.raises(BadInput, match="outside the area"):
        snap(units, lon=40.0, lat=50.0)


def test_before_the_first_list_nothing_is_shown(units: Session) -> None:
    with pytest.raises(Unavailable, match="still being made"):
        snap(units, lon=CENTRE[0], lat=CENTRE[1])


# --- versions


def lists(session: Session) -> list[tuple[int, int]]:
    counted = text("SELECT l.version, count(p.id) FROM snap_lists l LEFT JOIN snap_points p USING (version) GROUP BY 1")
    return sorted((row[0], row[1]) for row in session.execute(counted))


def test_a_new_extract_makes_a_new_list_and_leaves_the_old_one(units: Session, area: Area) -> None:
    first = made(units, area, homes())
    before = at(units, moved(*CENTRE, 112, 20))
    rows = units.execute(text("SELECT id, xmin::text, ST_AsEWKB(catchment) FROM snap_points ORDER BY id")).all()
    second = made(units, area, together(homes(), quarter(*moved(*CENTRE, 420, 0), "Нова")))
    assert [version for version, _ in lists(units)] == [first.version, second.version]
    assert (
        units.execute(
            text("SELECT id, xmin::text, ST_AsEWKB(catchment) FROM snap_points WHERE version = :v ORDER BY id"),
            {"v": first.version},
        ).all()
        == rows
    )
    after = at(units, moved(*CENTRE, 112, 20))
    assert (after.version, before.version) == (second.version, first.version)
    assert after.id != before.id


def test_the_same_facts_make_no_second_list(units: Session, area: Area) -> None:
    facts = homes()
    made(units, area, facts)
    assert not is_due(units, area)
    assert load(units, area, facts) is None
    # Changed and changed back: there was something to look at, and it was the same.
    changed = Facts(roads=facts.roads, buildings=facts.buildings[1:])
    replace_facts(units, changed, metric_srid=UTM)
    replace_facts(units, facts, metric_srid=UTM)
    assert is_due(units, area)
    assert ensure_snap_points(units, area, now=NOW) is None
    assert not is_due(units, area)
    assert len(lists(units)) == 1


@pytest.mark.parametrize("what", ["roads", "buildings", "places", "units"])
def test_whatever_a_list_follows_from_makes_a_new_one_when_it_changes(units: Session, area: Area, what: str) -> None:
    facts = homes()
    made(units, area, facts)
    if what == "roads":
        facts.roads.append(street("вулиця Нова", moved(*CENTRE, 0, 400), moved(*CENTRE, 400, 400)))
    elif what == "buildings":
        facts.buildings.append(house(*moved(*CENTRE, 200, 300)))
    elif what == "places":
        facts.places.append(place("stop", "Нова", *moved(*CENTRE, 200, 40)))
    else:
        units.execute(text("UPDATE units SET geom = ST_Multi(ST_Buffer(geom, -0.001)) WHERE code = 'H1'"))
    assert load(units, area, facts) is not None


def test_what_snap_points_do_not_follow_from_makes_no_new_list(units: Session, area: Area) -> None:
    facts = homes()
    made(units, area, facts)
    facts.roads[0].surface = "asphalt"
    facts.places.append(place("lamp", None, *CENTRE))
    assert load(units, area, facts) is None


def test_progress_ends_at_all_candidates(units: Session, area: Area) -> None:
    replace_facts(units, homes(), metric_srid=UTM)
    told: list[tuple[int, int | None]] = []
    ensure_snap_points(units, area, now=NOW, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (8, 8)


def test_a_list_is_a_public_line_of_history(units: Session, area: Area) -> None:
    report = made(units, area, homes())
    line = units.execute(text("SELECT audience, subject_id, codes FROM history WHERE subject = 'snap_points'")).one()
    assert tuple(line) == ("public", str(report.version), dict(report.points))


# --- the proof, and what the database refuses


def test_the_audit_finds_catchments_whose_homes_have_become_too_few(units: Session, area: Area) -> None:
    made(units, area, homes())
    found, other = at(units, moved(*CENTRE, 100, 5)), at(units, moved(*CENTRE, 300, 245))
    gone = text("""
        DELETE FROM buildings WHERE id IN (
            SELECT b.id FROM buildings b JOIN snap_points p ON ST_Contains(p.catchment, ST_Centroid(b.geom))
            WHERE p.id = :id ORDER BY b.id LIMIT :n)""")
    units.execute(gone, {"id": found.id, "n": found.buildings - 7})
    [weak] = store.audit(units, [found.id, other.id])
    assert (weak.id, weak.kind, weak.buildings, weak.homes) == (found.id, "street", found.buildings, 7)


def test_the_audit_finds_an_empty_catchment_in_which_something_was_built(units: Session, area: Area) -> None:
    stop = moved(*CENTRE, 3000, 3000)
    facts = together(homes(), Facts(places=[place("stop", "Поле", *stop)]))
    made(units, area, facts)
    found = at(units, stop)
    assert store.audit(units, [found.id]) == []
    facts.buildings.append(house(*moved(*stop, 100, 0), kind="shed"))
    replace_facts(units, facts, metric_srid=UTM)
    assert [(weak.id, weak.homes) for weak in store.audit(units, [found.id])] == [(found.id, 0)]


def test_the_audit_finds_a_town_of_few_homes_in_a_hromada_of_many(units: Session, area: Area) -> None:
    made(units, area, Facts(roads=homes().roads))
    in_town = at(units, (36.003, 50.017))
    replace_facts(units, together(homes(), Facts(buildings=houses(36.01, 50.01, 3))), metric_srid=UTM)
    assert [(weak.id, weak.homes) for weak in store.audit(units, [in_town.id])] == [(in_town.id, 3)]


INSERT = """
INSERT INTO snap_points (version, kind, title_uk, title_en, region, units, buildings, geom, catchment)
SELECT version, :kind, '', '', 'H1', '{}', :homes, ST_SetSRID(ST_MakePoint(36, 50), 4326),
       ST_Multi(ST_MakeEnvelope(36, 50, 36.1, 50.1, 4326)) FROM snap_lists LIMIT 1
"""


@pytest.mark.parametrize("kind", ["street", "place"])
def test_the_database_refuses_a_street_or_place_of_one_to_seven_homes(units: Session, area: Area, kind: str) -> None:
    made(units, area, homes())
    for homes_there in (0, 8):
        units.execute(text(INSERT), {"kind": kind, "homes": homes_there})
    for too_few in (1, 7):
        with pytest.raises(DBAPIError, match="eight_homes_or_none"), units.begin_nested():
            units.execute(text(INSERT), {"kind": kind, "homes": too_few})


@pytest.mark.parametrize("role", sorted(Role))
def test_everybody_reads_snap_points_and_only_a_robot_adds_any(units: Session, area: Area, role: Role) -> None:
    made(units, area, homes())
    count = units.scalar(text("SELECT count(*) FROM snap_points"))
    set_viewer(units, viewer(role))
    assert units.scalar(text("SELECT count(*) FROM snap_points")) == count
    if role is not Role.ROBOT:
        with pytest.raises(DBAPIError, match="row-level security"), units.begin_nested():
            units.execute(text(INSERT), {"kind": "street", "homes": 8})


@pytest.mark.parametrize("statement", ["UPDATE snap_points SET buildings = 9", "DELETE FROM snap_points"])
def test_not_even_a_robot_changes_a_list(units: Session, area: Area, statement: str) -> None:
    made(units, area, homes())
    with pytest.raises(DBAPIError, match="permission denied"), units.begin_nested():
        units.execute(text(statement))


def test_a_resident_is_answered_within_five_milliseconds_by_the_spatial_index(units: Session, area: Area) -> None:
    made(units, area, homes())
    set_viewer(units, PUBLIC)
    took = []
    for index in range(40):
        began = time.perf_counter()
        at(units, moved(*CENTRE, 10 * index, 3 * index))
        took.append(time.perf_counter() - began)
    assert np.median(took) < 0.005, took
    units.execute(text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(row[0] for row in units.execute(text("EXPLAIN " + store.AT.text), {"lon": 36.05, "lat": 50.03}))
    assert "ix_snap_points_catchment" in plan


def test_the_declared_tables_are_those_of_the_database(session: Session) -> None:
    known = text(
        "SELECT column_name, is_generated = 'ALWAYS' FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = :table"
    )
    models = [
        row for row in vars(tables).values() if isinstance(row, type) and issubclass(row, Base) and row is not Base
    ]
    assert len(models) == 2
    for model in models:
        declared = {(column.name, column.computed is not None) for column in model.__table__.columns}
        assert declared == {tuple(row) for row in session.execute(known, {"table": model.__tablename__})}
