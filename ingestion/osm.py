"""OpenStreetMap extracts (.osm.pbf and what else libosmium reads) -> facts about the area.

What meets the area's outline is kept whole, lines and areas alike, so that a street, a forest and the routable graph
don't end in a cut; what lies beside it is left out. The file is read once and a half (relations first, then all), and
only objects with a key of interest reach Python; geometries are made and clipped in batches, tags are read after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import osmium
from shapely import Geometry, box

from ingestion import osm_restricted, osm_tags
from ingestion.osm_reading import Reading, Report
from layers.area import Area
from layers.database.engine import Database
from layers.errors import BadInput
from layers.places import store
from layers.places.actions import kinds, replace_facts
from layers.places.facts import Facts
from layers.text import N_
from layers.viewer import robot

Progress = Callable[[int, int | None], None]
ENDINGS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")


def read_osm(path: Path, outline: Geometry, progress: Progress | None = None) -> tuple[Facts, Report]:
    """Read an extract, or all extracts of a folder, and return what meets the outline (EPSG:4326), with the report.

    `progress` is called now and then with the number of objects read. Raises BadInput when a file is missing, is not
    an extract, is cut short, or holds nothing of the area.
    """
    files = _files(path)
    reading = Reading(outline)
    count = 0
    for file in files:
        try:
            for element in _elements(file):
                reading.take(element)
                count += 1
                if progress and count % 10_000 == 0:
                    progress(count, None)
        except RuntimeError as error:
            raise _unreadable(file, str(error)) from error
    facts, report = reading.finish()
    if facts.is_empty:
        raise BadInput(
            N_("{path} holds nothing inside this area's outline: is it an extract of another place?"), path=path
        )
    if not reading.ways_seen:
        raise BadInput(
            N_("{path} holds points but no streets or outlines: it is cut short. Download it again."), path=path
        )
    return facts, report


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.name.lower().endswith(ENDINGS))
        if not files:
            raise BadInput(N_("{path} holds no OpenStreetMap extract (.osm.pbf)."), path=path)
        return files
    if not path.is_file():
        raise BadInput(N_("There is no file {path}."), path=path)
    return [path]


def _elements(path: Path) -> Iterator[Any]:
    interesting = osmium.filter.KeyFilter(*(osm_tags.KEYS | osm_restricted.KEYS))
    return iter(osmium.FileProcessor(path).with_areas(interesting).with_filter(interesting))


def _unreadable(path: Path, reason: str) -> BadInput:
    if "detect file format" in reason or "BlobHeader" in reason or "without version" in reason:
        return BadInput(
            N_("{path} is not an OpenStreetMap extract; give a file whose name ends in .osm.pbf."), path=path
        )
    return BadInput(
        N_("{path} is damaged or cut short ({reason}). Download it again; nothing was changed."),
        path=path,
        reason=reason,
    )


# --- Into the database ------------------------------------------------------------------------------------------------


ROBOT = robot("load osm")


def load_osm(
    database: Database,
    area: Area,
    path: Path,
    progress: Progress | None = None,
    *,
    dry_run: bool = False,
    stop_on_error: bool = False,
) -> dict[str, Any]:
    """Put an extract (or a folder of them) in place of the area's old one, as a robot and in one transaction.

    The area's outline is its units' when their real limits are loaded, its box until then. With `stop_on_error` a
    single object that can't be used stops the load; with `dry_run` nothing is written. Returns the report.
    """
    with database.begin(ROBOT) as session:
        outline = store.area_outline(session) or box(*area.box)
    facts, report = read_osm(path, outline, progress)
    if stop_on_error and report.skipped:
        ids = [identity for named in report.skipped.values() for identity in named]
        raise BadInput(
            N_("{count} objects can't be used, the first of them is {id}. Nothing was changed."),
            count=len(ids),
            id=ids[0],
        )
    answer: dict[str, Any] = {
        "file": path.name,
        "read": report.read,
        "kept": report.kept,
        "restricted": report.restricted,
        "withheld": report.withheld,
        "passed_over": report.passed_over,
        "skipped": dict(report.skipped),
        "kinds": kinds(facts),
        "dry_run": dry_run,
    }
    if dry_run:
        return answer
    with database.begin(ROBOT) as session:
        changes = replace_facts(session, facts, metric_srid=area.metric_srid)
    return {**answer, "tables": {table: asdict(change) for table, change in changes.items()}}
