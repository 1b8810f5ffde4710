"""A folder of data (`--data`): each of its subfolders is loaded once, and again when a file in it changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
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
class Kind:
    """One subfolder: its name, how it is loaded, and the endings of files that are loaded each by itself.

    Without endings the folder is one source, and every file in it counts.
    """

    name: str
    load: Load
    endings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One thing to load: where it is, what it is called in this database, and a fingerprint of its bytes."""

    kind: Kind
    path: Path
    name: str
    sha256: str


def changed(database: Database, folder: Path, kinds: Sequence[Kind]) -> list[Source]:
    """Return what this database does not hold yet, in the order of the kinds.

    Raises BadInput when there is no such folder or nothing in it that can be loaded.
    """
    if not folder.is_dir():
        raise BadInput(N_("There is no folder {folder}."), folder=folder)
    found = [source for kind in kinds for source in _sources(folder, kind)]
    if not found:
        raise BadInput(
            N_("{folder} holds nothing to load: it needs any of {names}, with files in it."),
            folder=folder,
            names=", ".join(f"{kind.name}/" for kind in kinds),
        )
    with database.begin(robot("folder")) as session:
        known = {kind.name: loaded(session, kind.name) for kind in kinds}
    return [source for source in found if known[source.kind.name].get(source.name) != source.sha256]


def load_source(database: Database, area: Area, source: Source, report: Report) -> Mapping[str, Any]:
    """Load one source and remember its fingerprint; a load that failed is tried again next time."""
    result = source.kind.load(database, area, source.path, report)
    with database.begin(robot("folder")) as session:
        note_load(session, source.kind.name, source.name, source.sha256, result)
    return result


def _sources(folder: Path, kind: Kind) -> Iterator[Source]:
    inside = folder / kind.name
    files = sorted(file for file in inside.rglob("*") if file.is_file() and not _is_ours(file))
    if not kind.endings:
        if files:
            yield Source(kind, inside, kind.name, _fingerprint(files))
        return
    for file in files:
        if file.name.lower().endswith(kind.endings):
            beside = file.with_suffix(".toml")  # how its columns are to be read, where somebody wrote that down
            parts = [file, beside] if beside in files else [file]
            yield Source(kind, file, str(file.relative_to(folder)), _fingerprint(parts))


def files_in(path: Path, endings: Sequence[str]) -> list[Path]:
    """Return the files to load: the one named, or those of a folder by name. Raises BadInput when there is none."""
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.rglob("*") if file.is_file() and not _is_ours(file))
    found = [file for file in files if file.name.lower().endswith(tuple(endings))]
    if not found:
        raise BadInput(
            N_("{folder} holds no file that can be loaded ({endings})."), folder=path, endings=", ".join(endings)
        )
    return found


def _is_ours(file: Path) -> bool:
    """Leave out hidden files, and the rejects that an earlier load wrote beside its input."""
    return file.name.startswith(".") or any(suffix.startswith(".rejects") for suffix in file.suffixes)


def _fingerprint(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as opened:
            while chunk := opened.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()
