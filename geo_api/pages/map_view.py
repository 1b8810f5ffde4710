"""What the map page shows, as plain data for its templates; made from answers of the database, without asking it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import shorten
from typing import Any
from urllib.parse import urlencode

from layers.area import Area, Box
from layers.layer import Layer, Title
from layers.text import N_, bare
from maps.language import Language, sort_key
from maps.styles import STYLES, Symbol

Counts = Mapping[str, int]

PRECISION = {
    "exact": N_("exact place"),
    "snapped": N_("generalised place"),
    "street": N_("known to the street"),
    "place": N_("near a public place"),
    "settlement": N_("known to the settlement"),
    "hromada": N_("known to the hromada"),
    "cell": N_("known to a square of 1 km"),
}
AREA = "area"  # the system of the one unit that is the area itself
LEGEND = (
    "problem_areas", "units_2017", "hromadas", "starosta_districts", "settlements",
    "places", "roads", "water", "landuse",
)  # fmt: skip
EXCERPT = 120  # letters of what was written, in a line of the list
BAR = 40  # the height of the tallest month in the slider's drawing


@dataclass(frozen=True)
class Counted:
    """A value that records can be counted by: its name and how many have it."""

    value: str
    title: Title
    count: int


@dataclass(frozen=True)
class UnitLine:
    """One unit as the panel and the map's labels need it."""

    system: str
    code: str
    name: Title
    approximate: bool
    closed: bool  # a territory of active hostilities, of which nothing is published
    source: str
    licence: str
    lon: float | None
    lat: float | None
    box: Box | None

    @property
    def bounds(self) -> str:
        return ",".join(f"{n:.5f}" for n in self.box) if self.box else ""

    @property
    def label(self) -> dict[str, Any]:
        """Return what the map needs to write the unit's name."""
        # What stands in brackets tells units of one name apart in lists; the map says which system it shows.
        names = {"name_uk": bare(self.name.uk), "name_en": bare(self.name.en)}
        return {"system": self.system, "code": self.code, "lon": self.lon, "lat": self.lat, **names}


@dataclass(frozen=True)
class UnitChoice:
    code: str
    name: str
    approximate: bool
    closed: bool
    bounds: str
    count: int


@dataclass(frozen=True)
class System:
    """One system of units, offered as a list; `shown` is the one that the map names."""

    id: str
    title: str
    shown: bool
    units: tuple[UnitChoice, ...]

    @property
    def approximate(self) -> bool:
        """Tell whether there is no real limit among them, so that it is said once for all."""
        return all(unit.approximate for unit in self.units)


@dataclass(frozen=True)
class Choice:
    value: str
    title: str
    count: int
    chosen: bool
    symbol: str = ""


@dataclass(frozen=True)
class Month:
    value: str
    label: str
    height: float


@dataclass(frozen=True)
class Subject:
    """One layer of records that the map can be about."""

    layer: str
    title: str
    href: str
    shown: bool


@dataclass(frozen=True)
class Item:
    """A line of the list; `href` leads to its place on the map, `page` to a page of its own, where it has one."""

    title: str
    symbol: str
    details: tuple[str, ...]
    lon: float
    lat: float
    href: str
    page: str = ""
    excerpt: str = ""


@dataclass(frozen=True)
class Found:
    """One page of the list. `total` is exact and is what the map shows, `said` says it; `next` is where it goes on."""

    total: int
    said: str
    items: tuple[Item, ...]
    next: str = ""
    next_part: str = ""
    page: int = 0


@dataclass(frozen=True)
class LegendGroup:
    layer: str
    title: str
    symbols: tuple[Symbol, ...]


def counted(rows: Iterable[Sequence[Any]]) -> tuple[Counted, ...]:
    """Read rows of (value, title uk, title en, count)."""
    return tuple(Counted(str(v), Title(str(uk), str(en)), int(n)) for v, uk, en, n in rows if v is not None)


def as_counts(values: Iterable[Counted]) -> dict[str, int]:
    return {each.value: each.count for each in values}


def shown_system(area: Area, lines: Sequence[UnitLine], wanted: str) -> str:
    """Return the system that the map shows: the wanted one, or the profile's first that has more than one unit."""
    of_many = Counter(line.system for line in lines)
    ids = [system.id for system in area.unit_systems if of_many[system.id] > 1 and system.id != "settlements"]
    return wanted if wanted in ids else next(iter(ids), "")


def systems(
    area: Area, lines: Sequence[UnitLine], counts: Counts, shown: str, language: Language
) -> tuple[System, ...]:
    """Return the systems to choose from, in the order of the profile; settlements are found by search instead."""
    found = []
    for system in area.unit_systems:
        units = [line for line in lines if line.system == system.id]
        if len(units) > 1 and system.id != "settlements":
            found.append((system, sorted(units, key=lambda line: sort_key(line.name[language.code]))))
    active = shown_system(area, lines, shown)
    return tuple(
        System(
            system.id,
            system.title[language.code],
            system.id == active,
            tuple(_unit(line, counts, language) for line in units),
        )
        for system, units in found
    )


def _unit(line: UnitLine, counts: Counts, language: Language) -> UnitChoice:
    count = counts.get(line.code, 0)
    return UnitChoice(line.code, line.name[language.code], line.approximate, line.closed, line.bounds, count)


def choices(
    values: Sequence[Counted], chosen: Sequence[str], symbols: Mapping[str, str], about: str, language: Language
) -> tuple[Choice, ...]:
    """Return what can be ticked: everything that occurs, the most frequent first, and whatever is ticked already."""
    known = {each.value for each in values}
    missing = [Counted(value, Title(value, value), 0) for value in chosen if value not in known]
    return tuple(
        Choice(
            each.value,
            each.title[language.code],
            each.count,
            each.value in chosen,
            STYLES[about].symbol(symbols.get(each.value)).name,
        )
        for each in [*values, *missing]
    )


def months(counts: Counts, language: Language) -> tuple[Month, ...]:
    """Return every month from the first record to the last, with the height of its bar."""
    if not counts:
        return ()
    most = max(counts.values())
    return tuple(
        Month(f"{day:%Y-%m}", language.month(day), round(BAR * counts.get(f"{day:%Y-%m}", 0) / most, 1))
        for day in _each_month(min(counts), max(counts))
    )


def _each_month(first: str, last: str) -> list[date]:
    day, end = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01")
    days = []
    while day <= end:
        days.append(day)
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
    return days


def items(
    features: Sequence[Mapping[str, Any]],
    *,
    titles: Mapping[str, Mapping[str, Title]],
    units: Mapping[str, UnitLine],
    system: str,
    fully: bool,
    about: str,
    keep: Sequence[tuple[str, str]],
    language: Language,
) -> tuple[Item, ...]:
    """Return the lines of the list. `titles` are names of categories and statuses; `keep` the words of this address;
    `fully` tells how exact each record is and where it comes from; `about` is the layer of the records.
    """
    lines = []
    for feature in features:
        facts = feature["properties"]
        lon, lat = feature["geometry"]["coordinates"][:2]
        category = titles["category"].get(facts["category"])
        here = [*keep, ("here", f"{lon:.5f},{lat:.5f}"), ("at", f"16/{lat:.5f}/{lon:.5f}")]
        lines.append(
            Item(
                title=category[language.code] if category else str(facts["category"]),
                symbol=STYLES[about].symbol(facts.get("symbol")).name,
                details=(
                    *_details(facts, titles["status"], units, system, language),
                    *(_origin(facts, language) if fully else ()),
                ),
                lon=lon,
                lat=lat,
                href=f"/?{urlencode(here)}",
                page=f"/problems/{facts['id']}" if "body" in facts else "",
                excerpt=_excerpt(facts.get("body") or ""),
            )
        )
    return tuple(lines)


def _details(
    facts: Mapping[str, Any],
    statuses: Mapping[str, Title],
    units: Mapping[str, UnitLine],
    system: str,
    language: Language,
) -> Iterable[str]:
    yield language.month(date.fromisoformat(f"{facts['month']}-01"))
    lies_in = [units[code] for code in facts.get("units") or () if code in units]
    near = [line for line in lies_in if line.system == "settlements"] or [
        line for line in lies_in if line.system == system
    ]
    yield from (line.name[language.code] for line in near[:1])
    if facts.get("status") in statuses:
        yield statuses[facts["status"]][language.code]
    if facts.get("supporters", 1) > 1:
        yield language.ngettext("supported by {n} person", "supported by {n} people", facts["supporters"])


def _excerpt(words: str) -> str:
    """Return the beginning of what somebody wrote, cut between words."""
    return shorten(words, EXCERPT, placeholder="…")


def _origin(facts: Mapping[str, Any], language: Language) -> Iterable[str]:
    precision = PRECISION.get(facts.get("location_precision") or "")
    if precision:
        yield language.gettext(precision)
    if facts.get("source"):
        yield str(facts["source"])


def legend(
    present: Iterable[str], layers: Mapping[str, Layer], units: Sequence[UnitLine], language: Language
) -> tuple[LegendGroup, ...]:
    """Return the signs of everything on the map but the records, whose legend is the list of categories."""
    unused = {"closed"} if not any(unit.closed for unit in units) else set()
    groups = []
    for layer in LEGEND:
        if layer in present and layer in layers:
            symbols = tuple(s for s in STYLES[layer].symbols if (s.fill or s.line) and s.name not in unused)
            groups.append(LegendGroup(layer, layers[layer].title[language.code], symbols))
    return tuple(groups)


def extent(area: Area, lines: Sequence[UnitLine]) -> Box:
    """Return the box of the area's own outline: the whole of it, without the room that its profile leaves around."""
    return next((line.box for line in lines if line.system == AREA and line.box), area.box)


def approximate(area: Area, units: Sequence[UnitLine], language: Language) -> tuple[str, ...]:
    """Say of each system how many of its units have approximate boundaries, where any has."""
    said = []
    for system in area.unit_systems:
        ours = [unit for unit in units if unit.system == system.id]
        rough = sum(unit.approximate for unit in ours)
        if rough:
            counted = language.gettext("{n} of {all}", n=language.number(rough), all=language.number(len(ours)))
            said.append(f"{system.title[language.code]}: {counted}")
    return tuple(said)


def sources(
    present: Iterable[str],
    layers: Mapping[str, Layer],
    units: Sequence[UnitLine],
    origins: Mapping[str, Sequence[tuple[str, str]]],
    language: Language,
) -> tuple[str, ...]:
    """Return one line a source: what is from there, whose it is, under which licence.

    `origins` are those of layers that hold rows of more than one source.
    """
    found: dict[str, list[str]] = {}
    for layer in (layers[name] for name in present if name in layers):
        own = {(line.source, line.licence) for line in units if line.system == layer.id and line.source}
        own |= set(origins.get(layer.id, ()))
        for origin in sorted(own) or [(layer.source[language.code], layer.licence)]:
            found.setdefault(_named(*origin), []).append(layer.title[language.code])
    return tuple(f"{', '.join(titles)}: {origin}" for origin, titles in found.items())


def _named(source: str, licence: str) -> str:
    return source if licence in source else f"{source}, {licence}"
