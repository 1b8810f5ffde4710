"""What of OpenStreetMap is not for the public: cameras with what their tags say of them, and the military.

The tags are those of the wiki: Key:surveillance, Key:camera:direction, Key:military, Tag:landuse=military.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingestion.osm_tags import Tags, metres

MILITARY_VALUES = frozenset({"military", "barracks", "bunker", "army"})
MILITARY_KEYS = (
    "landuse", "building", "office", "amenity", "access", "aeroway", "usage", "operator:type", "barrier", "historic",
    "man_made", "tower:type", "abandoned:landuse", "disused:landuse",
)  # fmt: skip
CHECKPOINT_KEYS = ("barrier", "police", "military", "amenity", "man_made", "highway", "access_control")
# Every key by which an object can be restricted; a name alone is not enough for a thing of no layer to be read.
KEYS = frozenset(
    {"surveillance:type", "enforcement", "military", "disused:military", "abandoned:military", *MILITARY_KEYS}
    | {*CHECKPOINT_KEYS}
)
MILITARY_NAME = re.compile(
    r"військов\w+ частин|\bв[/\\]ч\b|військкомат|військовий комісаріат|\bт?р?тцк\b|центр\w* комплектування|\bблокпост",
    re.IGNORECASE,
)
NAME_KEYS = ("name", "name:uk", "official_name", "alt_name", "old_name", "operator", "description")


def restricted_kind(tags: Tags) -> str | None:
    """Return the kind under which only staff may see the object, or None when it is nobody's secret.

    Shelters for civilians (bunker_type=bomb_shelter) are public, unless somebody marked them as military too.
    """
    if any(tags.get(key) == "checkpoint" for key in CHECKPOINT_KEYS):
        return "checkpoint"
    if _is_military(tags):
        return "military"
    if tags.get("surveillance:type") == "guard":
        return "guard"
    if tags.get("highway") == "speed_camera" or tags.get("enforcement"):
        return "speed_camera"
    if tags.get("man_made") == "surveillance" or "surveillance:type" in tags:
        return "camera"
    return None


def _is_military(tags: Tags) -> bool:
    named = "highway" not in tags
    civil = tags.get("bunker_type") == "bomb_shelter"
    for key, value in tags.items():
        if key.endswith("military") and key.rpartition(":")[2] == "military" and value != "no":
            return True
        if value in MILITARY_VALUES and key in MILITARY_KEYS and not (value == "bunker" and civil):
            return True
        if named and key in NAME_KEYS and MILITARY_NAME.search(value):
            return True
    return False


# --- Cameras --------------------------------------------------------------------------------------------------------

POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
BEARINGS = {name: step * 22.5 for step, name in enumerate(POINTS)}


def bearing(value: str | None) -> float | None:
    """Read degrees or one of the sixteen cardinals as degrees clockwise from north: N is 0, 360 is 0 too."""
    if value is None:
        return None
    word = value.strip().rstrip("°").strip()
    if word.upper() in BEARINGS:
        return BEARINGS[word.upper()]
    try:
        degrees = float(word.replace(",", "."))
    except ValueError:
        return None
    return degrees % 360 if -360 <= degrees <= 360 else None


@dataclass(frozen=True)
class Optics:
    """What a camera's tags say of it; everything may be unknown."""

    bearing: float | None
    camera_type: str | None
    mount: str | None
    height_m: float | None
    zone: str | None


def optics(tags: Tags) -> Optics:
    """Return a camera's tags; a plain `direction` stands in for `camera:direction`, as many mappers write it."""
    return Optics(
        bearing=bearing(tags.get("camera:direction") or tags.get("direction")),
        camera_type=tags.get("camera:type"),
        mount=tags.get("camera:mount"),
        height_m=metres(tags.get("height")),
        zone=tags.get("surveillance:zone"),
    )
