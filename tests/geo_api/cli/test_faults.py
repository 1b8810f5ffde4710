"""Killed while residents report: nothing that was acknowledged is lost, and nothing is there twice."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import psycopg
import pytest

from benchmarks.submitting import Phone
from layers.database.cluster import Cluster
from tests.geo_api.cli.processes import Up, health, home_to_be, until, worker_of

RATE = 30  # reports a second
KILLS = 10  # of each
PATIENCE = 120  # seconds for which one phone goes on trying


class Residents:
    """Reports at a steady rate; each is sent again, under its own key, until it is acknowledged."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.receipts: dict[str, str] = {}
        self.tries = 0
        self._over = threading.Event()
        self._mine = threading.local()
        self._pool = ThreadPoolExecutor(60)
        self._clock = threading.Thread(target=self._tick)
        self._clock.start()

    def stop(self) -> int:
        """Report no more, wait for what is under way, and return how many there were."""
        self._over.set()
        self._clock.join()
        self._pool.shutdown(wait=True)
        return self.sent

    def _tick(self) -> None:
        self.sent, began = 0, time.monotonic()
        while not self._over.wait(max(0.0, began + self.sent / RATE - time.monotonic())):
            self._pool.submit(self._report, f"report-{self.sent}")
            self.sent += 1

    def _report(self, key: str) -> None:
        random, end = Random(key), time.monotonic() + PATIENCE
        words = {
            "category": "lighting", "words": f"Не світить ліхтар {key}", "key": key, "device": key,
            "lon": f"{random.uniform(36.6, 37.4):.6f}", "lat": f"{random.uniform(49.6, 50.4):.6f}",
        }  # fmt: skip
        while time.monotonic() < end:
            phone: Phone = self._mine.__dict__.setdefault("phone", Phone(self.port))
            self.tries += 1
            try:
                status, answer = phone.report(words, None)
            except (OSError, http.client.HTTPException, json.JSONDecodeError, KeyError):
                status, answer = 0, {}
            if status in (200, 201):
                self.receipts[key] = answer["receipt"]
                return
            phone.close()
            del self._mine.phone
            time.sleep(0.2)


@pytest.fixture
def home() -> Iterator[Path]:
    with home_to_be() as home:
        yield home


def is_well(address: str) -> bool:
    with contextlib.suppress(OSError):
        return all(health(address).values())
    return False


@pytest.mark.slow
def test_no_acknowledged_report_is_lost_or_doubled_whoever_is_killed(home: Path) -> None:
    def start(port: int = 0) -> Up:
        made = Up(home, "--port", str(port), BEZPEKA_REPORTS_PER_HOUR="1000000")
        # Read what it complains of: a full pipe would hold it up.
        threading.Thread(target=made.process.stderr.read, daemon=True).start()  # type: ignore[union-attr]
        return made

    up = start()
    address = up.wait_until_ready()
    port = int(urlsplit(address).port or 0)

    def server() -> None:
        nonlocal up
        up.process.kill()
        up.process.wait()
        up = start(port)
        up.wait_until_ready()

    def worker() -> None:
        until(lambda: worker_of(home))
        if found := worker_of(home):  # never 0: that would be everybody of our own group
            os.kill(found, signal.SIGKILL)

    def postgres() -> None:
        os.kill(int((Cluster(home).data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    until(lambda: is_well(address))
    residents, random = Residents(port), Random(1)
    victims: list[Callable[[], None]] = [server, worker, postgres] * KILLS
    random.shuffle(victims)
    for kill in victims:
        time.sleep(random.uniform(0.3, 2.0))
        kill()
        until(lambda: is_well(address), 60)  # and everything is there again
    sent = residents.stop()
    assert len(residents.receipts) == sent
    assert len(set(residents.receipts.values())) == sent
    with psycopg.connect(Cluster(home).url("owner")) as connection:
        [(there, different)] = connection.execute(
            "SELECT count(*), count(DISTINCT original) FROM problem_words"
        ).fetchall()
        [(reports,)] = connection.execute("SELECT count(*) FROM problems").fetchall()
    assert (there, different, reports) == (sent, sent, sent)
    print(f"{len(victims)} kills, {sent} reports, {residents.tries} tries")  # noqa: T201 (the figures are the proof)
    up.process.terminate()
    assert up.process.wait(60) == 0
