"""Residents report and read: 30 reports a second for a minute, a photo in every fifth, and 100 readers on the map."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.contenders import Server, ours
from benchmarks.rows import Row
from benchmarks.submitting import Phone
from geo_api.later import AFTER_SECONDS
from geo_api.settings import profile_path, read_settings
from ingestion.demo import load_demo_incidents
from layers.area import Area, load_profile
from layers.database.cluster import Cluster
from layers.database.engine import Database
from layers.database.migrate import migrate
from layers.files.images import clean
from layers.geometry import tile_at
from layers.privacy.actions import ensure_snap_points
from layers.units.actions import ensure_units
from layers.units.store import all_units
from layers.viewer import robot

TITLE = "Reports under load: 30 a second for 60 s, a photo in every fifth, 100 readers"

ROOT = Path(__file__).resolve().parents[1]
RATE, SECONDS, READERS, PAUSE = 30, 60, 100, 10.0
SUBMIT_MS, READ_MS, PHOTO_MS = 600, 300, 1000  # what is asked of the 95th percentile, and of one 12-megapixel photo
PHONE_PIXELS, SHOT_PIXELS = (1632, 1224), (4032, 3024)  # 2 megapixels as the phone sends them, 12 as it takes them


def run(quick: bool) -> list[Row]:
    """Let everybody report and read, then count what is in the database against what was acknowledged."""
    seconds = 5 if quick else SECONDS
    with _town() as (url, home, places):
        with ours(url, home, cache_mb=64) as server:
            outcome = _crowd(server, home, places, seconds)
        rows = _landed(url)
    submitted = round(RATE * seconds)
    photo_ms = _one_photo()
    return [
        Row("reports, p95", _p95(outcome["submit_ms"]), "ms", "at most", SUBMIT_MS, 1.0, lower=True),
        Row("reading, p95", _p95(outcome["read_ms"]), "ms", "at most", READ_MS, 1.0, lower=True),
        Row("a 12-megapixel photo cleaned", photo_ms, "ms", "at most", PHOTO_MS, 1.0, lower=True),
        Row("reports acknowledged", len(outcome["acknowledged"]), "", "sent", submitted, 1.0),
        Row("reports in the database", rows, "", "acknowledged", len(outcome["acknowledged"]), 1.0),
        Row("readings", len(outcome["read_ms"]) / seconds, "/s"),
        Row("the load generator took, of the machine", 100 * outcome["processor"] / (os.cpu_count() or 1), "%"),
        Row("load of the machine, one minute", os.getloadavg()[0], "processes"),
    ]


def _crowd(server: Server, home: Path, places: Sequence[Sequence[float]], seconds: float) -> dict[str, Any]:
    photo = home / "phone.jpg"
    photo.write_bytes(shot(PHONE_PIXELS))
    views = [_view(*place) for place in places[:40]]
    orders = {
        "port": server.port, "seconds": seconds, "rate": RATE, "at_once": 40, "readers": READERS, "pause": PAUSE,
        "places": places, "views": views, "photo": str(photo),
    }  # fmt: skip
    _wake(server, views[0])
    command = [sys.executable, "-m", "benchmarks.submitting"]
    done = subprocess.run(command, input=json.dumps(orders), capture_output=True, text=True, check=True, cwd=ROOT)
    outcome: dict[str, Any] = json.loads(done.stdout)
    wrong = {status: n for status, n in outcome["statuses"].items() if status.split()[1] not in ("200", "201", "204")}
    if wrong:
        raise RuntimeError(f"not everything was answered: {wrong}")
    return outcome


def _wake(server: Server, view: Sequence[str]) -> None:
    """Ask for each kind of thing once: a server that has been up for a while has its modules and dictionaries."""
    time.sleep(AFTER_SECONDS)
    phone = Phone(server.port)
    for path in view:
        phone.get(path)
    phone.report({"category": "lighting", "key": "first"}, None)  # no place and no words: refused, and nothing is kept
    phone.close()


def _view(lon: float, lat: float) -> list[str]:
    """Return what a reader's browser asks when the map is moved there: the list, and the tiles of the screen."""
    x, y = tile_at(lon, lat, 13)
    tiles = [f"/tiles/{layer}/13/{x + dx}/{y}.mvt" for layer in ("problems", "incidents") for dx in (0, 1)]
    return [f"/api/problems?bbox={lon - 0.05:.4f},{lat - 0.03:.4f},{lon + 0.05:.4f},{lat + 0.03:.4f}&limit=25", *tiles]


def _p95(times: Sequence[float]) -> float:
    return float(np.percentile(times, 95))


def shot(size: tuple[int, int]) -> bytes:
    """Return a photo as a camera would take it: gradients, shapes and noise, about as large a JPEG as a real one."""
    random = np.random.default_rng(1)
    width, height = size
    x, y = np.meshgrid(np.linspace(0, 6, width), np.linspace(0, 4, height))
    base = 128 + 90 * np.sin(x * y) * np.cos(x - y)
    pixels = np.stack([base, np.roll(base, 97, 1), np.roll(base, 31, 0)], axis=-1) + random.normal(0, 6, (*x.shape, 3))
    content = BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype("uint8")).save(content, "JPEG", quality=85)
    return content.getvalue()


def _one_photo() -> float:
    content = shot(SHOT_PIXELS)
    clean(content)
    began = time.perf_counter()
    clean(content)
    return 1000 * (time.perf_counter() - began)


def _landed(url: str) -> int:
    from sqlalchemy import text

    database = Database(url)
    with database.begin(robot("benchmark")) as session:
        count = int(session.scalar(text("SELECT count(*) FROM problems")) or 0)
    database.close()
    return count


@contextmanager
def _town() -> Iterator[tuple[str, Path, list[tuple[float, float]]]]:
    """Give a private PostGIS of the default area with its demonstration's incidents, and places where people live."""
    home = Path(tempfile.mkdtemp(prefix="bezpeka-benchmark-"))
    home.chmod(0o755)
    try:
        with Cluster(home).running() as cluster:
            migrate(cluster.url("owner"))
            area = load_profile(profile_path(read_settings()).resolve())
            yield cluster.url("app"), home, _fill(cluster.url("app"), area)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _fill(url: str, area: Area) -> list[tuple[float, float]]:
    now = datetime.now(UTC)
    database = Database(url)
    with database.begin(robot("benchmark")) as session:
        ensure_units(session, area)
        load_demo_incidents(session, area, now=now, seed=1)
        ensure_snap_points(session, area, now=now)
        units = all_units(session)
    database.close()
    return [(unit["lon"], unit["lat"]) for unit in units if unit["system"] == "settlements" and unit["lon"]]
