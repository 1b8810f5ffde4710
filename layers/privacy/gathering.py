"""From the rows of other slices to the facts that snap points are made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from layers.area import Area
from layers.layer import Title
from layers.places.kinds import PLACE_KINDS
from layers.privacy.facts import Facts, Landmark, Region, Street, Town
from layers.privacy.listing import beyond
from layers.privacy.rules import HROMADAS, NAMED_WITH_KIND, NUMBERED_ROAD, PLACES, SETTLEMENTS, TOWNS, UNNAMED_STREET
from layers.units.rules import AREA

Rows = Sequence[Any]


def read_facts(area: Area, *, units: Rows, streets: Rows, places: Rows, buildings: Rows) -> Facts:
    """Return the facts that the rows of the store say."""
    return Facts(
        regions=_regions(area, units),
        towns=tuple(_town(row) for row in units if row.system == SETTLEMENTS and row.kind.casefold() in TOWNS),
        streets=tuple(_street(row) for row in streets),
        places=tuple(_place(row) for row in places),
        buildings=shapely.from_wkb(np.array([row.outline for row in buildings], dtype=object)),
        homes=np.array([(row.lon, row.lat) for row in buildings if row.is_home], dtype=float).reshape(-1, 2),
    )


def _regions(area: Area, units: Rows) -> tuple[Region, ...]:
    """Return the hromadas, and what of the area no hromada covers."""
    hromadas = [
        Region(row.code, "hromada", _hromada(row), _shape(row.limits), _shape(row.centre))
        for row in units
        if row.system == HROMADAS
    ]
    outline = next((_shape(row.limits) for row in units if row.system == AREA), shapely.box(*area.box))
    rest = beyond(hromadas, outline, srid=area.metric_srid) if hromadas else outline
    return (*hromadas, *([] if rest.is_empty else [Region(area.id, "cell", area.title, rest)]))


def _hromada(row: Any) -> Title:
    """Return a hromada's name as people say it: by itself it is an adjective."""
    said = "громада" in row.name_uk.casefold()
    return Title(row.name_uk, row.name_en) if said else Title(f"{row.name_uk} громада", f"{row.name_en} hromada")


def _town(row: Any) -> Town:
    return Town(row.code, Title(row.name_uk, row.name_en), _shape(row.limits), _shape(row.centre))


def _street(row: Any) -> Street:
    """Return a line of a street: one of a name, one where people live, or a numbered road between settlements."""
    if row.name_uk:
        return Street(f"name {row.name_uk}", Title(row.name_uk, row.name_en or row.name_uk), True, _shape(row.line))
    if row.lived:
        return Street("unnamed", UNNAMED_STREET, True, _shape(row.line))
    title = Title(NUMBERED_ROAD.uk.format(ref=row.ref), NUMBERED_ROAD.en.format(ref=row.ref))
    return Street(f"number {row.ref}", title, False, _shape(row.line))


def _place(row: Any) -> Landmark:
    kind = PLACE_KINDS[row.kind].title
    title = Title(row.name_uk or kind.uk, row.name_en or row.name_uk or kind.en)
    if row.name_uk and row.kind in NAMED_WITH_KIND:
        title = Title(f"{kind.uk} «{title.uk}»", f"{kind.en} “{title.en}”")
    return Landmark(title, PLACES[row.kind], _shape(row.point))


def _shape(wkb: bytes) -> Any:
    return shapely.from_wkb(wkb)
