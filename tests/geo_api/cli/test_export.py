"""`bezpeka export`, run as a person runs it, on the demonstration."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pyogrio
import pytest

from geo_api.cli import main
from layers.database.cluster import Cluster

CHUHUIV = "UA63140170000087785"


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(
    cluster: Cluster,
    database_name: str,
    tmp_path_factory: pytest.TempPathFactory,
    demonstration: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    monkeypatch.setenv("DATABASE_URL", cluster.url("app", database_name))
    monkeypatch.setenv("DATABASE_OWNER_URL", cluster.url("owner", database_name))
    monkeypatch.setenv("BEZPEKA_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("BEZPEKA_DEMO", "true")

    def bezpeka(*words: str) -> Done:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["--lang", "en", "export", *words])
        return Done(code, out.getvalue(), err.getvalue())

    return bezpeka


@pytest.fixture(scope="module")
def demonstration(database, area) -> None:
    from datetime import UTC, datetime

    from ingestion.demo import load_demo_incidents
    from layers.units.actions import ensure_units
    from layers.viewer import robot

    with database.begin(robot("test")) as session:
        ensure_units(session, area)
        load_demo_incidents(session, area, now=datetime(2026, 11, 20, 12, tzinfo=UTC), seed=1)


def _published(database) -> int:
    from layers.catalogue import INCIDENTS
    from layers.query import Query
    from layers.reading import select_rows
    from layers.viewer import PUBLIC

    with database.begin(PUBLIC) as session:
        return len(select_rows(session, INCIDENTS.face(PUBLIC), Query()))


@pytest.mark.parametrize("form", ["geojson", "gpkg", "csv", "kml"])
def test_every_format_holds_every_published_record(run: Run, database, form: str, tmp_path: Path) -> None:
    file = tmp_path / f"incidents.{form}"
    done = run("layer", "incidents", "-o", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["count"] == _published(database) > 1000
    assert len(pyogrio.read_dataframe(file)) == _published(database)


def test_a_table_speaks_the_language_and_names_categories_and_units(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "incidents.csv"
    assert run("layer", "incidents", "-o", str(file)).returncode == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert {"Category", "Month", "Longitude", "Note"} <= rows[0].keys()
    assert "Demo data" in rows[0]["Note"]
    assert not any("UA63" in row["Units"] for row in rows)
    assert all(row["Precision of the place"] in ("known to the settlement", "generalised place") for row in rows)


def test_the_public_gets_months_and_staff_get_minutes(run: Run, tmp_path: Path) -> None:
    public, staff = tmp_path / "public.geojson", tmp_path / "staff.geojson"
    assert run("layer", "incidents", "-o", str(public)).returncode == 0
    assert run("layer", "incidents", "--as", "coordinator", "-o", str(staff)).returncode == 0
    assert "happened_at" not in public.read_text("utf-8")
    assert "happened_at" in staff.read_text("utf-8")
    assert "For staff only" in staff.read_text("utf-8")


def test_a_handout_of_one_unit_holds_that_units_records(run: Run, tmp_path: Path) -> None:
    file, table = tmp_path / "map.html", tmp_path / "table.geojson"
    done = run("handout", "--layer", "incidents", "--unit", CHUHUIV, "-o", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert run("layer", "incidents", "--unit", CHUHUIV, "-o", str(table)).returncode == 0
    assert json.loads(done.stdout)["count"] == len(json.loads(table.read_text("utf-8"))["features"]) > 0
    page = file.read_text("utf-8")
    assert file.stat().st_size < 3_500_000
    assert "Demo data" in page
    assert "Approximate boundaries" in page


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("svg", b"<svg"), ("png", b"\x89PNG")])
def test_a_map_is_drawn_in_each_format(run: Run, form: str, begins: bytes, tmp_path: Path) -> None:
    file = tmp_path / f"map.{form}"
    done = run("map", "-o", str(file))
    assert done.returncode == 0, done.stderr
    assert file.read_bytes().startswith(begins)


def test_nothing_found_is_a_valid_file_and_a_sentence(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "nothing.gpkg"
    done = run("layer", "incidents", "--from", "1999-01", "--to", "1999-02", "-o", str(file))
    assert done.returncode == 0
    assert "Nothing matches" in done.stdout
    assert len(pyogrio.read_dataframe(file)) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("layer", "moon", "-o", "x.csv"), "There is no layer “moon”; known are landuse, water"),
        (("layer", "incidents", "-o", "x.shp"), "There is no format “shp”; known are geojson, gpkg, csv, kml"),
        (("layer", "incidents", "-o", "x.csv", "--as", "king"), "There is no role “king”; known are resident"),
        (("layer", "incidents", "-o", "x.csv", "--as", "officer"), "add --territory CODE"),
        (("handout", "--unit", "UA00", "-o", "x.html"), "There is no unit “UA00”; for example: UA63"),
        (("map", "--paper", "letter", "-o", "x.pdf"), "There is no paper “letter”; known are a4, a3"),
        (("layer", "incidents", "-o", "no/such/x.csv"), "There is no folder"),
        (("layer", "incidents", "--bbox", "1,2", "-o", "x.csv"), "four numbers"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(
    run: Run, words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    here = [str(tmp_path / word) if word.startswith(("x.", "no/")) else word for word in words]
    done = run(*here)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_is_in_ukrainian_too(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--lang", "uk", "export", "--help"])
    assert "Записати шар як GeoJSON" in capsys.readouterr().out
