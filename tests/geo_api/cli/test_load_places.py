"""`bezpeka load places` and folders of incidents, as a person or a script runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from geo_api.cli import main
from layers.database.engine import Database
from layers.viewer import PUBLIC

HEAD = "Вид;Назва;Широта;Довгота\n"
SHELTER = HEAD + "Укриття;Підвал ліцею;49,8352;36,6866\n"


@pytest.fixture(autouse=True)
def home(
    monkeypatch: pytest.MonkeyPatch, database_url: str, owner_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", owner_url)
    monkeypatch.setenv("BEZPEKA_HOME", str(tmp_path_factory.mktemp("home")))


def places(database: Database) -> list[tuple[str, str]]:
    with database.begin(PUBLIC) as session:
        return [tuple(row) for row in session.execute(text("SELECT kind, source FROM places ORDER BY source"))]


def test_a_dry_run_counts_and_writes_nothing(
    tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.csv").write_text(SHELTER, "utf-8")
    assert main(["load", "places", str(tmp_path / "own.csv"), "--dry-run", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["placed"], report["kinds"], report["dry_run"]) == (1, {"shelter": 1}, True)
    assert places(database) == []


def test_each_file_of_a_folder_is_a_source_of_its_own(
    tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.csv").write_text(SHELTER, "utf-8")
    (tmp_path / "two.csv").write_text(SHELTER, "utf-8")
    assert main(["load", "places", str(tmp_path), "--json"]) == 0
    assert [each["source"] for each in json.loads(capsys.readouterr().out)["files"]] == ["one", "two"]
    assert places(database) == [("shelter", "one"), ("shelter", "two")]
    assert main(["load", "places", str(tmp_path), "--source", "Рада"]) == 1


def test_a_folder_of_incidents_is_loaded_file_by_file(
    tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "Дата;Широта;Довгота;Категорія\n"
    for number in (1, 2):
        (tmp_path / f"{number}.csv").write_text(f"{head}1{number}.05.2026;49,8352;36,6866;Крадіжка\n", "utf-8")
    assert main(["load", "incidents", str(tmp_path), "--json"]) == 0
    assert [each["landed"] for each in json.loads(capsys.readouterr().out)["files"]] == [1, 1]


def test_a_folder_without_tables_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "incidents", str(tmp_path), "--lang", "en"]) == 1
    assert "no file that can be loaded" in capsys.readouterr().err
