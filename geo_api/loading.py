"""What `up` loads: the sources of a data folder, each kind by its own loader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geo_api.home import Home
from ingestion import boundaries, incidents
from ingestion.folder import Kind, Report, changed, load_source
from ingestion.osm import ENDINGS, load_osm
from layers.area import Area
from layers.database.engine import Database
from layers.holdings import loaded, note_load
from layers.viewer import robot
from maps.language import speak

KINDS: tuple[Kind, ...] = (
    Kind("boundaries", boundaries.FILES, whole=True, load=boundaries.load_folder),
    Kind("osm", frozenset(ENDINGS), whole=True, load=load_osm),
)


def kinds(home: Home) -> tuple[Kind, ...]:
    """Return what a data folder may hold, in the order of loading: records find their units and streets last."""

    def load_incidents(database: Database, area: Area, path: Path, report: Report) -> Mapping[str, Any]:
        options = incidents.Options(
            now=datetime.now(UTC),
            spare=home.path / "rejects",
            say=speak(area.languages[0]).gettext,
            beside=False,
            progress=lambda done: report(done, None),
        )
        return incidents.load_file(database, area, path, options).as_dict()

    return (*KINDS, Kind("incidents", frozenset({".csv", ".xlsx"}), whole=False, load=load_incidents))


def load_folder(
    database: Database, home: Home, folder: Path, progress: Callable[[str], AbstractContextManager[Report]]
) -> None:
    """Load what is new or has changed in a data folder."""
    for kind, source in changed(database, folder, kinds(home)):
        with progress(source.path.name) as report:
            load_source(database, home.area, kind, source, report)


DEMO_SEED = 1


def load_demo(database: Database, home: Home) -> None:
    """Invent the demonstration once, as of the day of the first start; what was invented stays."""
    from ingestion.demo import load_demo_incidents

    name = f"seed-{DEMO_SEED}"
    with database.begin(robot("demo")) as session:
        if name not in loaded(session, "demo"):
            counts = load_demo_incidents(session, home.area, now=datetime.now(UTC), seed=DEMO_SEED)
            note_load(session, "demo", name, "", {"landed": counts.landed, "published": counts.published})
