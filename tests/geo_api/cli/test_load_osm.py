"""`bezpeka load osm` as a person or a script runs it, on Monaco."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from geo_api.cli import main
from layers.database.engine import Database
from layers.viewer import PUBLIC

MONACO = Path(__file__).parents[2] / "areas" / "monaco.toml"


@pytest.fixture
def extract(shared_data: Path) -> Path:
    return shared_data / "monaco" / "osm" / "monaco.osm.pbf"


@pytest.fixture(autouse=True)
def monaco(
    monkeypatch: pytest.MonkeyPatch, database_url: str, owner_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", owner_url)
    monkeypatch.setenv("BEZPEKA_AREA", str(MONACO))
    monkeypatch.setenv("BEZPEKA_HOME", str(tmp_path_factory.mktemp("home")))


def streets(database: Database) -> int:
    with database.begin(PUBLIC) as session:
        return int(session.scalar(text("SELECT count(*) FROM roads")) or 0)


def test_a_dry_run_reports_and_writes_nothing(
    extract: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", "osm", str(extract), "--dry-run", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["kinds"]["places"]["school"] == 10
    assert report["dry_run"] is True
    assert report["snap_points"] is None
    assert streets(database) == 0


def test_a_load_and_its_repetition_are_reported_alike_and_change_nothing(
    extract: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", "osm", str(extract), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["restricted"] == 15
    named = sum(map(len, report["skipped"].values()))
    assert report["read"] == report["kept"] + report["restricted"] + report["withheld"] + named + report["passed_over"]
    assert streets(database) == report["tables"]["roads"]["added"] == sum(report["kinds"]["roads"].values())
    assert "surveillance" not in json.dumps(report)
    assert report["snap_points"]["median"] >= 8
    assert report["snap_points"]["points"].keys() == {"street", "place"}
    assert main(["load", "osm", str(extract), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert {table["added"] + table["changed"] + table["removed"] for table in again["tables"].values()} == {0}
    assert again["snap_points"] is None
    with database.begin(PUBLIC) as session:
        assert session.scalar(text("SELECT count(*) FROM snap_lists")) == 1


@pytest.mark.parametrize(("language", "word"), [("uk", "Дороги й вулиці"), ("en", "Roads and streets")])
def test_people_read_a_table(extract: Path, capsys: pytest.CaptureFixture[str], language: str, word: str) -> None:
    assert main(["load", "osm", str(extract), "--lang", language]) == 0
    assert word in capsys.readouterr().out


def test_with_stop_the_first_unusable_object_stops_the_load(extract: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "osm", str(extract), "--on-error", "stop", "--lang", "en"]) == 1
    assert "2 objects can't be used, the first of them is relation/1369191" in capsys.readouterr().err


def test_a_wrong_file_is_one_sentence_and_leaves_the_map(
    tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    before = streets(database)
    (tmp_path / "cut.osm.pbf").write_bytes(b"\0" * 100)
    assert main(["load", "osm", str(tmp_path / "cut.osm.pbf"), "--lang", "en"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert streets(database) == before


def test_an_empty_folder_holds_no_extract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "osm", str(tmp_path), "--lang", "uk"]) == 1
    assert "немає жодної вибірки OpenStreetMap" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("uk", ("Створено публічних точок: ", "Будинків довкола середньої")),
        ("en", ("Public points made: ", "Homes around")),
    ],
)
def test_people_read_how_many_public_points_were_made(
    extract: Path, owner_url: str, capsys: pytest.CaptureFixture[str], language: str, words: tuple[str, str]
) -> None:
    with psycopg.connect(owner_url) as connection:
        connection.execute("TRUNCATE snap_points, snap_lists")
    assert main(["load", "osm", str(extract), "--lang", language]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in words)
