"""`bezpeka area` and `bezpeka load boundaries`, run as a person runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo_api.cli.area import _telling
from layers.database.cluster import Cluster
from tests.ingestion.test_overpass import serving
from tests.layers.units.towns import square, town

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(cluster: Cluster, new_database: Callable[[], str], tmp_path: Path) -> Run:
    """Give `bezpeka` on a database of its own, about the three squares."""
    area = town(tmp_path)
    name = new_database()
    environment = os.environ | {
        "DATABASE_URL": cluster.url("app", name),
        "DATABASE_OWNER_URL": cluster.url("owner", name),
        "BEZPEKA_HOME": str(tmp_path / "home"),
        "BEZPEKA_AREA": str(area.profile),
        "BEZPEKA_OVERPASS_URL": "http://127.0.0.1:9/api",
    }

    def bezpeka(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "geo_api", *words]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment | more, timeout=120)

    return bezpeka


def squares(file: Path, **shapes: shapely.Geometry) -> Path:
    features = [
        {"type": "Feature", "properties": {"katottg": code}, "geometry": json.loads(shapely.to_geojson(shape))}
        for code, shape in shapes.items()
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return file


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_boundaries_are_loaded_checked_and_shown(run: Run, tmp_path: Path) -> None:
    rough = run("area", "check", "--json")
    assert rough.returncode == 1
    failures = [(row["check"], row["unit"]) for row in answer(rough) if not row["ok"]]
    assert failures
    assert {check for check, _ in failures} == {"area"}

    whole = shapely.box(36.0, 50.0, 36.3, 50.1)
    file = squares(tmp_path / "h.geojson", A=square(36.0), B=square(36.1), C=square(36.2), R=whole, Z=square(36.0))
    tried = run("load", "boundaries", str(file), "--dry-run", "--json")
    assert (answer(tried)["dry_run"], answer(tried)["snap_points"]) == (True, None)
    assert run("area", "check", "--json").returncode == 1

    loaded = run("load", "boundaries", str(file), "--json", "--lang", "uk")
    report = answer(loaded)
    assert (loaded.returncode, report["read"], report["joined"]) == (0, 5, 4)
    assert report["snap_points"]["points"] == {"hromada": 3}
    assert report["rejected"] == ["h.geojson, 5: На цій території немає одиниці з кодом Z."]
    good = run("area", "check", "--json")
    assert (good.returncode, [row for row in answer(good) if not row["ok"]]) == (0, [])
    assert set(answer(good)[0]) == {"check", "system", "unit", "name", "expected", "found", "ok"}

    shown = answer(run("area", "show", "--json"))
    assert {row["system"]: row["approximate"] for row in shown["units"]}["hromadas"] == 0


def test_a_system_of_many_approximate_units_is_one_line_to_people_and_all_of_them_to_programs() -> None:
    rows = [{"check": "present", "system": "settlements", "ok": True}]
    rows += [{"check": "limits", "system": "settlements", "ok": True}] * 13
    rows += [{"check": "limits", "system": "hromadas", "ok": True}] * 9
    rows += [{"check": "limits", "system": "settlements", "ok": False}]
    assert [row["system"] for row in _telling(rows)] == ["settlements", *["hromadas"] * 9, "settlements"]


def test_people_read_sentences_in_their_language(run: Run, tmp_path: Path) -> None:
    file = squares(tmp_path / "h.geojson", A=square(36.0), Z=square(36.1))
    spoken = run("load", "boundaries", str(file), "--lang", "uk")
    assert "На цій території немає одиниці з кодом Z." in spoken.stdout
    stopped = run("load", "boundaries", str(file), "--on-error", "stop", "--lang", "uk")
    assert stopped.returncode == 1
    assert stopped.stderr == ("h.geojson, обʼєкт 2: На цій території немає одиниці з кодом Z. Нічого не завантажено.\n")
    assert "до повномасштабного вторгнення" in run("area", "show", "--lang", "uk").stdout


def test_a_territory_of_active_hostilities_is_closed_with_a_reason(run: Run) -> None:
    run("area", "show")
    closed = run("area", "security", "A", "active", "--reason", "order 1", "--json")
    assert answer(closed) == {"code": "A", "security": "active", "version": 2}
    unknown = run("area", "security", "Z", "active", "--reason", "order 1", "--lang", "en")
    assert (unknown.returncode, unknown.stderr) == (1, "There is no unit with the code Z.\n")
    assert run("area", "security", "A", "none").returncode == 2  # no reason given


def test_without_network_the_map_keeps_approximate_units(run: Run) -> None:
    # Our town has no relations and no tag that OpenStreetMap knows.
    done = run("load", "boundaries", "--lang", "en")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "No unit of this area has an OpenStreetMap relation" in done.stderr
    assert {row["system"]: row["approximate"] for row in answer(run("area", "show", "--json"))["units"]}[
        "hromadas"
    ] == 3


def test_boundaries_are_downloaded_from_openstreetmap_and_remembered(run: Run, tmp_path: Path) -> None:
    profile = tmp_path / "area.toml"
    profile.write_text(profile.read_text("utf-8").replace('["katottg"]', '["katottg", "katotth"]'), "utf-8")
    with serving() as server:
        for _ in range(2):
            report = answer(run("load", "boundaries", "--from-osm", "--json", BEZPEKA_OVERPASS_URL=server.url))
            assert (report["by_system"], report["rejected"]) == ({"hromadas": 2}, [])
    assert len(server.queries) == 1  # three systems ask the same, and the second time nobody asks
    assert len(list((tmp_path / "home" / "cache" / "overpass").glob("*.json"))) == 1
    # Nobody answers: one sentence, and what was loaded stays.
    failed = run("load", "boundaries", "--fresh", "--lang", "en", BEZPEKA_OVERPASS_URL="ftp://nowhere")
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1)
    assert "must begin with https://" in failed.stderr
    shown = answer(run("area", "show", "--json"))["units"]
    assert {row["system"]: row["approximate"] for row in shown}["hromadas"] == 1


def test_a_path_and_a_download_at_once_are_refused(run: Run, tmp_path: Path) -> None:
    done = run("load", "boundaries", str(tmp_path), "--from-osm", "--lang", "en")
    assert (done.returncode, done.stderr) == (1, "Give a path or --from-osm, not both.\n")
