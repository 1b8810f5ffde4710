"""Which PostgreSQL on this machine can carry a map: the newest one whose PostGIS makes vector tiles."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from layers.errors import Unavailable
from layers.text import N_

# Debian and Ubuntu, Homebrew on Apple silicon and on Intel.
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
NEEDED = ("initdb", "pg_config", "pg_ctl", "postgres")
OLDEST = 13


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL: its major version and its folder of programs."""

    version: int
    folder: Path

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(version: int | None = None, places: Iterable[str] | None = None) -> Binaries:
    """Return the newest PostgreSQL with a PostGIS that makes vector tiles, or the one of a version that data needs.

    Raises Unavailable with the package to install.
    """
    found = sorted(installed(PLACES if places is None else places), key=lambda each: -each.version)
    if not found:
        raise Unavailable(
            N_(
                "There is no PostgreSQL {oldest} or newer on this machine."
                " Install it: sudo apt install postgresql-postgis (macOS: brew install postgis)."
            ),
            oldest=OLDEST,
        )
    wanted = [each for each in found if version in (None, each.version)]
    if not wanted:
        raise Unavailable(
            N_(
                "The data were written by PostgreSQL {needed}, and this machine has {present}."
                " Install postgresql-{needed}-postgis-3 (macOS: brew install postgresql@{needed} postgis)."
            ),
            needed=version,
            present=", ".join(str(each.version) for each in found),
        )
    with_postgis = [each for each in wanted if _postgis(each)]
    if not with_postgis:
        raise Unavailable(
            N_(
                "PostgreSQL {version} is here, but its PostGIS is not."
                " Install it: sudo apt install postgresql-{version}-postgis-3 (macOS: brew install postgis)."
            ),
            version=wanted[0].version,
        )
    for each in with_postgis:
        if _makes_tiles(each):
            return each
    raise Unavailable(
        N_(
            "The PostGIS of PostgreSQL {version} was built without vector tiles (protobuf-c)."
            " Install the one of your distribution: sudo apt install postgresql-{version}-postgis-3."
        ),
        version=with_postgis[0].version,
    )


def installed(places: Iterable[str]) -> Iterator[Binaries]:
    """Yield every PostgreSQL server found in these folders (patterns) and beside pg_config."""
    folders = {folder for pattern in places for folder in Path("/").glob(pattern.lstrip("/"))}
    if places is PLACES and (config := which("pg_config")):
        folders.add(Path(_output(config, "--bindir")))
    for folder in sorted({folder.resolve() for folder in folders}):
        if all((folder / name).is_file() for name in NEEDED):
            numbers = re.search(r"\) (\d+)", _output(str(folder / "postgres"), "--version"))
            if numbers and int(numbers[1]) >= OLDEST:
                yield Binaries(int(numbers[1]), folder)


def _postgis(binaries: Binaries) -> Path | None:
    """Return PostGIS's library, or None when it or its extension file is not installed."""
    control = Path(_output(binaries.program("pg_config"), "--sharedir")) / "extension" / "postgis.control"
    libraries = Path(_output(binaries.program("pg_config"), "--pkglibdir"))
    found = [*libraries.glob("postgis-[0-9]*.so"), *libraries.glob("postgis-[0-9]*.dylib")]
    return found[0] if found and control.is_file() else None


def _makes_tiles(binaries: Binaries) -> bool:
    """Say whether the library calls the protocol-buffer packer, without which ST_AsMVT is only an error message."""
    library = _postgis(binaries)
    return library is not None and b"protobuf_c_message_pack" in library.read_bytes()


def _output(program: str, argument: str) -> str:
    return subprocess.run([program, argument], capture_output=True, text=True, check=True).stdout.strip()
