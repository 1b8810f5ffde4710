"""What may be a snap point, who counts as living in its catchment, and from how many on."""

from __future__ import annotations

from layers.layer import Title

SETTLEMENTS = "settlements"
HROMADAS = "hromadas"
# Systems whose units are finer than the centre of a hromada: their codes would give a generalised place away.
FINE_UNITS = frozenset({SETTLEMENTS, "starosta_districts"})
# Settlements large enough to be named; in a village a place and a month may be a person.
TOWNS = frozenset({"місто", "селище", "селище міського типу", "смт", "city", "town"})

RULES = 1  # raised when the same facts give other points by these rules: a new list is made then
LEAST = 8  # homes in a catchment, or nothing that anybody could live in

CLEAR = 15.0  # metres: an empty catchment is that far from any building, a yard's width and what a phone errs by
EDGE = 1.0  # metres: a home nearer than that to its catchment's edge is not counted among the eight
SPACING = 50.0  # metres: of two candidates nearer than that the better one stays
REACH = 300.0  # metres: how far around a landmark other points make room for it
PIECE = 200.0  # metres: streets are cut into equal pieces of about that length, 133 to 300 m
GRID = 0.001  # metres: corners of catchments lie on it, so that sides that almost meet never tangle

# How strongly a candidate stays: of two weak ones the lower goes first.
STREET, PLACE, LANDMARK = 0, 1, 2

# Public places whose own point may be shown, by kinds of `places`. Landmarks are those that people name a spot by, and
# that reports are about. Shelters are in: they are public, marked at their doors, and a report that one is shut is of
# use only with its place. Out are police, fire brigades and social services (some hide people), whatever is no place
# to go to (lamps, hydrants, crossings), and trades that a report beside them would accuse: bars, cafés, gambling.
PLACES = {
    **dict.fromkeys(
        (
            "school", "kindergarten", "college", "university", "hospital", "clinic", "market", "town_hall",
            "community_centre", "station", "bus_station", "park", "square",
        ),
        LANDMARK,
    ),
    **dict.fromkeys(
        (
            "pharmacy", "library", "worship", "culture", "memorial", "playground", "sport", "beach", "shop",
            "post_office", "stop", "shelter",
        ),
        PLACE,
    ),
}  # fmt: skip
# A name alone doesn't say what these are: «Центр» is a stop.
NAMED_WITH_KIND = frozenset({"stop", "shop", "pharmacy"})

# Streets by a name, whatever moves on them; without a name where people live; by their number between settlements.
NAMED = frozenset(
    {
        "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "pedestrian",
        "road", "service", "footway", "steps", "path", "track", "cycleway",
    }
)  # fmt: skip
UNNAMED = frozenset({"residential", "living_street"})
NUMBERED = frozenset({"trunk", "primary", "secondary", "tertiary"})

UNNAMED_STREET = Title("вулиця без назви", "unnamed street")
NUMBERED_ROAD = Title("дорога {ref}", "road {ref}")

# What kind of place a point stands for, from the finest.
KIND_TITLES = {
    "street": Title("вулиця", "street"),
    "place": Title("громадське місце", "public place"),
    "settlement": Title("населений пункт", "settlement"),
    "hromada": Title("центр громади", "centre of the hromada"),
    "cell": Title("квадрат 1 км", "1 km square"),
}
