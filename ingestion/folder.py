"""A folder of data (`--data`): each of boundaries/, osm/, incidents/ is loaded once, and again when a file changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers.area import Area
from layers.database.engine import Database
from layers.errors import BadInput
from layers.holdings import loaded, note_load
from layers.text import N_
from layers.viewer import robot

Report = Callable[[int, int | None], None]
# Loads one source (a file, or a folder whose files belong together) and returns a small report as JSON.
Load = Callable[[Database, Area, Path, Report], Mapping[str, Any]]


@dataclass(frozen=True)
class Source:
    """One thing to load: its kind, where it is, and a fingerprint of its bytes."""

    kind: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class Kind:
    """One subfolder: its name, which files count, and whether they are loaded together (`whole`) or each by itself."""

    name: str
    endings: frozenset[str]
    whole: bool
    load: Load


def changed(database: Database, folder: Path, kinds: tuple[Kind, ...]) -> list[tuple[Kind, Source]]:
    """Return what this database does not hold yet, in the order of the kinds.

    Raises BadInput when there is no such folder or nothing in it that can be loaded.
    """
    if not folder.is_dir():
        raise BadInput(N_("There is no folder {folder}."), folder=folder)
    found = [(kind, source) for kind in kinds for source in _sources(folder, kind)]
    if not found:
        raise BadInput(
            N_("{folder} holds nothing to load: it needs any of {names}."),
            folder=folder,
            names=", ".join(f"{kind.name}/" for kind in kinds),
        )
    with database.begin(robot("folder")) as session:
        known = {kind.name: loaded(session, kind.name) for kind in kinds}
    return [(kind, source) for kind, source in found if known[kind.name].get(str(source.path)) != source.sha256]


def load_source(database: Database, area: Area, kind: Kind, source: Source, report: Report) -> Mapping[str, Any]:
    """Load one source and remember its fingerprint; a failed load is tried again next time."""
    result = kind.load(database, area, source.path, report)
    with database.begin(robot("folder")) as session:
        note_load(session, kind.name, str(source.path), source.sha256, result)
    return result


def _sources(folder: Path, kind: Kind) -> Iterator[Source]:
    inside = (folder / kind.name).resolve()
    files = sorted(file for file in inside.rglob("*") if file.is_file() and _counts(file, kind))
    if kind.whole and files:
        yield Source(kind.name, inside, _fingerprint(files))
    elif not kind.whole:
        for file in files:
            yield Source(kind.name, file, _fingerprint([file]))


def _counts(file: Path, kind: Kind) -> bool:
    return not file.name.startswith(".") and any(file.name.lower().endswith(ending) for ending in kind.endings)


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as opened:
            while chunk := opened.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()
