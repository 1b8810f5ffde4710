"""What tags mean: names, heights, bearings, one-way streets, and what is not for the public."""

from __future__ import annotations

import pytest

from ingestion import osm_restricted, osm_tags
from layers.places.kinds import PLACE_KINDS, RESTRICTED_KINDS


@pytest.mark.parametrize(
    ("written", "degrees"),
    [
        ("N", 0.0),
        ("NNE", 22.5),
        ("ne", 45.0),
        ("E", 90.0),
        ("S", 180.0),
        ("NNW", 337.5),
        ("0", 0.0),
        ("240", 240.0),
        ("360", 0.0),
        ("-90", 270.0),
        ("12,5", 12.5),
        ("45°", 45.0),
        ("forward", None),
        ("90;180", None),
        ("", None),
        (None, None),
        ("720", None),
    ],
)
def test_a_bearing_is_degrees_from_north(written: str | None, degrees: float | None) -> None:
    assert osm_restricted.bearing(written) == degrees


def test_a_camera_facing_north_has_bearing_zero_not_none() -> None:
    seen = osm_restricted.optics({"man_made": "surveillance", "camera:direction": "N", "height": "4 m"})
    assert seen.bearing == 0.0
    assert seen.height_m == 4.0


def test_a_plain_direction_stands_in_for_the_cameras_own() -> None:
    assert osm_restricted.optics({"direction": "160"}).bearing == 160
    assert osm_restricted.optics({"direction": "160", "camera:direction": "W"}).bearing == 270


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"man_made": "surveillance", "surveillance:type": "camera"}, "camera"),
        ({"surveillance:type": "ALPR"}, "camera"),
        ({"man_made": "surveillance", "surveillance:type": "guard"}, "guard"),
        ({"highway": "speed_camera"}, "speed_camera"),
        ({"building": "yes", "military": "barracks"}, "military"),
        ({"landuse": "military"}, "military"),
        ({"building": "bunker"}, "military"),
        ({"building": "military"}, "military"),
        ({"office": "military", "name": "Recruitment"}, "military"),
        ({"disused:military": "airfield"}, "military"),
        ({"highway": "service", "access": "military"}, "military"),
        ({"building": "yes", "name": "Військова частина А1234"}, "military"),
        ({"building": "office", "name": "Чугуївський РТЦК та СП"}, "military"),
        ({"amenity": "bus_stop", "name": "Військкомат"}, "military"),
        ({"barrier": "checkpoint"}, "checkpoint"),
        ({"military": "checkpoint"}, "checkpoint"),
        ({"military": "bunker", "bunker_type": "bomb_shelter"}, "military"),
        ({"building": "bunker", "bunker_type": "bomb_shelter"}, None),
        ({"amenity": "police", "name": "Районне управління поліції"}, None),
        ({"military": "no", "building": "yes"}, None),
        ({"highway": "residential", "name": "вулиця Військової Частини"}, None),
        ({"historic": "memorial", "name": "Загиблим воїнам"}, None),
    ],
)
def test_cameras_and_the_military_are_restricted_and_nothing_else_is(tags: dict[str, str], kind: str | None) -> None:
    assert osm_restricted.restricted_kind(tags) == kind
    assert kind is None or kind in RESTRICTED_KINDS


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"building:levels": "5"}, (5.0, 15.0, "levels")),
        ({"building:levels": "2.5"}, (2.5, 7.5, "levels")),
        ({"height": "12,5 m", "building:levels": "5"}, (5.0, 12.5, "height")),
        ({"height": "40 ft"}, (None, pytest.approx(12.192), "height")),
        ({"height": "high", "building:levels": "three"}, (None, None, None)),
        ({"building:levels": "0"}, (None, None, None)),
        ({}, (None, None, None)),
    ],
)
def test_a_height_is_measured_or_three_metres_a_level(tags: dict[str, str], expected: object) -> None:
    assert osm_tags.height(tags) == expected


@pytest.mark.parametrize(
    ("tags", "direction"),
    [
        ({"highway": "residential"}, 0),
        ({"highway": "residential", "oneway": "yes"}, 1),
        ({"highway": "residential", "oneway": "-1"}, -1),
        ({"highway": "residential", "oneway": "no", "junction": "roundabout"}, 0),
        ({"highway": "tertiary", "junction": "roundabout"}, 1),
        ({"highway": "motorway"}, 1),
        ({"highway": "residential", "oneway": "reversible"}, 0),
    ],
)
def test_one_way_streets_know_their_direction(tags: dict[str, str], direction: int) -> None:
    assert osm_tags.oneway(tags) == direction


@pytest.mark.parametrize(
    ("tags", "on_foot", "by_car"),
    [
        ({"highway": "residential"}, True, True),
        ({"highway": "footway"}, True, False),
        ({"highway": "steps"}, True, False),
        ({"highway": "motorway"}, False, True),
        ({"highway": "trunk"}, False, True),
        ({"highway": "trunk", "sidewalk": "both"}, True, True),
        ({"highway": "service", "access": "private"}, False, False),
        ({"highway": "service", "access": "private", "foot": "yes"}, True, False),
        ({"highway": "residential", "motor_vehicle": "no"}, True, False),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes", "foot": "no"}, False, True),
        ({"highway": "track"}, True, False),
        ({"highway": "track", "tracktype": "grade1"}, True, True),
        ({"railway": "rail"}, False, False),
    ],
)
def test_who_may_use_a_road(tags: dict[str, str], on_foot: bool, by_car: bool) -> None:
    assert (osm_tags.walkable(tags), osm_tags.drivable(tags)) == (on_foot, by_car)


@pytest.mark.parametrize("value", ["construction", "proposed", "platform", "elevator", "raceway"])
def test_what_is_not_a_road_yet_has_no_class(value: str) -> None:
    assert osm_tags.road_class({"highway": value}) is None


def test_names_come_in_both_languages() -> None:
    assert osm_tags.names({"name": "вулиця Музейна"}) == ("вулиця Музейна", "vulytsia Muzeina")
    assert osm_tags.names({"name": "улица", "name:uk": "вулиця Гоголя", "name:en": "Hohol Street"}) == (
        "вулиця Гоголя",
        "Hohol Street",
    )
    assert osm_tags.names({"name": "Rue Grimaldi"}) == ("Rue Grimaldi", "Rue Grimaldi")
    assert osm_tags.names({"name": "Monaco", "name:uk": "Монако"}) == ("Монако", "Monaco")
    assert osm_tags.names({}) == (None, None)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "school"}, "school"),
        ({"amenity": "doctors"}, "clinic"),
        ({"amenity": "townhall"}, "town_hall"),
        ({"highway": "bus_stop"}, "stop"),
        ({"public_transport": "platform", "bus": "yes"}, "stop"),
        ({"public_transport": "stop_position", "bus": "yes"}, None),
        ({"highway": "street_lamp"}, "lamp"),
        ({"shop": "alcohol"}, "alcohol_shop"),
        ({"shop": "convenience;doityourself"}, "shop"),
        ({"shop": "vacant"}, None),
        ({"amenity": "shelter", "shelter_type": "public_transport"}, None),
        ({"amenity": "shelter", "shelter_type": "bomb_shelter"}, "shelter"),
        ({"building": "bunker", "bunker_type": "bomb_shelter"}, "shelter"),
        ({"amenity": "bench"}, None),
        ({"entrance": "staircase"}, "entrance"),
        ({"entrance": "main", "shop": "bakery"}, "shop"),
        ({"entrance": "home"}, None),
        ({"office": "government", "shop": "ticket"}, "town_hall"),
    ],
)
def test_places_have_a_kind_people_look_for(tags: dict[str, str], kind: str | None) -> None:
    assert osm_tags.place_kind(tags) == kind


def test_every_kind_of_the_rules_has_a_title() -> None:
    said = {kind for kinds in osm_tags.PLACES.values() for kind in kinds.values()} | {"shop", "shelter", "stop"}
    assert said == set(PLACE_KINDS)


def test_military_land_is_no_land_use_of_ours() -> None:
    assert osm_tags.ground_kind({"landuse": "military"}) is None
    assert osm_tags.building_kind({"building": "ruins"}) is None


def test_every_rule_sees_the_keys_it_asks_for() -> None:
    """An object reaches the rules only by a key in KEYS; these are such that a rule acts upon alone."""
    for tags in ({"disused:military": "range"}, {"surveillance:type": "camera"}, {"bunker_type": "bomb_shelter"}):
        assert tags.keys() <= osm_tags.KEYS | osm_restricted.KEYS
