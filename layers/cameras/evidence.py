"""What else than a camera could help at a blind spot, with what is known of it: said beside every plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layers.layer import Title

CELL_DEG = 0.0007  # about 50 by 75 metres: what one lamp or one crew has in view
LISTED = 6
REPORTED = ("problem", "incident")


@dataclass(frozen=True)
class Known:
    """One measure, what reviews of many studies found, and the source."""

    title: Title
    found: Title
    source: str


EVIDENCE: tuple[Known, ...] = (
    Known(
        Title("Камера", "A camera"),
        Title(
            "Злочинів поменшало в середньому на 13 %, найбільше на автостоянках (37 %); на насильство помітного впливу"
            " не знайшли. Найкраще діє разом з іншими заходами й там, де за екранами хтось стежить.",
            "Crime fell by 13 % on average, most of all in car parks (37 %); no clear effect on violence was found."
            " It works best together with other measures and where somebody watches the screens.",
        ),
        "Piza, Welsh, Farrington & Thomas (2019), Criminology & Public Policy 18(1): 135–159",
    ),
    Known(
        Title("Світло", "Lighting"),
        Title(
            "Там, де освітлення поліпшили, злочинів поменшало в середньому на 14 %, і вдень, і вночі.",
            "Where lighting was improved, crime fell by 14 % on average, by day as well as at night.",
        ),
        "Welsh, Farrington & Douglas (2022), Criminology & Public Policy 21(4)",
    ),
    Known(
        Title("Патруль у потрібному місці", "A patrol at the spot"),
        Title(
            "Злочинів у таких місцях меншає, і здебільшого вони не переходять за ріг; вплив помірний.",
            "Crime falls at such spots, and mostly it does not move around the corner; the effect is modest.",
        ),
        "Braga, Turchan, Papachristos & Hureau (2019), Campbell Systematic Reviews 15(3)",
    ),
)


@dataclass(frozen=True)
class Spot:
    """Ground where people reported things and no camera of the plan sees: its middle, weight, and number of reports."""

    lon: float
    lat: float
    weight: float
    count: int
    by_night_only: bool


def blind_spots(drawing: Mapping[str, Any], level: int) -> list[Spot]:
    """Return where most is reported that a plan does not see at its level; dark spots are seen by day alone."""
    points = drawing.get("points") or {}
    kinds = points.get("kinds", [])
    wanted = {kinds.index(kind) for kind in REPORTED if kind in kinds}
    cells: dict[tuple[int, int], list[tuple[float, float, float, bool]]] = defaultdict(list)
    columns = (points.get(name, []) for name in ("lon", "lat", "kind", "weight", "day", "night"))
    for lon, lat, kind, weight, day, night in zip(*columns, strict=True):
        if kind in wanted and night <= level:
            cells[(round(lon / CELL_DEG), round(lat / CELL_DEG))].append((lon, lat, weight, day > level))
    spots = [
        Spot(
            sum(p[0] for p in found) / len(found), sum(p[1] for p in found) / len(found),
            sum(p[2] for p in found), len(found), all(p[3] for p in found),
        )
        for found in cells.values()
    ]  # fmt: skip
    return sorted(spots, key=lambda spot: -spot.weight)[:LISTED]
