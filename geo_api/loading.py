"""What `up` loads: the area's own units, the demonstration, and a data folder, each by its own loader.

The loaders and the libraries under them cost seconds to import; a start with nothing new does without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geo_api.home import Home
from ingestion.folder import Kind, Report, changed, load_source
from layers.area import Area
from layers.database.engine import Database
from layers.holdings import loaded, note_load
from layers.people.credentials import Keys
from layers.text import N_
from layers.viewer import Role, Viewer, robot

DEMO_SEED = 1
DEMO_COORDINATOR = Viewer(Role.COORDINATOR, name="demo")
DEMO_PLANS: Mapping[str, dict[str, Any]] = {
    "Приклад: дванадцять камер": {"count": 12},
    "Приклад: на 150 тисяч гривень": {"budget": 150_000.0},
}
ROBOT = robot("up")
Progress = Callable[[str], AbstractContextManager[Report]]
Told = Callable[[str, Mapping[str, Any]], None]  # what was loaded, and the report of it


def load_units(database: Database, home: Home) -> bool:
    """Make the area's units from its profile and facts, unless they are made; return whether anything was done."""
    from layers.units.facts import fingerprint

    mark = fingerprint(home.area)
    with database.begin(ROBOT) as session:
        if loaded(session, "facts").get(home.area.id) == mark:
            return False
        from layers.incidents.actions import find_units_again
        from layers.units.actions import ensure_units

        if ensure_units(session, home.area):
            find_units_again(session, home.area)
        note_load(session, "facts", home.area.id, mark, {})
    return True


def load_demo(database: Database, home: Home, keys: Keys) -> Mapping[str, Any] | None:
    """Invent the demonstration's records, once; return the report, or None when they are there.

    To be called when there are snap points: reports are shown at these.
    """
    incidents, problems = f"seed-{DEMO_SEED}", f"problems-seed-{DEMO_SEED}"
    report: dict[str, Any] = {}
    now = datetime.now(UTC)
    with database.begin(ROBOT) as session:
        there = loaded(session, "demo")
        if incidents not in there:
            from ingestion.demo import load_demo_incidents

            counts = load_demo_incidents(session, home.area, now=now, seed=DEMO_SEED)
            report |= {"landed": counts.landed, "published": counts.published}
            note_load(session, "demo", incidents, "", report)
        if problems not in there:
            from ingestion.demo_letters import load_demo_letters
            from ingestion.demo_problems import load_demo_problems

            report |= {"reports": load_demo_problems(session, home.area, keys, now=now, seed=DEMO_SEED)}
            report |= {"letters": load_demo_letters(session, home.area, now=now, seed=DEMO_SEED)}
            note_load(session, "demo", problems, "", report)
    order_demo_plans(database)
    return report or None


def order_demo_plans(database: Database) -> None:
    """Let the worker make, once, two camera plans to be compared: there a minute or two after the first start."""
    from geo_api.planning import KIND
    from layers import queue
    from layers.cameras.planning import Settings

    with database.begin(DEMO_COORDINATOR) as session:
        if "plans" in loaded(session, "demo"):
            return
        for title, settings in DEMO_PLANS.items():
            asked = {"what": "plan", "title": title, "unit": "", "settings": Settings(**settings).as_dict()}
            queue.defer(session, KIND, asked)
    with database.begin(ROBOT) as session:
        note_load(session, "demo", "plans", "", {})


def make_snap_points(
    database: Database, home: Home, say: Callable[[str], str], progress: Progress
) -> Mapping[str, Any] | None:
    """Make a new list of points for public places if what they follow from has changed; return what was made, or None.

    To be called after whatever was loaded. `say` translates the title under which `progress` is shown.
    """
    from layers.privacy.actions import ensure_snap_points, is_due

    with database.begin(ROBOT) as session:
        if not is_due(session, home.area):
            return None
        with progress(say(N_("Making public points"))) as report:
            made = ensure_snap_points(session, home.area, now=datetime.now(UTC), progress=report)
    return made.as_dict() if made else None


def load_folder(
    database: Database, home: Home, folder: Path, say: Callable[[str], str], progress: Progress, told: Told
) -> None:
    """Load what is new or has changed in a data folder; `say` translates reasons for the rejects files."""
    for source in changed(database, folder, kinds(home, say)):
        with progress(source.name) as report:
            result = load_source(database, home.area, source, report)
        told(source.name, result)


def kinds(home: Home, say: Callable[[str], str]) -> tuple[Kind, ...]:
    """Return what a data folder may hold, in the order in which one needs the other."""

    def incidents(database: Database, area: Area, path: Path, report: Report) -> Mapping[str, Any]:
        return _incidents(database, area, path, report, home.path / "rejects", say)

    def places(database: Database, area: Area, path: Path, _report: Report) -> Mapping[str, Any]:
        from ingestion.places import Options, load_file

        options = Options(home.path / "rejects", say, beside=False)
        return load_file(database, area, path, options).as_dict()

    return (
        Kind("boundaries", _boundaries),
        Kind("osm", _osm),
        Kind("places", places, endings=(".csv", ".xlsx", ".geojson", ".gpkg")),
        Kind("incidents", incidents, endings=(".csv", ".xlsx")),
    )


def _boundaries(database: Database, area: Area, path: Path, report: Report) -> Mapping[str, Any]:
    from ingestion.boundaries import load_folder

    return load_folder(database, area, path, report)


def _osm(database: Database, area: Area, path: Path, report: Report) -> Mapping[str, Any]:
    from ingestion.osm import load_osm

    return load_osm(database, area, path, report)


def _incidents(
    database: Database, area: Area, path: Path, report: Report, rejects: Path, say: Callable[[str], str]
) -> Mapping[str, Any]:
    from ingestion.incidents import Options, load_file

    beside = path.with_suffix(".toml")
    options = Options(
        now=datetime.now(UTC),
        spare=rejects,
        say=say,
        mapping=beside if beside.is_file() else None,
        beside=False,
        progress=lambda read: report(read, None),
    )
    return load_file(database, area, path, options).as_dict()
