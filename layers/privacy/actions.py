"""The verbs of snap points: make sure the newest list fits the facts, and say where a place is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from layers import history
from layers.area import Area
from layers.errors import BadInput, Unavailable
from layers.layer import Title
from layers.privacy import store
from layers.text import N_

if TYPE_CHECKING:
    from shapely import MultiPolygon

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Report:
    """A new list: how many points of each kind, how many homes were counted, and how many the middle catchment holds.

    Catchments that nobody lives in are left out of the middle.
    """

    version: int
    points: Mapping[str, int]
    homes: int
    median: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Snapped:
    """Where a place is shown: a point (longitude, latitude), and the ground it stands for, both EPSG:4326.

    `kind` says how precise that is (rules.KIND_TITLES); `buildings` homes lie in the catchment; `units` may be said
    beside it.
    """

    id: int
    version: int
    kind: str
    title: Title
    point: tuple[float, float]
    catchment: MultiPolygon
    buildings: int
    units: tuple[str, ...]


def is_due(session: Session, area: Area) -> bool:
    """Say whether anything that snap points follow from was loaded since the newest list; costs one short query."""
    newest = store.newest(session)
    return newest is None or newest.mark != store.mark(session, area)


def ensure_snap_points(
    session: Session, area: Area, *, now: datetime, progress: Progress | None = None
) -> Report | None:
    """Make a new list if the facts have changed since the last, as a robot in the caller's transaction.

    Returns None when the newest list still holds. Old lists stay as they are.
    """
    store.lock(session)
    newest, mark = store.newest(session), store.mark(session, area)
    if newest and newest.mark == mark:
        return None
    from layers.privacy.facts import fingerprint
    from layers.privacy.listing import list_points

    facts = store.gather(session, area)
    print_of_facts = f"{mark.split(':')[0]}: {fingerprint(facts)}"
    if newest and newest.fingerprint == print_of_facts:
        store.note_mark(session, newest.version, mark)
        return None

    points = list_points(facts, srid=area.metric_srid, progress=progress)

    counts = Counter(point.kind for point in points)
    version = store.save(session, points, fingerprint=print_of_facts, mark=mark, counts=counts, now=now)
    history.record(
        session, audience="public", subject="snap_points", subject_id=str(version), event="made", codes=dict(counts)
    )
    return Report(version, dict(counts), len(facts.homes), store.median(session, version))


def snap(session: Session, *, lon: float, lat: float) -> Snapped:
    """Return where a place (EPSG:4326) is shown: the nearest point of the newest list in its own hromada.

    The same place gives the same point, however often it is asked. Raises BadInput for a place outside the area, and
    Unavailable before there is any list.
    """
    found = store.at(session, lon, lat)
    if found is None:
        if store.newest(session) is None:
            raise Unavailable(N_("Places can't be shown yet: the list of public points is still being made."))
        raise BadInput(N_("This place lies outside the area of this map."))
    return _snapped(found)


def snapped(session: Session, snap_id: int) -> Snapped | None:
    """Return the point at which something is shown already, whichever list it is of."""
    found = store.by_id(session, snap_id)
    return _snapped(found) if found else None


def _snapped(found: Any) -> Snapped:
    from shapely import from_wkb

    return Snapped(
        id=found.id,
        version=found.version,
        kind=found.kind,
        title=Title(found.title_uk, found.title_en),
        point=(found.lon, found.lat),
        catchment=from_wkb(found.catchment),
        buildings=found.buildings,
        units=tuple(found.units),
    )
