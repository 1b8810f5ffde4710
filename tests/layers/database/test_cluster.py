"""The private PostGIS, and each way it can fail, provoked for real."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from layers.database import binaries
from layers.database.binaries import find_binaries
from layers.database.cluster import LONGEST_SOCKET, Cluster, prove_tiles
from layers.errors import Conflict, Unavailable

QUICK = {"fsync": "off"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def home() -> Iterator[Path]:
    """Give an empty home; whatever runs in it at the end of the test is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="bezpeka-cluster-"))
    folder.chmod(0o755)
    yield folder
    if Cluster(folder).status().running:
        Cluster(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def finished(cluster: Cluster) -> Path:
    """Return a finished data folder, of a server that was stopped in order, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="bezpeka-cluster-"))
    folder.chmod(0o755)
    with Cluster(folder, settings=QUICK).running():
        pass
    return folder


@pytest.fixture
def stopped(home: Path, finished: Path) -> Cluster:
    """Return a cluster with data that isn't running: a copy, which costs less than a new one."""
    subprocess.run(["cp", "-a", f"{finished}/.", str(home)], check=True)
    return Cluster(home, settings=QUICK)


@pytest.fixture(scope="module", autouse=True)
def _tidy(finished: Path) -> Iterator[None]:
    yield
    shutil.rmtree(finished, ignore_errors=True)


def _postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def _ask(cluster: Cluster, question: str) -> object:
    with psycopg.connect(cluster.url("owner")) as connection:
        row = connection.execute(question).fetchone()
        assert row is not None
        return row[0]


# --- what it is


def test_it_listens_on_a_private_socket_only(cluster: Cluster) -> None:
    assert _ask(cluster, "SHOW listen_addresses") == ""
    assert cluster.socket.stat().st_mode & 0o777 == 0o700
    assert _ask(cluster, "SELECT count(*) FROM pg_hba_file_rules WHERE type <> 'local'") == 0


def test_it_can_tell_a_damaged_page_and_a_ukrainian_letter(cluster: Cluster) -> None:
    assert _ask(cluster, "SHOW data_checksums") == "on"
    assert _ask(cluster, "SELECT datctype FROM pg_database WHERE datname = 'bezpeka'") == "C.UTF-8"
    assert _ask(cluster, "SELECT upper('ґїє')") == "ҐЇЄ"


def test_what_is_committed_is_on_disk_unless_a_test_says_otherwise(stopped: Cluster) -> None:
    with Cluster(stopped.home).running() as cluster:
        assert (_ask(cluster, "SHOW fsync"), _ask(cluster, "SHOW synchronous_commit")) == ("on", "on")


def test_a_long_home_gets_a_short_socket_that_stays_the_same(home: Path) -> None:
    long = home / ("довга-назва-" * 6)
    cluster = Cluster(long, settings=QUICK)
    assert cluster.socket == Cluster(long).socket
    assert len(os.fsencode(cluster.socket / ".s.PGSQL.5432")) <= LONGEST_SOCKET
    with cluster.running():
        assert _ask(cluster, "SELECT 1") == 1
        assert cluster.socket.stat().st_mode & 0o777 == 0o700
    cluster.socket.rmdir()


# --- who starts it, who stops it


def test_the_last_one_out_stops_it(stopped: Cluster) -> None:
    other = Cluster(stopped.home)
    assert stopped.start() is True
    assert other.start() is False
    assert stopped.release() is False
    assert other.status().running
    assert other.release() is True
    assert not other.status().running


def test_one_that_was_started_to_stay_stays(stopped: Cluster) -> None:
    with stopped.running():
        stopped.keep()
    assert stopped.status().running
    with Cluster(stopped.home).running():
        pass
    assert stopped.status().running
    assert stopped.stop() is True
    assert stopped.stop() is False


def test_it_is_not_stopped_under_somebody_who_uses_it(stopped: Cluster) -> None:
    with stopped.running(), pytest.raises(Conflict, match="in use by another"):
        Cluster(stopped.home).stop()


def test_after_its_user_was_killed_the_next_one_stops_it(stopped: Cluster) -> None:
    script = f"""
import sys, time
from pathlib import Path
from layers.database.cluster import Cluster
Cluster(Path({str(stopped.home)!r})).start()
print("ready", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == "ready\n"
        user.kill()
    assert stopped.status().running
    assert stopped.start() is False
    assert stopped.release() is True


# --- what can be found at the start


def test_a_killed_server_starts_again_with_what_was_committed(stopped: Cluster) -> None:
    with Cluster(stopped.home).running() as cluster:
        with psycopg.connect(cluster.url("owner")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(_postmaster(cluster), signal.SIGKILL)
        _until(lambda: not cluster.status().running)
    with stopped.running():
        assert _ask(stopped, "SELECT answer FROM kept") == 42


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(stopped: Cluster) -> None:
    stale = stopped.data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stopped.data}\n1\n5432\n{stopped.socket}\n\n")
    assert not stopped.status().running
    with stopped.running():
        assert _postmaster(stopped) != os.getpid()


def test_an_interrupted_making_is_set_aside_and_made_anew(home: Path) -> None:
    cluster = Cluster(home, settings=QUICK)
    left = home / "cluster" / "data.making"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("15\n")
    (home / "cluster" / "data").mkdir()
    if os.geteuid() == 0:
        shutil.chown(home / "cluster", "postgres")
    with cluster.running():
        assert _ask(cluster, "SELECT 1") == 1
    aside = sorted(path.name.partition(".interrupted-")[0] for path in (home / "cluster").glob("*.interrupted-*"))
    assert aside == ["data", "data.making"]


def test_damaged_data_are_never_replaced_by_empty_ones(stopped: Cluster) -> None:
    (stopped.data / "global" / "pg_control").unlink()
    with pytest.raises(Unavailable, match=r"damaged.*bezpeka restore"):
        stopped.start()
    assert (stopped.data / "base").is_dir()


def test_data_of_another_version_name_what_to_install(stopped: Cluster) -> None:
    (stopped.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(Unavailable, match=r"written by PostgreSQL 12.*Install postgresql-12-postgis-3"):
        stopped.start()


def test_a_setting_the_server_refuses_is_said_with_the_log(stopped: Cluster) -> None:
    refused = Cluster(stopped.home, settings={"shared_preload_libraries": "'nothing'"})
    with pytest.raises(Unavailable, match=r"does not start.*nothing.*postgres\.log"):
        refused.start()
    assert not refused.status().running


@as_root
def test_a_full_disk_is_called_a_full_disk(home: Path) -> None:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m,mode=755", "tmpfs", str(home)], check=False)
    if mounted.returncode:
        pytest.skip("can't mount here")
    try:
        with pytest.raises(Unavailable, match=r"disk that holds .* is full"):
            Cluster(home, settings=QUICK).start()
    finally:
        subprocess.run(["umount", str(home)], check=True)


@as_root
def test_a_home_that_the_server_cannot_enter_is_refused(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Unavailable, match=rf"user postgres, who can't enter {closed}\. .*--home"):
        Cluster(closed / "home", settings=QUICK).start()


@as_root
def test_another_users_folder_is_refused(home: Path) -> None:
    (home / "cluster").mkdir()
    shutil.chown(home / "cluster", "nobody")
    with pytest.raises(Unavailable, match="belongs to another user"):
        Cluster(home, settings=QUICK).start()


def test_a_home_under_a_file_cannot_be_written(home: Path) -> None:
    (home / "file").write_text("")
    with pytest.raises(Unavailable):
        Cluster(home / "file" / "home", settings=QUICK).start()


# --- which PostgreSQL


def _postgresql(folder: Path, version: int, *, postgis: bytes | None) -> None:
    """Lay out an installation whose programs only tell their version and folders."""
    (folder / "bin").mkdir(parents=True)
    (folder / "extension").mkdir()
    answers = {"postgres": f"postgres (PostgreSQL) {version}.1", "pg_config": str(folder), "initdb": "", "pg_ctl": ""}
    for name, answer in answers.items():
        (folder / "bin" / name).write_text(f"#!/bin/sh\necho '{answer}'\n")
        (folder / "bin" / name).chmod(0o755)
    if postgis is not None:
        (folder / "postgis-3.so").write_bytes(postgis)
        (folder / "extension" / "postgis.control").write_text("")


def test_the_newest_postgresql_with_tiles_is_taken(tmp_path: Path) -> None:
    places = [f"{tmp_path}/*/bin"]
    with pytest.raises(Unavailable, match=r"no PostgreSQL 13 or newer.*apt install postgresql-postgis"):
        find_binaries(places=places)
    _postgresql(tmp_path / "a", 17, postgis=None)
    with pytest.raises(Unavailable, match="PostgreSQL 17 is here, but its PostGIS is not"):
        find_binaries(places=places)
    _postgresql(tmp_path / "b", 16, postgis=b"a library without tiles")
    with pytest.raises(Unavailable, match="PostGIS of PostgreSQL 16 was built without vector tiles"):
        find_binaries(places=places)
    _postgresql(tmp_path / "c", 14, postgis=b"... protobuf_c_message_pack ...")
    _postgresql(tmp_path / "d", 15, postgis=b"... protobuf_c_message_pack ...")
    assert find_binaries(places=places).version == 15
    assert find_binaries(14, places=places).version == 14


def test_the_probe_tells_this_machines_library_from_one_without_tiles() -> None:
    found = find_binaries()
    assert found in list(binaries.installed(binaries.PLACES))


def test_a_database_whose_tiles_fail_is_refused(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE toothless")
        try:
            with psycopg.connect(cluster.url("owner", "toothless"), autocommit=True) as toothless:
                prove_tiles(toothless)
                toothless.execute("ALTER FUNCTION ST_AsMVT(anyelement) RENAME TO gone")
                with pytest.raises(Unavailable, match="makes no vector tiles"):
                    prove_tiles(toothless)
        finally:
            connection.execute("DROP DATABASE toothless")


def _until(condition: object, seconds: float = 10) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
