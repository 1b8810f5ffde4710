"""Demonstration data: openly fictional, believable in shape, and the same for the same moment and seed.

Places are the area's real settlements; everything that "happened" there is invented. Each slice has one function here
that makes its rows; they enter through the same door as real ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from layers.area import Area
from layers.database.engine import Session
from layers.errors import BadInput
from layers.incidents.actions import Counts, Landing, Source
from layers.text import N_
from layers.units.actions import set_security
from layers.units.rules import Security
from layers.units.store import all_units
from layers.viewer import Role, Viewer

MONTHS = 24
COUNT = 2000
METRES_A_DEGREE = 111_320.0
SOURCE = Source("demo", "Демонстраційні дані, усе вигадано / demonstration data, all invented")
CLERK = Viewer(Role.ADMIN, name="demo")  # closing a territory takes a person; the demonstration plays one
# How far a settlement of each kind reaches, in metres, and how much happens in it beside a village of its hromada.
SETTLEMENTS: Mapping[str, tuple[float, float]] = {"місто": (1800, 60), "селище": (900, 8), "село": (300, 1)}

# Relative frequency, the hour it peaks at, how widely it spreads over the day (hours), and how it gathers in spots.
CATEGORIES: dict[str, tuple[float, float, float, float]] = {
    "theft": (0.24, 15, 4.5, 0.75),
    "disorder": (0.17, 21, 3.0, 0.80),
    "traffic": (0.15, 17, 3.5, 0.70),
    "fraud": (0.11, 12, 3.0, 0.20),
    "damage": (0.09, 23, 3.5, 0.60),
    "violence": (0.08, 21, 3.5, 0.50),
    "burglary": (0.07, 3, 4.0, 0.40),
    "alcohol": (0.05, 20, 2.5, 0.85),
    "vehicle": (0.03, 2, 3.5, 0.50),
    "robbery": (0.01, 22, 2.5, 0.60),
}
STATUSES = ("registered", "under_investigation", "resolved", "closed_no_suspect")


@dataclass(frozen=True)
class Anchor:
    """A settlement around which things happen: its centre in degrees, its reach in metres, its share of all."""

    lon: float
    lat: float
    reach: float
    weight: float


@dataclass(frozen=True)
class Incident:
    """One invented incident; its place is snapped to a grid of about 100 m, as a careful source would give it."""

    at: datetime
    lon: float
    lat: float
    category: str
    status: str


@dataclass(frozen=True)
class _Spot:
    lon: float
    lat: float
    spread: float  # metres
    category: str


def load_demo_incidents(session: Session, area: Area, *, now: datetime, seed: int) -> Counts:
    """Invent incidents in the caller's transaction; the same moment and seed again add nothing.

    Raises BadInput in an area that has no settlements to invent around.
    """
    for code in area.demo_closed:
        set_security(session, CLERK, code, Security.ACTIVE, reason="демонстрація / demonstration")
    found = anchors(all_units(session))
    if not found:
        raise BadInput(N_("Demonstration data need an area with settlements; this profile has none."))
    made = incidents(found, now=now.astimezone(area.timezone), seed=seed)
    landing = Landing(session, area, SOURCE, demo=True)
    landing.add(_records(made))
    return landing.finish()


def anchors(units: Sequence[Mapping[str, Any]]) -> list[Anchor]:
    """Return the settlements to invent around, weighed by their hromada's population and their own kind.

    Nothing is invented in a territory of active hostilities.
    """
    hromadas = {unit["code"]: unit for unit in units if unit["system"] == "hromadas"}
    settlements = [unit for unit in units if unit["system"] == "settlements" and unit["lon"] is not None]
    sizes = {unit["code"]: SETTLEMENTS.get(unit["kind"], SETTLEMENTS["село"]) for unit in settlements}
    totals: dict[str | None, float] = {}
    for unit in settlements:
        totals[unit["parent_code"]] = totals.get(unit["parent_code"], 0) + sizes[unit["code"]][1]
    found = []
    for unit in settlements:
        hromada = hromadas.get(unit["parent_code"], {})
        if "active" in (unit["security"], hromada.get("security")):
            continue
        reach, size = sizes[unit["code"]]
        population = hromada.get("population_2022") or 10_000
        found.append(Anchor(unit["lon"], unit["lat"], reach, population * size / totals[unit["parent_code"]]))
    return found


def _records(made: Sequence[Incident]) -> pd.DataFrame:
    """Return invented incidents in the shape of the one door (layers/incidents/actions.py, COLUMNS)."""
    digests = [blake2b(repr(incident).encode(), digest_size=16).digest() for incident in made]
    at = [np.datetime64(incident.at.astimezone(UTC).replace(tzinfo=None), "us") for incident in made]
    records = pd.DataFrame(
        {
            "row": range(1, len(made) + 1),
            "digest": pd.Series(digests, dtype=object),
            "at": at,
            "month": [np.datetime64(incident.at.strftime("%Y-%m"), "D") for incident in made],
            "time_precision": "minute",
            "category": pd.Series([incident.category for incident in made], dtype=object),
            "category_label": "",
            "status": pd.Series([incident.status for incident in made], dtype=object),
            "place": "",
            "lon": [incident.lon for incident in made],
            "lat": [incident.lat for incident in made],
            "location_precision": "snapped",
        }
    )
    records["nth"] = records.groupby("digest").cumcount() + 1
    return records


def incidents(anchors: Sequence[Anchor], *, now: datetime, seed: int, count: int = COUNT) -> list[Incident]:
    """Invent `count` incidents of the 24 months before `now`, oldest first, in clusters around the anchors.

    One in twelve repeats an earlier one nearby and soon after, as burglaries and damage do.
    """
    if not anchors:
        raise ValueError("no settlement to invent around")
    random = np.random.default_rng(seed)
    weights = np.array([anchor.weight for anchor in anchors], dtype=float)
    homes = random.choice(len(anchors), size=count, p=weights / weights.sum())
    spots = [_spots(random, anchor) for anchor in anchors]
    made: list[Incident] = []
    for home in homes:
        if made and random.random() < 1 / 12:
            made.append(_repeat(random, made[int(random.integers(len(made)))], now))
        else:
            made.append(_invent(random, anchors[home], spots[home], now))
    return sorted(made, key=lambda incident: incident.at)


def _spots(random: Generator, anchor: Anchor) -> list[_Spot]:
    """Give a settlement its market, its station, its bad corner: more of them the more happens there."""
    number = 1 + int(min(9, anchor.reach // 250))
    found = []
    for _ in range(number):
        lon, lat = scatter(random, anchor.lon, anchor.lat, anchor.reach / 2.2)
        category = str(random.choice(list(CATEGORIES), p=_shares()))
        found.append(_Spot(lon, lat, float(random.uniform(40, 140)), category))
    return found


def _invent(random: Generator, anchor: Anchor, spots: Sequence[_Spot], now: datetime) -> Incident:
    category = str(random.choice(list(CATEGORIES), p=_shares()))
    gathers = CATEGORIES[category][3]
    if random.random() < gathers:
        alike = [spot for spot in spots if spot.category == category] or list(spots)
        # The first spot of a settlement is its busiest.
        spot = alike[min(int(random.exponential(1.2)), len(alike) - 1)]
        lon, lat = scatter(random, spot.lon, spot.lat, spot.spread)
    else:
        lon, lat = scatter(random, anchor.lon, anchor.lat, anchor.reach)
    return _incident(random, _moment(random, category, now), lon, lat, category, now)


def _repeat(random: Generator, earlier: Incident, now: datetime) -> Incident:
    lon, lat = scatter(random, earlier.lon, earlier.lat, 90)
    at = earlier.at + timedelta(days=float(random.uniform(0.5, 10)))
    return _incident(random, min(at, now - timedelta(hours=1)), lon, lat, earlier.category, now)


def _incident(random: Generator, at: datetime, lon: float, lat: float, category: str, now: datetime) -> Incident:
    age = (now - at) / timedelta(days=30)
    closed = 1 - math.exp(-age / 3)  # most are dealt with within half a year
    shares = np.array([0.3 * (1 - closed), 0.7 * (1 - closed) + 0.1 * closed, 0.45 * closed, 0.45 * closed])
    status = str(random.choice(STATUSES, p=shares / shares.sum()))
    return Incident(at.replace(second=0, microsecond=0), round(lon, 3), round(lat, 3), category, status)


def _moment(random: Generator, category: str, now: datetime) -> datetime:
    """Draw a day of the last 24 months (summers busier, a slow decline) and an hour typical of the category."""
    while True:
        day = now - timedelta(days=float(random.uniform(0, MONTHS * 30.4)))
        season = 1 + 0.25 * math.cos((day.timetuple().tm_yday - 200) * 2 * math.pi / 365)
        decline = 0.85 + 0.15 * ((now - day) / timedelta(days=MONTHS * 30.4))
        if random.random() * 1.25 < season * decline:
            break
    _, peak, spread, _ = CATEGORIES[category]
    hour = (peak + random.normal(0, spread)) % 24
    at = day.replace(hour=0, minute=0) + timedelta(hours=float(hour))
    return min(at, now - timedelta(hours=1))


def scatter(random: Generator, lon: float, lat: float, metres: float) -> tuple[float, float]:
    east, north = random.normal(0, metres / 2, size=2)
    return lon + east / (METRES_A_DEGREE * math.cos(math.radians(lat))), lat + north / METRES_A_DEGREE


def _shares() -> list[float]:
    return [share for share, *_ in CATEGORIES.values()]
