"""How our score would have done on the City of London's 32 months, against the plain count with the same budget.

The data are police.uk's records of April 2018 to November 2020 beside the repository (see tests/conftest.py). The
score is chosen from the published family (`forecast.family`) on the first 18 months alone; the last 14 are forecast,
each from the months before it. Of these, nine are of the pandemic: many people were away, and where crime was changed.

The area, on which every PAI depends: cells of 100 m (British National Grid) whose centre lies in the concave hull
(ratio 0.2) of the snap points that police.uk gives to the City's statistical areas, in the first 18 months, widened by
half a cell. It counts cells without any record, and none of the test months had a say in it. The City measures 290 ha.
Tighter and wider hulls are shown too: where the tuning is a near tie, the area can decide it.
Records outside of it, and those without coordinates, are left out and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from benchmarks.rows import Row
from layers.patrols.accuracy import DRAWS, Difference, Outcome, accuracy, difference, verdict
from layers.patrols.backtest import SHARES, Trial, Tuned, trials, tuned
from layers.patrols.forecast import Ints, family, last_month, long_term
from layers.patrols.strength import Floats

TITLE = (
    "Backtest of the patrol score on the City of London's 22,111 records, against plain counts (mostly the pandemic)"
)
RECORDS = Path(__file__).resolve().parents[2] / "shared/data/city_of_london/incidents/city_of_london_2018_2020.csv"
CELL_M, HULL_RATIO, OTHER_RATIOS = 100.0, 0.2, (0.1, 0.3)
TUNED_MONTHS, LEAST_RECORDS = 18, 300
PARTS = {"until February 2020": slice(None, 5), "from March 2020": slice(5, None)}  # of the test, from October 2019


@dataclass(frozen=True)
class City:
    """Counts of cells x months x categories, how many records each category has, and which could not be placed."""

    counts: Ints
    months: tuple[str, ...]
    records: dict[str, int]
    unplaced: int
    outside: int

    def tested(self) -> list[int]:
        """Return the categories with enough records for figures of their own."""
        return [at for at, records in enumerate(self.records.values()) if records >= LEAST_RECORDS]


def city(path: Path = RECORDS, *, hull_ratio: float = HULL_RATIO) -> City:
    """Return the City's records as counts; categories by their number of records, the most frequent first."""
    read = pd.read_csv(path, usecols=["Month", "Longitude", "Latitude", "LSOA name", "Crime type"])
    months = tuple(sorted(read["Month"].unique()))
    records = {str(name): int(count) for name, count in read["Crime type"].value_counts().items()}
    placed = read.dropna(subset=["Longitude", "Latitude"])
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    xy = np.column_stack(to_metres.transform(placed["Longitude"].to_numpy(), placed["Latitude"].to_numpy()))
    month = placed["Month"].map(months.index).to_numpy()
    own = placed["LSOA name"].str.startswith("City of London").to_numpy() & (month < TUNED_MONTHS)
    cells = _cells(np.unique(xy[own], axis=0), hull_ratio)
    number = {(int(x), int(y)): at for at, (x, y) in enumerate(cells)}
    cell = np.array([number.get((int(x), int(y)), -1) for x, y in np.floor(xy / CELL_M)])
    category = placed["Crime type"].map(list(records).index).to_numpy()
    counts = np.zeros((len(cells), len(months), len(records)), np.int64)
    inside = cell >= 0
    np.add.at(counts, (cell[inside], month[inside], category[inside]), 1)
    return City(counts, months, records, len(read) - len(placed), int((~inside).sum()))


def _cells(snap_points: Floats, hull_ratio: float) -> Ints:
    """Return the cells of the area by their south-western corner, counted in cells."""
    hull = shapely.concave_hull(shapely.MultiPoint(snap_points), ratio=hull_ratio).buffer(CELL_M / 2)
    west, south, east, north = np.array(hull.bounds) / CELL_M
    drawn = np.meshgrid(np.arange(np.floor(west), np.ceil(east)), np.arange(np.floor(south), np.ceil(north)))
    corners = np.column_stack([axis.ravel() for axis in drawn])
    centres = (corners + 0.5) * CELL_M
    return np.asarray(corners[shapely.contains_xy(hull, centres[:, 0], centres[:, 1])], dtype=np.int64)


def backtested(made: City) -> tuple[Tuned, dict[tuple[str, float], Trial]]:
    """Return the score that the first months chose, and how it and the two baselines did in the months after."""
    chosen = tuned(made.counts, 1.0, family(), months=TUNED_MONTHS)
    methods = {"ours": chosen.score, "long-term count": long_term, "last month's count": last_month}
    found = trials(made.counts, 1.0, methods, before=TUNED_MONTHS)
    return chosen, {key: each.of(made.tested()) for key, each in found.items()}


def run(quick: bool) -> list[Row]:
    if not RECORDS.exists():
        print("There are no records of the City of London in shared/data beside the repository: nothing is measured.")
        return []
    made, draws = city(), DRAWS // 10 if quick else DRAWS
    chosen, found = backtested(made)
    _say(made, chosen)
    names = [list(made.records)[at] for at in made.tested()]
    single = {share: by_category(found, share, draws=draws) for share in SHARES}
    rows = [
        _row(f"PAI@{100 * share:g} % {name}", each)
        for share in reversed(SHARES) for name, each in zip(names, single[share], strict=True)
    ]  # fmt: skip
    sound = len(names) - _worse(single[0.05])
    rows.append(Row("categories not significantly worse at 5 %", sound, "", "all", len(names), 1.0))
    for share in SHARES:
        at, target = f"@{100 * share:g} %", 0.98 if share == 0.05 else None
        ours, counted, last = (found[name, share] for name in ("ours", "long-term count", "last month's count"))
        rows += _pooled(at, ours, counted, draws, target)
        for when, which in PARTS.items():
            part = difference(ours.within(which), counted.within(which), draws=draws)
            rows.append(_row(f"  pooled PAI{at} {when}", part))
        rows.append(_row(f"  pooled PAI{at}", difference(ours, last, draws=draws), "last month's count"))
    return rows + ([] if quick else [_elsewhere(ratio, draws) for ratio in OTHER_RATIOS])


def by_category(found: dict[tuple[str, float], Trial], share: float = 0.05, *, draws: int = DRAWS) -> list[Difference]:
    """Return our difference from the long-term count at a share of the area, one a category."""
    ours, counted = found["ours", share], found["long-term count", share]
    return [difference(ours.of([at]), counted.of([at]), draws=draws) for at in range(ours.events.shape[-1])]


def _worse(found: list[Difference]) -> int:
    return sum(verdict(each).outcome is Outcome.WORSE for each in found)


def _elsewhere(hull_ratio: float, draws: int) -> Row:
    """Return what the pooled figure would be, had the area been drawn tighter or wider: tuned and tested anew."""
    made = city(hull_ratio=hull_ratio)
    chosen, found = backtested(made)
    worse = _worse(by_category(found, draws=draws))
    what = f"pooled PAI@5 %, area of hull ratio {hull_ratio} ({len(made.counts)} ha; {chosen.name}; {worse} worse)"
    return _row(what, difference(found["ours", 0.05], found["long-term count", 0.05], draws=draws))


def _say(made: City, chosen: Tuned) -> None:
    cells, months, _ = made.counts.shape
    print(f"{sum(made.records.values()):,} records, {months} months ({made.months[0]} to {made.months[-1]}); ", end="")
    print(f"{cells} cells of 100 m ({cells} ha; the City has 290 ha).")
    print(f"Left out: {made.unplaced:,} without coordinates, {made.outside:,} outside the cells.")
    print(
        f"Chosen on {made.months[0]} to {made.months[TUNED_MONTHS - 1]} alone: {chosen.name}. Hits within 5 % there, "
    )
    print(
        f"of {chosen.events:,} events: " + "; ".join(f"{name} {hits:,.0f}" for name, hits in chosen.hits.items()) + "."
    )
    print(f"Tested on {made.months[TUNED_MONTHS]} to {made.months[-1]}. From March 2020 that is the pandemic: it says")
    print(
        f"little of ordinary months. Pooled are categories of {LEAST_RECORDS} records or more. Intervals are of 95 %;"
    )
    print(
        "after N in [] stands that of our PAI minus theirs, by a paired bootstrap. At 1 % of the area most categories"
    )
    print("have a handful of hits: read the pooled figure there.\n")


def _row(what: str, found: Difference, peer: str = "long-term count", target: float | None = None) -> Row:
    told = f"{what}, N {found.ours.events:,} [{found.low:+.2f}, {found.high:+.2f}] {verdict(found).outcome}"
    return Row(told, found.ours.value, "PAI", peer, found.theirs.value, target)


def _pooled(at: str, ours: Trial, counted: Trial, draws: int, target: float | None) -> list[Row]:
    found, by_month = (difference(ours, counted, over=over, draws=draws) for over in ("events", "months"))
    own, other = accuracy(ours), accuracy(counted)
    told = f"pooled PAI{at} ({own.pai.low:.2f} to {own.pai.high:.2f})"
    if found.ratio is not None:
        told += f", ratio ({found.ratio.low:.3f} to {found.ratio.high:.3f})"
    rows = [_row(told, found, target=target), _row(f"  pooled PAI{at}, months drawn instead of events", by_month)]
    for name, told in {"pei": "PEI*", "hit_rate": "hit rate", "recapture": "recapture"}.items():
        mine, theirs = getattr(own, name), getattr(other, name)
        rows.append(Row(f"  pooled {told}{at} ({mine.low:.3f} to {mine.high:.3f})", mine.value, "", "long-term count",
                        theirs.value))  # fmt: skip
    return rows
