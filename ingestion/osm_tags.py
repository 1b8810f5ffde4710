"""What OpenStreetMap's tags mean here: pure rules from a dictionary of tags to the words of the layers.

The tags are those of the OpenStreetMap wiki (Key:highway, Key:building, Tag:amenity=shelter, Multilingual names). What
could help an attacker is decided before these rules: see `osm_restricted`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from layers.text import transliterate

Tags = Mapping[str, str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


METRES_A_LEVEL = 3.0
METRES_A_FOOT = 0.3048

# --- Names and figures --------------------------------------------------------------------------------------------

CYRILLIC = re.compile(r"[\u0400-\u04FF]")
NUMBER = re.compile(r"^\s*(-?\d+(?:[.,]\d+)?)\s*(m|м|ft|')?\s*$")


def names(tags: Tags) -> tuple[str | None, str | None]:
    """Return the name in Ukrainian and in English; a missing English one is transliterated, Latin stays as it is."""
    uk = tags.get("name:uk") or tags.get("name")
    en = tags.get("name:en") or tags.get("int_name")
    if uk and not en:
        local = tags.get("name", uk)
        en = local if not CYRILLIC.search(local) else transliterate(uk)
    return uk, en


def metres(value: str | None) -> float | None:
    """Read a length such as “12”, “12 m”, “12,5” or “40 ft”; what is not one, or not above zero, is None."""
    match = NUMBER.match(value or "")
    if not match:
        return None
    number = float(match[1].replace(",", ".")) * (METRES_A_FOOT if match[2] in ("ft", "'") else 1)
    return number if 0 < number < 1000 else None


# --- Roads --------------------------------------------------------------------------------------------------------

DRIVEN = _words(
    "motorway motorway_link trunk trunk_link primary primary_link secondary secondary_link tertiary tertiary_link "
    "unclassified residential living_street service road"
)
WALKED = _words("pedestrian footway path steps cycleway bridleway track corridor")
RAILWAYS = {"rail": "rail", "narrow_gauge": "rail", "light_rail": "rail", "tram": "tram"}
NOT_FOR_FEET = frozenset({"motorway", "motorway_link"})
SHUT = frozenset({"no", "private", "permit", "customers", "delivery", "agricultural", "forestry", "emergency"})
OPEN = frozenset({"yes", "permissive", "designated", "destination"})


def road_class(tags: Tags) -> str | None:
    """Return the class of a street, path or railway that exists, or None: building sites and plans are not roads."""
    highway = tags.get("highway")
    if highway in DRIVEN or highway in WALKED:
        return highway
    return RAILWAYS.get(tags.get("railway", "")) if highway is None else None


def walkable(tags: Tags) -> bool:
    """Say whether anybody may walk there: by `foot`, else by `access`, else by the class."""
    highway = tags.get("highway")
    if highway not in DRIVEN and highway not in WALKED:
        return False
    if "foot" in tags:
        return tags["foot"] in OPEN
    if tags.get("access") in SHUT or highway in NOT_FOR_FEET or tags.get("motorroad") == "yes":
        return False
    return not (highway in ("trunk", "trunk_link") and tags.get("sidewalk") in (None, "no", "none"))


def drivable(tags: Tags) -> bool:
    """Say whether anybody may drive a car there: by `motor_vehicle` or `vehicle`, else by `access`, else by class.

    A field track counts when it is graded (grade1, grade2) or said to be open to cars.
    """
    highway = tags.get("highway")
    if highway not in DRIVEN and highway != "track":
        return False
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        if key in tags:
            return tags[key] in OPEN
    return highway != "track" or tags.get("tracktype") in ("grade1", "grade2")


def oneway(tags: Tags) -> int:
    """Return 1 along the line, -1 against it, 0 both ways; roundabouts and motorways are one-way unless told."""
    value = tags.get("oneway")
    if value in ("-1", "reverse"):
        return -1
    if value in ("yes", "true", "1"):
        return 1
    if value is None and (
        tags.get("junction") in ("roundabout", "circular") or tags.get("highway") in ("motorway", "motorway_link")
    ):
        return 1
    return 0


def flag(value: str | None) -> bool | None:
    """Read a tag that is yes in many words (`lit=24/7`), no, or unknown."""
    return None if value is None else value not in ("no", "none", "disused")


# --- Buildings ----------------------------------------------------------------------------------------------------


def building_kind(tags: Tags) -> str | None:
    value = tags.get("building")
    return None if value in (None, "no", "ruins", "collapsed", "razed", "demolished") else value


def height(tags: Tags) -> tuple[float | None, float | None, str | None]:
    """Return levels, height in metres and where it came from: `height`, else 3 m for each of `building:levels`."""
    levels = metres(tags.get("building:levels"))
    measured = metres(tags.get("height") or tags.get("building:height"))
    if measured is not None:
        return levels, measured, "height"
    if levels is not None:
        return levels, levels * METRES_A_LEVEL, "levels"
    return None, None, None


def address(tags: Tags) -> tuple[str | None, str | None]:
    """Return street (or, in villages without streets, place) and house number."""
    street = tags.get("addr:street:uk") or tags.get("addr:street") or tags.get("addr:place")
    return street, tags.get("addr:housenumber")


# --- Water and land -----------------------------------------------------------------------------------------------

STREAMS = frozenset({"river", "stream", "canal", "drain", "ditch"})
RIVERS = frozenset({"river", "canal", "stream"})
GROUND: dict[str, dict[str, str]] = {
    "landuse": {
        kind: kind
        for kind in _words(
            "forest residential industrial commercial retail farmland farmyard orchard vineyard allotments meadow "
            "grass cemetery recreation_ground village_green railway construction quarry garages brownfield education"
        )
    }
    | {"flowerbed": "grass", "greenfield": "grass", "landfill": "brownfield", "greenhouse_horticulture": "farmland"},
    "leisure": {
        kind: kind for kind in _words("park garden pitch playground sports_centre stadium nature_reserve")
    }
    | {"golf_course": "grass", "dog_park": "park", "beach_resort": "beach"},
    "natural": {"wood": "forest", "grassland": "grass", "scrub": "scrub", "heath": "heath", "wetland": "wetland"}
    | {"beach": "beach", "sand": "sand"},
    "amenity": {kind: kind for kind in _words("school kindergarten college university hospital clinic marketplace")}
    | {"grave_yard": "cemetery"},
    "place": {"square": "square"},
}  # fmt: skip


def stream_kind(tags: Tags) -> str | None:
    """Return the kind of a watercourse drawn as a line; what runs in a pipe is not on the map."""
    if tags.get("tunnel") in ("culvert", "yes") or tags.get("waterway") not in STREAMS:
        return None
    return tags["waterway"]


def water_kind(tags: Tags) -> str | None:
    """Return the kind of an area of water."""
    if tags.get("natural") == "water":
        return "river" if tags.get("water") in RIVERS else "water"
    if tags.get("waterway") in ("riverbank", "dock"):
        return "river" if tags["waterway"] == "riverbank" else "water"
    return "water" if tags.get("landuse") in ("reservoir", "basin") else None


def ground_kind(tags: Tags) -> str | None:
    """Return the kind of an area of land, the first key that says one."""
    for key, kinds in GROUND.items():
        kind = kinds.get(tags.get(key, ""))
        if kind:
            return kind
    is_area = tags.get("area") == "yes" or tags.get("type") == "multipolygon"
    return "square" if tags.get("highway") == "pedestrian" and is_area else None


# --- Points of interest -------------------------------------------------------------------------------------------

_SAME = _words(
    "police fire_station hospital clinic pharmacy school kindergarten college university community_centre library "
    "social_facility toilets drinking_water bank atm post_office cafe bar bus_station taxi parking fuel courthouse"
)
# In order: the first key that says a kind wins, so that a café in a station is a station.
PLACES: dict[str, dict[str, str]] = {
    "emergency": {
        "defibrillator": "defibrillator",
        "fire_hydrant": "fire_hydrant",
        "phone": "emergency_phone",
        "bomb_shelter": "shelter",
        "air_raid_shelter": "shelter",
    },
    "amenity": {kind: kind for kind in _SAME}
    | {
        "doctors": "clinic",
        "dentist": "clinic",
        "childcare": "kindergarten",
        "townhall": "town_hall",
        "bomb_shelter": "shelter",
        "place_of_worship": "worship",
        "theatre": "culture",
        "cinema": "culture",
        "arts_centre": "culture",
        "marketplace": "market",
        "restaurant": "cafe",
        "fast_food": "cafe",
        "pub": "bar",
        "nightclub": "bar",
        "biergarten": "bar",
        "casino": "gambling",
        "gambling": "gambling",
    },
    "office": {"government": "town_hall"},
    "healthcare": {"hospital": "hospital", "clinic": "clinic", "centre": "clinic", "doctor": "clinic"},
    "highway": {
        "bus_stop": "stop",
        "crossing": "crossing",
        "street_lamp": "lamp",
        "traffic_signals": "traffic_signals",
    },
    "railway": {
        "station": "station",
        "halt": "station",
        "level_crossing": "level_crossing",
        "crossing": "crossing",
        "tram_stop": "stop",
    },
    "shop": {"alcohol": "alcohol_shop", "wine": "alcohol_shop", "kiosk": "kiosk", "bookmaker": "gambling"},
    "tourism": {"museum": "culture", "gallery": "culture", "hotel": "hotel", "hostel": "hotel", "motel": "hotel"},
    "leisure": {
        "park": "park",
        "playground": "playground",
        "pitch": "sport",
        "sports_centre": "sport",
        "sports_hall": "sport",
        "stadium": "sport",
        "fitness_station": "sport",
        "beach_resort": "beach",
        "adult_gaming_centre": "gambling",
    },
    "historic": {"memorial": "memorial", "monument": "memorial"},
    "place": {
        "city": "city",
        "town": "town",
        "village": "village",
        "hamlet": "hamlet",
        "isolated_dwelling": "hamlet",
        "suburb": "suburb",
        "borough": "suburb",
        "quarter": "suburb",
        "neighbourhood": "neighbourhood",
        "locality": "locality",
        "square": "square",
    },
    # Doors that many people use: a house's own (home, garage) and those of service are left alone.
    "entrance": dict.fromkeys(_words("yes main staircase shop"), "entrance"),
}
NO_SHOP = frozenset({"no", "vacant"})


def place_kind(tags: Tags) -> str | None:
    """Return the kind of a point or area that people go to, or None.

    A roof at a stop (amenity=shelter) is no shelter in this country's sense: only one from bombs is.
    """
    if tags.get("bunker_type") == "bomb_shelter" or tags.get("shelter_type") in ("bomb_shelter", "air_raid_shelter"):
        return "shelter"
    for key, kinds in PLACES.items():
        value = tags.get(key)
        if value is None:
            continue
        kind = kinds.get(value.partition(";")[0])
        if kind:
            return kind
        if key == "shop" and value not in NO_SHOP:
            return "shop"
    on_wheels = any(tags.get(key) == "yes" for key in ("bus", "trolleybus", "share_taxi"))
    return "stop" if tags.get("public_transport") == "platform" and on_wheels else None


# Every key by which an object can be of interest to these rules.
KEYS = frozenset({"highway", "railway", "building", "waterway", "public_transport", "bunker_type", "shelter_type"}) | (
    GROUND.keys() | PLACES.keys()
)
