"""A street in the made-up town for camera plans: houses on both sides, a school, crossings, lamps, a bank's camera."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo_api.planning import Planner
from layers.area import Area
from layers.cameras import store
from layers.cameras.planning import Settings
from layers.database.engine import Database
from layers.viewer import Role, Viewer, robot
from tests import town

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROBOT = robot("test")
COORDINATOR = Viewer(Role.COORDINATOR)
WEST, STREET = 36.005, 50.012  # where the street begins, and its latitude
HOUSES = 10
BANK = (36.00612, 50.01211)  # the camera that stands already
BARRACKS = (36.0121, 50.0121)  # at the street's east end
QUICK = Settings(count=3, models=("fixed-4mp", "vari-8mp"), seconds=2.0)


def lay(session: Session) -> None:
    """Put the street into the database, beside the town's units."""
    town.build(session)
    east = WEST + HOUSES * 0.0007
    line = f"SRID=4326;LINESTRING({WEST} {STREET}, {east} {STREET})"
    session.execute(
        text("INSERT INTO roads (id, class, oneway, walkable, drivable, bridge, tunnel, geom)"
             " VALUES ('w1', 'residential', 0, true, true, false, false, cast(:line AS geometry))"),
        {"line": line},
    )  # fmt: skip
    for n in range(HOUSES):
        lon = WEST + n * 0.0007
        for side, lat in (("n", STREET + 0.00012), ("s", STREET - 0.00030)):
            kind = "school" if (n, side) == (5, "n") else "house"
            corners = ((lon, lat), (lon + 0.0004, lat), (lon + 0.0004, lat + 0.00018), (lon, lat + 0.00018), (lon, lat))
            ring = ", ".join(f"{x} {y}" for x, y in corners)
            session.execute(
                text("INSERT INTO buildings (id, kind, levels, height_m, height_from, geom)"
                     " VALUES (:id, :kind, 2, 7, 'height', cast(:geom AS geometry))"),
                {"id": f"b{n}{side}", "kind": kind, "geom": f"SRID=4326;MULTIPOLYGON((({ring})))"},
            )  # fmt: skip
        if n % 2:
            place(session, f"lamp{n}", "lamp", lon + 0.00055, STREET + 0.00004)
            place(session, f"cross{n}", "crossing", lon + 0.0005, STREET)
    place(session, "school", "school", WEST + 5 * 0.0007 + 0.0002, STREET + 0.00021)
    for ident, kind, (lon, lat) in (("bank", "camera", BANK), ("barracks", "military", BARRACKS)):
        session.execute(
            text("INSERT INTO restricted_places (id, kind, bearing, camera_type, mount, height_m, geom)"
                 " VALUES (:id, :kind, NULL, 'dome', NULL, 4, ST_SetSRID(ST_Point(:lon, :lat), 4326))"),
            {"id": ident, "kind": kind, "lon": lon, "lat": lat},
        )  # fmt: skip


def place(session: Session, ident: str, kind: str, lon: float, lat: float) -> None:
    session.execute(
        text("INSERT INTO places (id, kind, geom) VALUES (:id, :kind, ST_SetSRID(ST_Point(:lon, :lat), 4326))"),
        {"id": ident, "kind": kind, "lon": lon, "lat": lat},
    )


def area_of(folder: Path) -> Area:
    return town.profile(folder)


def plan(
    database: Database, area: Area, settings: Settings = QUICK, *, viewer: Viewer = COORDINATOR, title: str = "Вулиця",
    **order: Any,
) -> int:  # fmt: skip
    """Make a plan as the worker does and return its number."""
    asked = {"what": "plan", "title": title, "unit": "", "settings": settings.as_dict(), **order}
    job = SimpleNamespace(arguments=asked, viewer=viewer)
    planner = Planner(SimpleNamespace(area=area.profile))  # type: ignore[arg-type]
    return int(planner(database, job, lambda *_told: None)["plan"])  # type: ignore[arg-type]


def sites(database: Database, number: int, area: Area) -> Any:
    """Return the rows of a plan's cameras."""
    with database.begin(ROBOT) as session:
        found = store.plan_by(session, number)
        assert found is not None
        return store.plan_sites(session, found.id, area.metric_srid)
