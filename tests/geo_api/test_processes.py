"""Two server processes on one database: what is withdrawn is gone from both within two seconds."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.geometry import tile_at
from layers.viewer import robot
from tests.incident_rows import add_incident, publish, withdraw

ROOT = Path(__file__).resolve().parents[2]
HERE = (36.7, 49.84)
LOW, HIGH = (f"/tiles/incidents/{z}/{{}}/{{}}.mvt".format(*tile_at(*HERE, z)) for z in (8, 16))
SERVE = "import sys, uvicorn; from geo_api.app import create_app; from geo_api.settings import read_settings; " \
    "uvicorn.run(create_app(read_settings()), fd=int(sys.argv[1]), http='httptools', log_level='warning')"  # fmt: skip


@pytest.fixture
def servers(database_url, tmp_path) -> Iterator[list[str]]:
    """Start two servers on sockets of their own and give their addresses."""
    started, addresses = [], []
    for _ in range(2):
        listener = socket.create_server(("127.0.0.1", 0))
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "BEZPEKA_HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-c", SERVE, str(listener.fileno())]
        started.append(subprocess.Popen(command, env=environment, pass_fds=[listener.fileno()], cwd=ROOT))
        addresses.append(f"http://127.0.0.1:{listener.getsockname()[1]}")
        listener.close()
    try:
        for address in addresses:
            _until(lambda address=address: _status(address + "/healthz") == 200, 60)
        yield addresses
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(20)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _until(true, seconds: float) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


def test_what_is_withdrawn_is_gone_from_every_process_within_two_seconds(servers, database):
    with database.begin(robot("test")) as session:
        made = add_incident(session, at=HERE)
        publish(session)
    pages = [address + path for address in servers for path in (LOW, HIGH, f"/api/incidents/{made}")]
    _until(lambda: all(_status(page) == 200 for page in pages), 10)
    _until(lambda: all(_status(page) == 200 for page in pages), 10)  # from memory now
    with database.begin(robot("test")) as session:
        withdraw(session, made)
    took = _until(lambda: all(_status(page) in (204, 404) for page in pages), 10)
    assert took < 2
