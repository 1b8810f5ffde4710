"""The one door by which records come in: files, other systems and the demonstration alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from layers import history
from layers.area import Area
from layers.categories.actions import meanings
from layers.incidents import store
from layers.incidents.rules import UNKNOWN
from layers.privacy.generalise import Unit, cell_centres, centre_of, coarse
from layers.privacy.rules import HROMADAS, SETTLEMENTS
from layers.text import fold

if TYPE_CHECKING:
    import pandas as pd

# Of a chunk of records: `row` (number, for reports), `digest` (16 bytes) and `nth` (identity within the source), `at`
# (UTC, naive), `month` (first day), time_precision, category and status (codes), category_label and place (as the
# source wrote them), lon, lat (NaN: no place), location_precision (None: no place).
COLUMNS = (
    "row", "digest", "nth", "at", "month", "time_precision", "category", "category_label", "status", "place",
    "lon", "lat", "location_precision",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where records come from."""

    id: str
    title: str
    licence: str = ""
    url: str = ""


@dataclass
class Counts:
    """What became of the records; `outside` maps a row to whether swapping latitude and longitude would mend it."""

    landed: int = 0
    known: int = 0
    no_place: int = 0
    published: int = 0
    outside: dict[int, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Vocabulary:
    """The words that mean a category or a status -> its code."""

    categories: Mapping[str, str]
    statuses: Mapping[str, str]


def vocabulary(session: Session) -> Vocabulary:
    """Return the words by which this database knows categories and statuses."""
    statuses = {
        fold(word): code
        for code, status in reversed(list(store.statuses(session).items()))
        for word in (code, status.title_uk, status.title_en, *status.aliases)
    }
    return Vocabulary(meanings(session), statuses | {"": UNKNOWN})


class Landing:
    """One load, in the caller's transaction: chunks of records in, counts out."""

    def __init__(self, session: Session, area: Area, source: Source, *, demo: bool = False) -> None:
        self.session = session
        self.area = area
        self.source = source
        self.demo = demo
        self.units = store.units(session)
        self.total = Counts()
        store.begin(session, vars(source))
        self.known_source = store.is_known(session, source.id)

    def add(self, records: pd.DataFrame) -> Counts:
        """Bring one chunk in and return what became of it. Columns: see COLUMNS."""
        session = self.session
        store.copy(session, records)
        known = store.drop_known(session, self.source.id) if self.known_source else 0
        store.find_units(session)
        outside = store.drop_outside(session, None if store.has_limits(session) else self.area.box)
        landed, no_place = store.count(session)
        combinations = store.combinations(session)

        resolved = [_resolve(codes, self.units) for codes in combinations]

        store.resolve(session, resolved)
        _generalise_the_rest(session, self.area)
        published = store.land(session, source_id=self.source.id, source=self.source.title, demo=self.demo)
        counts = Counts(landed, known, no_place, published, outside)
        self._sum(counts)
        return counts

    def finish(self) -> Counts:
        """Write the load into the history and return the sums of all its chunks."""
        total = self.total
        codes = {"landed": total.landed, "known": total.known, "no_place": total.no_place, "demo": self.demo}
        history.record(
            self.session, audience="staff", subject="incidents", subject_id=self.source.id, event="loaded", codes=codes
        )
        return total

    def _sum(self, counts: Counts) -> None:
        self.total.landed += counts.landed
        self.total.known += counts.known
        self.total.no_place += counts.no_place
        self.total.published += counts.published
        self.total.outside |= counts.outside


def find_units_again(session: Session, area: Area) -> int:
    """Give every record the units whose limits hold its place now, shown where that allows; return how many moved.

    To be called, as a robot, whenever limits were replaced: with the old ones a record could stay public of a territory
    that is closed.
    """
    units = store.units(session)
    store.arrive_again(session)
    combinations = store.combinations(session)

    resolved = [_resolve(codes, units) for codes in combinations]

    store.resolve(session, resolved)
    _generalise_the_rest(session, area)
    moved = store.move(session)
    if moved:
        history.record(
            session, audience="staff", subject="incidents", subject_id=area.id, event="moved", codes={"n": moved}
        )
    return moved


def _generalise_the_rest(session: Session, area: Area) -> None:
    rows, lon, lat = store.unresolved(session)
    if rows:
        store.write_cells(session, rows, *cell_centres(lon, lat, srid=area.metric_srid))


def _resolve(codes: list[str], units: Mapping[str, Unit]) -> dict[str, object]:
    """Return what a set of units says of the records in it: their codes by system, and where they may be shown."""
    by_system = {units[code].system: code for code in codes if code in units}
    shown = centre_of(codes, units)
    lon, lat = shown.point if shown else (None, None)
    return {
        "units": codes,
        "hromada": by_system.get(HROMADAS),
        "unit_2017": by_system.get("units_2017"),
        "settlement": by_system.get(SETTLEMENTS),
        "public_units": coarse(codes, units),
        "precision": shown.precision if shown else None,
        "lon": lon,
        "lat": lat,
    }
