"""Snap points of real places: Monaco's buildings, the default area's limits, and a raion's worth of invented houses."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ingestion.boundaries import read_path
from ingestion.osm import load_osm
from layers.area import Area, load_profile
from layers.database.engine import Database
from layers.privacy import store
from layers.privacy.actions import Report, ensure_snap_points, snap
from layers.units.actions import ensure_units, replace_limits
from layers.viewer import robot
from tests.database import ROOT

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
# By centroids and by any other reasonable count: no catchment may hold one to seven of anything.
COUNTED = text("""
SELECT p.id, p.kind, p.buildings, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
       count(b.id) FILTER (WHERE ST_Intersects(p.catchment, b.geom)) AS meeting,
       count(b.id) FILTER (WHERE ST_Contains(p.catchment, ST_Centroid(b.geom))) AS any_kind,
       count(b.id) FILTER (WHERE is_home(b) AND ST_Contains(p.catchment, ST_Centroid(b.geom))) AS homes
FROM snap_points p LEFT JOIN buildings b ON b.geom && p.catchment
WHERE p.version = :version GROUP BY p.id ORDER BY p.id
""")
OVERLAPS = text("""
SELECT coalesce(sum(ST_Area(ST_Intersection(a.catchment, b.catchment)::geography)), 0) FROM snap_points a
JOIN snap_points b ON a.id < b.id AND a.version = b.version AND a.catchment && b.catchment WHERE a.version = :version
""")
FILLED = text("""
SELECT sum(ST_Area(catchment::geography)) / (SELECT sum(ST_Area(geom::geography)) FROM units WHERE system = :system)
FROM snap_points WHERE version = :version AND kind = ANY(:kinds)
""")


@pytest.fixture(scope="module")
def monaco(database: Database, shared_data: Path) -> tuple[Database, Report, float]:
    extract = shared_data / "monaco" / "osm" / "monaco.osm.pbf"
    if not extract.is_file():
        pytest.skip(f"no {extract}")
    area = load_profile(ROOT / "tests" / "areas" / "monaco.toml")
    with database.begin(robot("test")) as session:
        ensure_units(session, area)
    load_osm(database, area, extract)
    with database.begin(robot("test")) as session:
        began = time.monotonic()
        report = ensure_snap_points(session, area, now=NOW)
        took = time.monotonic() - began
    assert report is not None
    return database, report, took


def test_every_catchment_of_monaco_holds_eight_homes_or_nothing(
    monaco: tuple[Database, Report, float], capsys: pytest.CaptureFixture[str]
) -> None:
    database, report, took = monaco
    with database.begin(robot("test")) as session:
        rows = session.execute(COUNTED, {"version": report.version}).all()
        assert store.audit(session, [row.id for row in rows]) == []
        assert session.scalar(OVERLAPS, {"version": report.version}) < 1
        filled = session.scalar(FILLED, {"version": report.version, "system": "area", "kinds": ["street", "place"]})
    assert {row.kind for row in rows} == {"street", "place"}
    assert all(row.buildings == row.homes for row in rows)
    assert all(row.homes >= 8 or row.meeting == 0 for row in rows)
    assert all(row.any_kind >= 8 or row.meeting == 0 for row in rows)
    assert sum(row.homes for row in rows) == report.homes > 1000
    assert filled == pytest.approx(1, abs=1e-6)
    held = [row.homes for row in rows]
    with capsys.disabled():
        sys.stdout.write(
            f"\nMonaco: {dict(report.points)} of {report.homes} homes in {took:.2f} s; in a catchment "
            f"{min(held)} to {max(held)}, median {np.median(held):.0f}\n"
        )
    assert len(rows) >= 60  # fewer would be safe too, and say less of where


def test_every_home_of_monaco_is_shown_at_a_point_that_seven_others_share(
    monaco: tuple[Database, Report, float],
) -> None:
    database, report, _ = monaco
    with database.begin(robot("test")) as session:
        homes = session.execute(
            text("SELECT ST_X(m) AS lon, ST_Y(m) AS lat FROM buildings b, ST_Centroid(geom) m WHERE is_home(b)")
        ).all()
        assert len(homes) == report.homes
        shown = [snap(session, lon=home.lon, lat=home.lat) for home in homes]
    shared = {point: [each.id for each in shown].count(point) for point in {each.id for each in shown}}
    assert min(shared.values()) >= 8
    assert all(each.buildings == shared[each.id] for each in shown)


def test_without_buildings_the_default_area_is_shown_by_its_towns_and_hromadas(
    session: Session, area: Area, shared_data: Path
) -> None:
    folder = shared_data / "chuhuiv" / "boundaries"
    if not folder.is_dir():
        pytest.skip(f"no real boundaries at {folder}")
    session.execute(text("DELETE FROM buildings"))
    ensure_units(session, area)
    replace_limits(session, robot("test"), area, read_path(folder, area)[0].limits)
    report = ensure_snap_points(session, area, now=NOW)
    assert report is not None
    assert (report.points["settlement"], report.points["hromada"]) == (26, 9)
    values = {"version": report.version, "system": "hromadas", "kinds": ["settlement", "hromada"]}
    assert session.scalar(FILLED, values) == pytest.approx(1, abs=1e-5)
    city = snap(session, lon=36.6880, lat=49.8360)
    assert (city.kind, city.title.uk) == ("settlement", "Чугуїв")
    village = snap(session, lon=36.9000, lat=49.8710)  # Печенізька hromada, in the fields
    assert (village.kind, village.title.uk) == ("hromada", "Печенізька громада")


VILLAGES = text("""
CREATE TEMPORARY TABLE villages ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY code) AS village, point FROM units WHERE system = 'settlements'
""")
HOUSES = text("""
INSERT INTO buildings (id, kind, geom)
SELECT 'way/' || n, CASE WHEN n % 4 = 0 THEN 'shed' ELSE 'house' END,
       ST_Multi(ST_Expand(ST_Translate(point, (random() - 0.5) * 0.03, (random() - 0.5) * 0.02), 0.00008, 0.00005))
FROM generate_series(1, 60000) n JOIN villages v ON village = 1 + n % (SELECT count(*) FROM villages)
""")
LANES = text("""
INSERT INTO roads (id, class, name_uk, oneway, walkable, drivable, bridge, tunnel, geom)
SELECT 'way/' || 100000 + n, 'residential', 'вулиця ' || n, 0, true, true, false, false,
       ST_MakeLine(a, ST_Translate(a, 0.003, 0.001))
FROM generate_series(1, 9000) n JOIN villages v ON village = 1 + n % (SELECT count(*) FROM villages),
     LATERAL (SELECT ST_Translate(point, (random() - 0.5) * 0.03 + 0 * n, (random() - 0.5) * 0.02)) lane (a)
""")


@pytest.mark.slow
def test_a_raion_of_sixty_thousand_buildings_takes_less_than_a_minute(
    session: Session, area: Area, capsys: pytest.CaptureFixture[str]
) -> None:
    session.execute(text("DELETE FROM buildings"))
    session.execute(text("DELETE FROM roads"))
    ensure_units(session, area)
    session.execute(text("SELECT setseed(0.5)"))
    for statement in (VILLAGES, HOUSES, LANES):
        session.execute(statement)
    began = time.monotonic()
    report = ensure_snap_points(session, area, now=NOW)
    took = time.monotonic() - began
    assert report is not None
    rows = session.execute(COUNTED, {"version": report.version}).all()
    assert all(row.homes >= 8 or row.meeting == 0 for row in rows)
    assert store.audit(session, [row.id for row in rows]) == []
    answered = []
    for row in rows[:: len(rows) // 200]:
        asked = time.perf_counter()
        snap(session, lon=row.lon, lat=row.lat)
        answered.append(1000 * (time.perf_counter() - asked))
    with capsys.disabled():
        sys.stdout.write(
            f"\n60,000 buildings: {dict(report.points)} in {took:.1f} s; "
            f"a place is answered in {np.median(answered):.1f} ms\n"
        )
    assert took < 60
    assert np.median(answered) < 5
