"""`bezpeka up` as people meet it: a real process, from nothing to a served address, and every way it can end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from layers.database.cluster import Cluster
from tests.geo_api.cli.processes import (
    NOTHING,
    ROOT,
    Up,
    bezpeka,
    health,
    home_to_be,
    processes,
    until,
    worker_of,
)


@pytest.fixture
def empty() -> Iterator[Path]:
    with home_to_be() as home:
        yield home


@pytest.fixture(scope="module")
def filled() -> Iterator[Path]:
    """Give a home that was started before and is stopped now; each test leaves it so."""
    folder = Path(tempfile.mkdtemp(prefix="bezpeka-up-"))
    folder.chmod(0o755)
    up = Up(folder / "home")
    up.wait_until_ready()
    assert up.end() == (0, "", "The units of Tiny are made.\n")
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(filled: Path) -> Iterator[Path]:
    yield filled
    for process in processes(filled):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


# --- it starts


def test_from_nothing_to_a_healthy_address_and_back_to_nothing(empty: Path) -> None:
    up = Up(empty)
    address = up.wait_until_ready()
    assert health(address)["database"]
    until(lambda: health(address)["worker"])
    assert up.end()[:2] == (0, "")
    assert processes(empty) == {}
    with pytest.raises(urllib.error.URLError):
        health(address)


def test_a_second_start_is_ready_within_three_seconds(home: Path) -> None:
    if os.getloadavg()[0] > (os.cpu_count() or 1) + 1:
        pytest.skip("the machine is busy with something else: seconds say nothing now")
    took = []
    for _ in range(3):
        up = Up(home)
        up.wait_until_ready()
        took.append(time.monotonic() - up.began)
        assert up.end() == (0, "", "")
    assert min(took) < 3, took


def test_a_start_with_nothing_new_imports_no_loader() -> None:
    script = (
        "import sys, geo_api.app, geo_api.server, geo_api.cli.up, geo_api.loading, layers.privacy.actions\n"
        "heavy = 'geopandas pandas numpy shapely scipy folium osmium alembic'\n"
        "print([each for each in heavy.split() if each in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == "[]\n"


# --- it ends


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_stops_all_that_it_started(home: Path, how: int) -> None:
    up = Up(home)
    up.wait_until_ready()
    until(lambda: worker_of(home))
    assert up.end(how) == (0, "", "")
    assert processes(home) == {}


@pytest.mark.parametrize("seconds", [0.4, 1.0, pytest.param(1.6, marks=pytest.mark.slow)])
def test_told_to_stop_while_it_starts_it_leaves_nothing_and_starts_again(empty: Path, seconds: float) -> None:
    up = Up(empty)
    time.sleep(seconds)
    os.killpg(up.process.pid, signal.SIGINT)
    code, output, errors = up.end(NOTHING)
    assert (code in (0, 1, -signal.SIGINT), output, "Traceback" in errors) == (True, "", False)
    until(lambda: processes(empty) == {})
    again = Up(empty)
    again.wait_until_ready()
    assert again.end()[0] == 0


def test_killed_it_takes_its_worker_along_and_the_next_start_clears_up(home: Path) -> None:
    up = Up(home)
    up.wait_until_ready()
    until(lambda: worker_of(home))
    up.end(signal.SIGKILL)
    until(lambda: not worker_of(home))
    assert Cluster(home).status().running
    again = Up(home)
    again.wait_until_ready()
    assert again.end() == (0, "", "")
    assert processes(home) == {}


@pytest.mark.slow
def test_killed_at_any_moment_of_the_first_start_it_starts_again(empty: Path) -> None:
    for tenths in range(3, 30, 3):
        up = Up(empty)
        time.sleep(tenths / 10)
        up.end(signal.SIGKILL)
    up = Up(empty)
    assert health(up.wait_until_ready())["migrations"]
    assert up.end()[0] == 0


def test_a_worker_that_died_is_replaced(home: Path) -> None:
    up = Up(home)
    address = up.wait_until_ready()
    until(lambda: worker_of(home))
    first = worker_of(home)
    os.kill(first, signal.SIGKILL)
    until(lambda: worker_of(home) not in (0, first))
    assert health(address)["database"]
    code, output, errors = up.end()
    assert (code, output) == (0, "")
    assert "the worker ended with -9" in errors


# --- what was there before stays


def test_a_database_that_was_started_to_stay_is_left_running(home: Path) -> None:
    assert bezpeka(home, "db", "start").returncode == 0
    up = Up(home)
    up.wait_until_ready()
    assert up.end()[0] == 0
    assert Cluster(home).status().running
    assert bezpeka(home, "db", "stop").returncode == 0
    assert not Cluster(home).status().running


def test_a_database_in_use_is_not_stopped_by_the_command(home: Path) -> None:
    up = Up(home)
    up.wait_until_ready()
    refused = bezpeka(home, "db", "stop")
    assert (refused.returncode, "in use by another" in refused.stderr) == (1, True)
    assert up.end()[0] == 0


def test_a_taken_port_is_said_and_nothing_is_started(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = bezpeka(home, "up", "--port", str(port))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"Port {port} is taken by another program. Choose another: --port 0 takes a free one.\n"
    assert processes(home) == {}


def test_a_home_of_another_area_is_refused(home: Path) -> None:
    refused = bezpeka(home, "up", "--area", str(ROOT / "tests" / "areas" / "monaco.toml"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"{home} holds tiny; it can't take monaco as well. Choose another --home.\n"


# --- a database elsewhere


def test_any_postgis_server_can_take_the_place_of_the_private_one(
    empty: Path, cluster: Cluster, new_database: Callable[[], str]
) -> None:
    name = new_database()
    up = Up(empty, DATABASE_URL=cluster.url("app", name), DATABASE_OWNER_URL=cluster.url("owner", name))
    address = up.wait_until_ready()
    until(lambda: health(address)["worker"])
    assert up.end()[0] == 0
    assert not (empty / "cluster").exists()
    with psycopg.connect(cluster.url("owner", name)) as connection:
        lists = connection.execute("SELECT counts FROM snap_lists").fetchall()
    assert [list(counts) for (counts,) in lists] == [["cell"]]
    other = Up(empty.with_name("other"), "--demo", DATABASE_URL=cluster.url("app", name))
    code, output, errors = other.end(NOTHING)
    assert (code, output) == (1, "")
    assert errors == "This database holds tiny; it can't take tiny (demo) as well. One database is one area.\n"


def test_a_database_elsewhere_that_is_not_migrated_says_how(empty: Path, cluster: Cluster) -> None:
    up = Up(empty, DATABASE_URL=cluster.url("owner", "postgres"))
    assert up.end(NOTHING) == (
        1, "", "The database is of another version. Set DATABASE_OWNER_URL and run: bezpeka migrate\n"
    )  # fmt: skip


def test_a_database_elsewhere_that_does_not_answer_is_said(empty: Path) -> None:
    up = Up(empty, DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    code, _, errors = up.end(NOTHING)
    assert (code, "The database can't be reached" in errors, "Traceback" in errors) == (1, True, False)
