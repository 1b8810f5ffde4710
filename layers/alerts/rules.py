"""What is allowed: what can be chosen, how large a drawn place may be, how often is too often, when letters go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import shapely

from layers.area import Box
from layers.errors import BadInput
from layers.layer import Title
from layers.text import N_

# The robot in whose name people without an account subscribe, confirm and stop; and the one that writes to them.
ALERTS = "alerts"

CHANGES: dict[str, Title] = {
    "both": Title("і нові, і зміни в уже опублікованих", "new ones and changes of those already public"),
    "new": Title("лише нові", "new ones only"),
    "updated": Title("лише зміни", "changes only"),
}
PACES: dict[str, Title] = {
    "instant": Title("одразу, щойно опубліковано", "at once, as soon as it is public"),
    "daily": Title("раз на день, о 8:00", "once a day, at 8:00"),
    "weekly": Title("раз на тиждень, у понеділок о 8:00", "once a week, on Monday at 8:00"),
}

HOUR = time(8)
MONDAY = 0
MOST_CORNERS = 100
MOST_ITEMS = 30  # in one letter; of the others it says how many
STREET_M = 30  # as far from a street's line a public point is still on it
UNCONFIRMED_KEPT = timedelta(hours=48)
WITHDRAWN_KEPT = timedelta(days=90)  # what was not told before it was withdrawn waits so long for coming back
TOLD_KEPT = timedelta(days=365)  # of a report that is public no more
LETTERS_OF_ADDRESS, LETTERS_PER = 5, timedelta(days=1)  # that ask one address to confirm
MOST_OF_ADDRESS = 20  # subscriptions
ASKED_OF_NETWORK = 10  # forms sent, an hour


def slot(pace: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment up to which matches are due: for instant ones now, or else the last 8:00 on the clock."""
    if pace == "instant":
        return now
    local = now.astimezone(zone)
    last = datetime.combine(local.date(), HOUR, zone)
    if last > local:
        last -= timedelta(days=1)  # on the clock of the wall, so that it stays 8:00 when the clocks are changed
    if pace == "weekly":
        last -= timedelta(days=(last.weekday() - MONDAY) % 7)
    return last


def corners(written: str) -> list[tuple[float, float]]:
    """Return the corners (lon, lat) of “lon lat, lon lat, …”; raises BadInput."""
    if not written.strip():
        return []
    try:
        given = [tuple(float(number) for number in corner.split()) for corner in written.split(",")]
        points = [(lon, lat) for lon, lat in given]
    except ValueError as error:
        raise BadInput(N_("The drawn place can't be read. Draw it again.")) from error
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    if not all(math.isfinite(number) for point in points for number in point):
        raise BadInput(N_("The drawn place can't be read. Draw it again."))
    return points


def polygon(points: Sequence[tuple[float, float]], box: Box) -> str | None:
    """Return a drawn place as EWKT, None when nothing is drawn.

    Raises BadInput when it has fewer than 3 or more than 100 corners, crosses itself, lies outside the area's box or
    is larger than that.
    """
    if not points:
        return None
    if len(points) < 3:
        raise BadInput(N_("A drawn place has at least three corners. Add some, or take it away."))
    if len(points) > MOST_CORNERS:
        raise BadInput(N_("A drawn place has at most {most} corners. Draw it more simply."), most=MOST_CORNERS)
    drawn, area = shapely.Polygon(points), shapely.box(*box)
    if not drawn.is_valid or drawn.area == 0:
        raise BadInput(N_("The edges of the drawn place cross. Draw it so that they don't."))
    if not drawn.intersects(area):
        raise BadInput(N_("The drawn place lies outside our area. Draw it within."))
    if drawn.area > area.area:
        raise BadInput(N_("The drawn place is larger than our area. Draw a smaller one, or choose the whole area."))
    ring = ", ".join(f"{lon!r} {lat!r}" for lon, lat in [*points, points[0]])
    return f"SRID=4326;POLYGON(({ring}))"
