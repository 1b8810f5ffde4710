"""Which column of a file means what: guessed from Ukrainian and English headings, or said in a mapping (TOML)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from layers.errors import BadInput
from layers.text import N_, fold

# What a column can be, in the order in which it is shown.
FIELDS = ("when", "time", "lat", "lon", "latlon", "settlement", "street", "category", "status")
LOCATION_PRECISIONS = ("exact", "snapped", "street", "settlement")
TIME_PRECISIONS = ("minute", "day", "month")
KEYS = {"id", "title", "licence", "url", "recognise", "columns", "location_precision", "time_precision"}
TABLES = {"categories", "statuses"}


@dataclass(frozen=True)
class Source:
    """Where records come from: a stable id, a title as its own people write it, a licence and an address."""

    id: str
    title: str
    licence: str = ""
    url: str = ""


@dataclass(frozen=True)
class ColumnMap:
    """What a source's columns mean. `recognise` are headings that, all present, give the source away."""

    source: Source
    columns: Mapping[str, str]  # field -> heading
    location_precision: str = "exact"
    time_precision: str = "minute"  # the finest that is true of this source
    categories: Mapping[str, str] = field(default_factory=dict)  # folded text -> code
    statuses: Mapping[str, str] = field(default_factory=dict)
    recognise: tuple[str, ...] = ()

    def positions(self, headings: list[str], path: Path) -> dict[str, int]:
        """Return field -> index of its column. Raises BadInput naming a column that is missing."""
        index = {fold(heading): position for position, heading in reversed(list(enumerate(headings)))}
        for name, heading in self.columns.items():
            if fold(heading) not in index:
                raise BadInput(
                    N_("{path} has no column “{heading}” ({field}); it has {headings}."),
                    path=path, heading=heading, field=name, headings=", ".join(filter(None, headings)),
                )  # fmt: skip
        return {name: index[fold(heading)] for name, heading in self.columns.items()}


def recognise(headings: Iterable[str]) -> int:
    """Return how many of the headings are known ones."""
    return len(_guess(headings))


def choose(headings: list[str], path: Path, mapping: Path | None, source: str | None) -> ColumnMap:
    """Return the column map of a file: the one given, a ready one that recognises the headings, or a guess."""
    if mapping is not None:
        return load_mapping(mapping)
    folded = {fold(heading) for heading in headings}
    for ready in ready_mappings():
        if {fold(heading) for heading in ready.recognise} <= folded:
            return ready
    # One name for all files without a mapping: a renamed copy of a file must add nothing.
    found = ColumnMap(Source("file", source or path.stem), _guess(headings))
    _require(found.columns, path, headings)
    return found


def load_mapping(path: Path) -> ColumnMap:
    """Read a mapping. Raises BadInput with the key that is missing or wrong."""
    try:
        return _mapping(tomllib.loads(path.read_text("utf-8")), path.name)
    except OSError as error:
        raise BadInput(N_("The mapping {path} can't be read: {reason}"), path=path, reason=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(N_("The mapping {path} can't be read: {reason}"), path=path, reason=error) from error


@cache
def ready_mappings() -> tuple[ColumnMap, ...]:
    """Return the mappings that come with this software."""
    folder = resources.files("ingestion") / "mappings"
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
    read = {each.name: tomllib.loads(each.read_text("utf-8")) for each in files if each.name != "headings.toml"}
    return tuple(_mapping(content, name) for name, content in read.items())


@cache
def _known_headings() -> Mapping[str, str]:
    """Return folded heading -> field."""
    content = tomllib.loads((resources.files("ingestion") / "mappings" / "headings.toml").read_text("utf-8"))
    return {plain(heading): name for name, headings in content.items() for heading in headings}


def plain(heading: str) -> str:
    """Return a heading without what people add to it: case, units in brackets, dots, underscores."""
    bare = fold(heading).split("(", 1)[0] or fold(heading)
    return " ".join(bare.translate(str.maketrans("_-.:/№*", "       ")).split())


def _guess(headings: Iterable[str]) -> dict[str, str]:
    return guess(headings, _known_headings(), FIELDS)


def guess(headings: Iterable[str], known: Mapping[str, str], fields: Sequence[str]) -> dict[str, str]:
    """Return field -> heading, in the order of the fields, for headings that are known as `plain` writes them."""
    found: dict[str, str] = {}
    for heading in headings:
        name = known.get(plain(heading))
        if name:
            found.setdefault(name, heading)  # of two that mean the same, the first
    if "lat" in found and "lon" in found:
        found.pop("latlon", None)
    return {name: found[name] for name in fields if name in found}


def _mapping(content: dict[str, Any], name: str) -> ColumnMap:
    unknown = set(content) - KEYS - TABLES
    columns = content.get("columns", {})
    wrong = [key for key in columns if key not in FIELDS] + sorted(unknown)
    wrong += [key for key in ("id", "title") if not isinstance(content.get(key), str)]
    wrong += [] if content.get("location_precision", "exact") in LOCATION_PRECISIONS else ["location_precision"]
    wrong += [] if content.get("time_precision", "minute") in TIME_PRECISIONS else ["time_precision"]
    if wrong:
        raise BadInput(
            N_("The mapping {path} lacks or misstates {key}; columns can be {fields}."),
            path=name, key=", ".join(wrong), fields=", ".join(FIELDS),
        )  # fmt: skip
    _require(columns, Path(name), list(columns.values()))
    return ColumnMap(
        source=Source(content["id"], content["title"], content.get("licence", ""), content.get("url", "")),
        columns={name: columns[name] for name in FIELDS if name in columns},
        location_precision=content.get("location_precision", "exact"),
        time_precision=content.get("time_precision", "minute"),
        categories={fold(text): code for text, code in content.get("categories", {}).items()},
        statuses={fold(text): code for text, code in content.get("statuses", {}).items()},
        recognise=tuple(content.get("recognise", ())),
    )


def _require(columns: Mapping[str, str], path: Path, headings: list[str]) -> None:
    known = ", ".join(filter(None, headings)) or "—"
    if "when" not in columns:
        raise BadInput(
            N_("{path}: no column with a date was found among {headings}. Name it in a mapping (--mapping FILE.toml)."),
            path=path, headings=known,
        )  # fmt: skip
    if not ({"latlon", "settlement", "street"} & set(columns) or {"lat", "lon"} <= set(columns)):
        raise BadInput(
            N_(
                "{path}: no column with a place (latitude and longitude, or a settlement, or a street) was found among "
                "{headings}. Name it in a mapping (--mapping FILE.toml)."
            ),
            path=path, headings=known,
        )  # fmt: skip
