"""Backup and restore of everything: one file with the database, the home's secrets, and a fingerprint of each table.

The file holds personal data and secrets: it is made for its owner's eyes only (0600) and belongs on a locked disk.
"""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import create_engine, make_url

from layers.database.binaries import find_binaries
from layers.database.engine import sqlalchemy_url
from layers.database.migrate import migrate, prepare
from layers.errors import BadInput, Conflict, Unavailable
from layers.text import N_

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
HOME_FILES = ("secret.key",)  # what of the home is not in the database and can't be made again
RESTORING = "bezpeka_restoring"

TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('public', 'procrastinate') AND c.relname <> 'spatial_ref_sys'
  AND c.relpersistence = 'p'
ORDER BY 1, 2
"""
# The rows' own digests, sorted, so that the order in which they happen to lie does not matter.
FINGERPRINT = sql.SQL("""
SELECT count(*), encode(sha256(coalesce(string_agg(digest, '' ORDER BY digest), '')::bytea), 'hex')
FROM (SELECT md5(t::text) AS digest FROM {table} t) digests
""")


@dataclass(frozen=True)
class Print:
    """What a table holds: how many rows, and a digest of them all."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    area: str
    version: str
    made_at: str
    postgresql: int
    tables: dict[str, Print]

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tables.values())


def backup(owner_url: str, home: Path | None, file: Path) -> Manifest:
    """Write the whole home to one file, all tables as of one moment, while the server goes on working.

    Raises Conflict when the file exists, Unavailable when pg_dump fails.
    """
    if file.exists():
        raise Conflict(N_("{file} exists already; a backup never overwrites. Give another name."), file=file)
    part = file.with_name(file.name + ".part")
    with psycopg.connect(owner_url) as connection, tempfile.TemporaryDirectory() as scratch:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        manifest = _manifest(connection)
        dump = Path(scratch) / DUMP
        _run("pg_dump", manifest.postgresql, "-Fc", f"--snapshot={snapshot}", "-f", str(dump), "-d", owner_url)
        _write(part, manifest, dump, home)
    part.rename(file)
    return manifest


def restore(
    server_url: str,
    database: str,
    home: Path | None,
    file: Path,
    *,
    area: str | None = None,
    replace: bool,
    say: Callable[[str], None],
) -> Manifest:
    """Put a backup back, prove that every table is what it was, and only then take the old database's place.

    `server_url` is an owner's address of any other database of the same server. A database that is in the way is kept
    under another name, and only moved when `replace` says so. `area` is the
    label of what the home is about. Raises BadInput for a file that is no backup, Conflict
    for a database in the way, Unavailable when a table comes back different.
    """
    manifest, dump, secrets = _read(file)
    if area is not None and manifest.area != area:
        raise Conflict(
            N_("{file} holds {there}; this home is about {here}. Give another --home, or --area."),
            file=file,
            there=manifest.area,
            here=area,
        )
    _refuse_overwriting(server_url, database, replace)
    restored_url = elsewhere(server_url, RESTORING)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {RESTORING} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {RESTORING} TEMPLATE template0")
    say(N_("Reading the tables back"))
    _fill(restored_url, manifest, dump)
    say(N_("Comparing every table with its fingerprint"))
    _compare(restored_url, manifest)
    _swap(server_url, database)
    migrate(elsewhere(server_url, database))
    for name, content in secrets.items():
        if home is not None:
            (home / name).write_bytes(content)
            (home / name).chmod(0o600)
    return manifest


def fingerprints(connection: psycopg.Connection[Any]) -> dict[str, Print]:
    """Return each table's print, as the connection's transaction sees it."""
    found = {}
    for schema, name in connection.execute(TABLES).fetchall():
        row = connection.execute(FINGERPRINT.format(table=sql.Identifier(schema, name))).fetchone()
        assert row is not None
        found[f"{schema}.{name}"] = Print(*row)
    return found


def elsewhere(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _manifest(connection: psycopg.Connection[Any]) -> Manifest:
    return Manifest(
        format=FORMAT,
        area=_one(
            connection, "SELECT coalesce((SELECT id || CASE WHEN demo THEN ' (demo)' ELSE '' END FROM area), '')"
        ),
        version=_one(connection, "SELECT version_num FROM alembic_version"),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        postgresql=connection.info.server_version // 10_000,
        tables=fingerprints(connection),
    )


def _write(part: Path, manifest: Manifest, dump: Path, home: Path | None) -> None:
    part.touch(mode=0o600)
    with tarfile.open(part, "w") as archive:
        _add(archive, MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
        archive.add(dump, DUMP)
        for name in HOME_FILES:
            if home is not None and (home / name).is_file():
                _add(archive, f"home/{name}", (home / name).read_bytes())


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o600
    archive.addfile(entry, io.BytesIO(content))


def _read(file: Path) -> tuple[Manifest, bytes, Mapping[str, bytes]]:
    try:
        with tarfile.open(file) as archive:
            parts = {entry.name: _content(archive, entry) for entry in archive if entry.isfile()}
        said = json.loads(parts[MANIFEST])
        tables = {name: Print(**each) for name, each in said.pop("tables").items()}
        manifest = Manifest(**said, tables=tables)
        secrets = {name: parts[f"home/{name}"] for name in HOME_FILES if f"home/{name}" in parts}
        return manifest, parts[DUMP], secrets
    except FileNotFoundError as error:
        raise BadInput(N_("There is no file {file}."), file=file) from error
    except (tarfile.TarError, KeyError, ValueError, TypeError, EOFError) as error:
        raise BadInput(N_("{file} is not a whole backup of Bezpeka: {reason}"), file=file, reason=error) from error


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    member = archive.extractfile(entry)
    return member.read() if member else b""


def _refuse_overwriting(server_url: str, database: str, replace: bool) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        if not _exists(connection, database) or replace:
            return
    with psycopg.connect(elsewhere(server_url, database)) as connection:
        migrated = _one(connection, "SELECT to_regclass('public.history') IS NOT NULL")
        # A fresh home has claimed its area and drawn its units, but nobody has done anything there yet.
        filled = migrated and _one(connection, "SELECT count(*) FROM history")
    if filled:
        raise Conflict(
            N_("This home already holds data. To put the backup in their place (they are kept aside), add --replace.")
        )


def _fill(restored_url: str, manifest: Manifest, dump: bytes) -> None:
    engine = create_engine(sqlalchemy_url(restored_url))
    with engine.connect() as connection:
        prepare(connection)
    engine.dispose()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / DUMP
        path.write_bytes(dump)
        _run("pg_restore", manifest.postgresql, "--exit-on-error", "-d", restored_url, str(path))


def _compare(restored_url: str, manifest: Manifest) -> None:
    with psycopg.connect(restored_url) as connection:
        found = fingerprints(connection)
    different = sorted(name for name in manifest.tables | found if manifest.tables.get(name) != found.get(name))
    if different:
        raise Unavailable(
            N_("These tables came back different: {tables}. Nothing was replaced; try another backup."),
            tables=", ".join(different),
        )


def _swap(server_url: str, database: str) -> None:
    aside = f"{database}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        if _exists(connection, database):
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(database), sql.Identifier(aside))
            )
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(RESTORING), sql.Identifier(database))
        )


def _exists(connection: psycopg.Connection[Any], database: str) -> bool:
    return connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


def _one(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def _run(program: str, version: int, *arguments: str) -> None:
    """Run a program of the server's own version, or whichever is on the path when the server is elsewhere."""
    try:
        path = find_binaries(version).program(program)
    except Unavailable:
        path = which(program) or ""
    if not Path(path).is_file():
        raise Unavailable(
            N_("{program} {version} is needed; install postgresql-client-{version}."), program=program, version=version
        )
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(
            N_("{program} failed: {reason}"), program=program, reason=done.stderr.strip().splitlines()[-1]
        )
