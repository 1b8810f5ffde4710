"""The private PostGIS: one cluster a home, on a unix socket that only its owner can reach.

Whoever uses it holds a shared lock on the home; the last one out stops the server, unless it was started to stay
(`bezpeka db start`). The kernel lets go of a killed process's lock, so nothing is left running for ever.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg

from layers.database.binaries import Binaries, find_binaries
from layers.database.server_user import make_folder, run_as_server, write_file
from layers.errors import BezpekaError, Conflict, Unavailable
from layers.text import N_

log = logging.getLogger(__name__)

DATABASE = "bezpeka"
LOGINS = {"app": "bezpeka_app", "owner": "postgres"}
PORT = 5432  # only a part of the socket's name
LONGEST_SOCKET = 103  # bytes of a socket's path that every system takes (macOS 103, Linux 107)
NOBODY = 2**31 - 2  # no system counts its processes so far
WATCH_SECONDS = 1.0
PATIENCE = 60  # seconds for the server to come up, crash recovery included

SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "60",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
    "log_checkpoints": "off",
}
HBA = "# Only through the socket, whose folder only its owner can enter.\nlocal all all trust\n"
PROBE = "SELECT ST_AsMVT(q) FROM (SELECT ST_AsMVTGeom(ST_Point(1, 1), ST_MakeEnvelope(0, 0, 2, 2)) AS geom) AS q"


@dataclass(frozen=True)
class Status:
    """What `bezpeka db status` says."""

    running: bool
    kept: bool
    data: Path
    socket: Path
    version: int | None


class Cluster:
    """The private PostgreSQL of one home. `settings` override SETTINGS (tests switch fsync off)."""

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.home = home.absolute()
        self.folder = self.home / "cluster"
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.socket = _socket_folder(self.folder)
        self.settings = {**SETTINGS, "unix_socket_directories": f"'{self.socket}'", **(settings or {})}
        self._kept = self.folder / "kept"
        self._hold: IO[bytes] | None = None

    def url(self, login: str = "app", database: str = DATABASE) -> str:
        """Return the address for the application (`app`) or for migrations (`owner`)."""
        return f"postgresql://{LOGINS[login]}@/{database}?host={quote(str(self.socket), safe='')}&port={PORT}"

    def start(self) -> bool:
        """Start the server unless it runs, hold it, and return whether this call started it."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            return self._start()
        except BaseException as error:
            with suppress(OSError, BezpekaError):
                self.release()
            if isinstance(error, OSError):
                raise self._explain(str(error), error.errno) from error
            raise

    def release(self) -> bool:
        """Let go, and stop the server when nobody else holds it and it was not started to stay."""
        if self._hold is None:
            return False
        with self._door():
            self._hold.close()
            self._hold = None
            if self._kept.exists() or self._held_by_others():
                return False
            return self._halt()

    @contextmanager
    def running(self) -> Iterator[Cluster]:
        """Have the server for the length of a block, whoever started it."""
        self.start()
        try:
            yield self
        finally:
            self.release()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Bring the server back, for the length of a block, whenever it has died: out of memory, killed, crashed."""
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(WATCH_SECONDS):
                if not self._alive():
                    log.warning("the database has died; starting it again")
                    # While a query of the dead server ends, PostgreSQL refuses: the next look tries again.
                    with suppress(BezpekaError, OSError):
                        self._start()

        keeper = threading.Thread(target=watch, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            ended.set()
            keeper.join()

    def keep(self) -> None:
        """Let the server stay when its last user has gone."""
        self._kept.touch()

    def stop(self) -> bool:
        """Stop a server that was started to stay; return False when none was running."""
        if not self.folder.is_dir():
            return False
        with self._door():
            if self._held_by_others():
                raise Conflict(N_("{home} is in use by another Bezpeka command; stop that one first."), home=self.home)
            self._kept.unlink(missing_ok=True)
            return self._halt()

    def status(self) -> Status:
        return Status(self._alive(), self._kept.exists(), self.data, self.socket, self._data_version())

    # --- one at a time, and who is still here

    @contextmanager
    def _door(self) -> Iterator[None]:
        with (self.home / "cluster.lock").open("ab") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield

    def _take_hold(self) -> None:
        if self._hold is None:
            self._hold = (self.home / "cluster.users").open("ab")
            fcntl.flock(self._hold, fcntl.LOCK_SH)

    def _held_by_others(self) -> bool:
        with (self.home / "cluster.users").open("ab") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    # --- the server itself

    def _start(self) -> bool:
        with self._door():
            self._take_hold()
            started = not self._alive()
            if started:
                self._launch()
            self._wait()
            self._make_database()
            return started

    def _alive(self) -> bool:
        """Say whether the process named in the pid file is this data folder's server, and not a stranger."""
        try:
            process = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return False
        if Path("/proc/self").exists():
            with suppress(OSError):
                return Path(f"/proc/{process}/cwd").readlink() == self.data.resolve()
            return False
        listed = subprocess.run(["ps", "-p", str(process), "-o", "args="], capture_output=True, text=True, check=False)
        return str(self.data) in listed.stdout

    def _launch(self) -> None:
        make_folder(self.folder)
        make_folder(self.socket)
        binaries = self._prepare()
        self._bury()
        lines = "".join(f"{name} = {value}\n" for name, value in self.settings.items())
        write_file(self.data / "bezpeka.conf", lines)
        begin = self.log.stat().st_size if self.log.exists() else 0
        arguments = ["start", "-s", "-w", "-t", str(PATIENCE), "-D", str(self.data), "-l", str(self.log)]
        done = self._run(binaries, "pg_ctl", *arguments)
        if done.returncode:
            log = self.log.read_bytes()[begin:].decode(errors="replace") if self.log.exists() else ""
            raise self._explain(log or done.stderr)

    def _bury(self) -> None:
        """Show PostgreSQL that the server before is dead, though a stranger (or an unreaped ghost) bears its number.

        Its pid file gets a number that nobody can have, and keeps the rest: by it PostgreSQL knows which shared memory
        a query of the dead server might still be using.
        """
        left = self.data / "postmaster.pid"
        if left.exists():
            rest = left.read_text().partition("\n")[2]
            if rest:
                write_file(left, f"{NOBODY}\n{rest}")
            else:
                left.unlink()
        (self.socket / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url("owner", "postgres")).close()
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > until or not self._alive():
                    raise self._explain(str(error)) from error
                time.sleep(0.05)

    def _halt(self) -> bool:
        if not self._alive():
            return False
        binaries = find_binaries(self._data_version())
        done = self._run(
            binaries, "pg_ctl", "stop", "-s", "-w", "-m", "fast", "-t", str(PATIENCE), "-D", str(self.data)
        )
        if done.returncode:
            raise self._explain(done.stderr)
        return True

    def _prepare(self) -> Binaries:
        """Return the binaries for the data that are here, or make new data with the best ones."""
        if (self.data / "PG_VERSION").exists():
            if not (self.data / "global" / "pg_control").exists():
                raise Unavailable(
                    N_(
                        "The database in {data} is damaged: global/pg_control is missing."
                        " Restore a backup (bezpeka restore), or move that folder away to begin anew."
                    ),
                    data=self.data,
                )
            return find_binaries(self._data_version())
        binaries = find_binaries()
        making = self.folder / "data.making"
        for unfinished in (making, self.data):
            _set_aside(unfinished)
        self._initdb(binaries, making)
        making.rename(self.data)
        return binaries

    def _initdb(self, binaries: Binaries, folder: Path) -> None:
        arguments = ["-D", str(folder), "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        if self.settings["fsync"] == "off":
            arguments.append("--no-sync")
        done = self._run(binaries, "initdb", *arguments, "--data-checksums")
        if done.returncode:
            raise self._explain(done.stderr + done.stdout)
        write_file(folder / "pg_hba.conf", HBA)
        with (folder / "postgresql.conf").open("a") as configuration:
            configuration.write("include 'bezpeka.conf'\n")

    def _make_database(self) -> None:
        with psycopg.connect(self.url("owner", "postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
                with psycopg.connect(self.url("owner"), autocommit=True) as ours:
                    prove_tiles(ours)

    def _data_version(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def _run(self, binaries: Binaries, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_as_server(binaries.program(program), *arguments, cwd=self.folder)

    def _explain(self, reason: str, number: int | None = None) -> BezpekaError:
        """Turn what PostgreSQL or the system said into a sentence with what to do."""
        if number in (errno.ENOSPC, errno.EDQUOT) or "No space left on device" in reason:
            return Unavailable(
                N_("The disk that holds {home} is full. Free some space, then start again."), home=self.home
            )
        if number in (errno.EACCES, errno.EPERM, errno.EROFS):
            return Unavailable(N_("{home} can't be written to. Choose another --home."), home=self.home)
        lines = [line for line in reason.splitlines() if "FATAL" in line or "error" in line.lower()]
        return Unavailable(
            N_("The database in {home} does not start: {reason} (its log: {log})"),
            home=self.home,
            reason=(lines or reason.splitlines() or ["?"])[-1].strip(),
            log=self.log,
        )


def prove_tiles(connection: psycopg.Connection[Any]) -> None:
    """Raise Unavailable unless PostGIS is in this database and makes a vector tile."""
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(PROBE)
    except psycopg.Error as error:
        raise Unavailable(
            N_("This database's PostGIS makes no vector tiles: {reason}. Install postgresql-postgis."),
            reason=str(error).strip().splitlines()[0],
        ) from error


def _socket_folder(folder: Path) -> Path:
    """Return the cluster's own folder, or a short one named after it when the socket's path would be too long."""
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET:
        return folder
    return Path("/tmp") / f"bezpeka-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"  # noqa: S108 (made 0700)


def _set_aside(unfinished: Path) -> None:
    """Rename what an interrupted start left; nothing is ever deleted."""
    if unfinished.exists():
        unfinished.rename(unfinished.with_name(f"{unfinished.name}.interrupted-{time.time_ns()}"))
