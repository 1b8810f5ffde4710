"""Where a report lies: its exact point, what the public is shown of it, and the open reports around."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from geo_api.context import language_of, service_of
from geo_api.pages.desk.titles import Names
from layers.database.engine import Session
from layers.privacy.actions import Snapped, snapped
from layers.privacy.rules import KIND_TITLES
from layers.problems import store
from layers.problems.neighbours import Neighbour
from layers.problems.tables import Problem
from maps.language import Language


@dataclass(frozen=True)
class Spot:
    """The place of a report; no `point` while it is known in words alone, no `shown` while nothing can be public."""

    point: tuple[float, float] | None
    words: str
    accuracy_m: float | None
    units: list[str]
    shown: Snapped | None
    shown_title: str
    precision: str


def read_spot(session: Session, found: Problem, names: Names) -> Spot:
    """Return where a report lies, as far as the viewer may see it."""
    place = store.place_of(session, found.id)
    shown = snapped(session, found.snap_id) if found.snap_id else None
    return Spot(
        point=(place.lon, place.lat) if place and place.lon is not None else None,
        words=(place.words if place else None) or "",
        accuracy_m=place.accuracy_m if place else None,
        units=names.own_units(found.units),
        shown=shown,
        shown_title=shown.title[names.language.code] if shown else "",
        precision=precision(shown, names.language) if shown else "",
    )


def given(spot: Spot, near: Sequence[Neighbour], request: Request) -> dict[str, Any]:
    """Return what the map's script begins with."""
    language, area = language_of(request), service_of(request).area
    _ = language.gettext
    west, south, east, north = area.box
    return {
        "language": language.code,
        "box": [[west, south], [east, north]],
        "point": spot.point,
        "shown": as_json(spot.shown) if spot.shown else None,
        "near": [
            {"number": one.number, "lon": one.lon, "lat": one.lat, "likely": one.likely}
            for one in near
            if one.lon is not None
        ],
        "words": {
            "NavigationControl.ZoomIn": _("Zoom in"),
            "NavigationControl.ZoomOut": _("Zoom out"),
            "Map.Title": _("Map"),
            "ScaleControl.Meters": _("m"),
            "ScaleControl.Kilometers": _("km"),
            "pin": _("The exact place. Arrow keys move it."),
        },
    }


def precision(shown: Snapped, language: Language) -> str:
    """Say what kind of place a public point stands for."""
    return KIND_TITLES[shown.kind][language.code]


def as_json(shown: Snapped) -> dict[str, Any]:
    """Return a public place as the map draws it: a point, and the area that stands for it."""
    from shapely import to_geojson

    return {"point": shown.point, "catchment": json.loads(to_geojson(shown.catchment)), "kind": shown.kind}
