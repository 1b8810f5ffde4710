"""A data folder is loaded once, and again when a file changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ingestion.folder import Kind, Report, changed, load_source
from layers.area import Area
from layers.database.engine import Database
from layers.errors import BadInput


def _count_bytes(_database: Database, _area: Area, path: Path, report: Report) -> Mapping[str, Any]:
    """Load nothing, but read what it is given, as a loader would."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    report(len(files), len(files))
    return {"bytes": sum(file.stat().st_size for file in files)}


KINDS = (Kind("boundaries", _count_bytes), Kind("incidents", _count_bytes, endings=(".csv", ".xlsx")))


def _names(database: Database, folder: Path) -> list[str]:
    return [source.name for source in changed(database, folder, KINDS)]


def _load(database: Database, area: Area, folder: Path) -> None:
    for source in changed(database, folder, KINDS):
        load_source(database, area, source, lambda done, total: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one layer of boundaries in two files and two files of incidents, named after the test."""
    for name in ("boundaries/limits.shp", "boundaries/limits.dbf", "incidents/2019.csv", "incidents/more/2020.XLSX"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{tmp_path.name} {name}")
    return tmp_path


def test_files_that_belong_together_are_one_source_and_tables_are_each_their_own(
    database: Database, folder: Path
) -> None:
    assert _names(database, folder) == ["boundaries", "incidents/2019.csv", "incidents/more/2020.XLSX"]


def test_what_was_loaded_is_not_loaded_again(database: Database, area: Area, folder: Path) -> None:
    _load(database, area, folder)
    assert _names(database, folder) == []


def test_only_what_changed_is_loaded_again(database: Database, area: Area, folder: Path) -> None:
    _load(database, area, folder)
    (folder / "boundaries" / "limits.dbf").write_text("other names")
    assert _names(database, folder) == ["boundaries"]
    (folder / "incidents" / "2019.csv").write_text("more rows")
    assert _names(database, folder) == ["boundaries", "incidents/2019.csv"]


def test_a_change_of_how_columns_are_read_counts_as_a_change(database: Database, area: Area, folder: Path) -> None:
    _load(database, area, folder)
    (folder / "incidents" / "2019.toml").write_text("[columns]")
    assert _names(database, folder) == ["incidents/2019.csv"]


def test_a_moved_folder_is_still_known(database: Database, area: Area, folder: Path) -> None:
    _load(database, area, folder)
    moved = folder.with_name(f"{folder.name}-moved")
    folder.rename(moved)
    assert _names(database, moved) == []


def test_rejects_of_an_earlier_load_are_not_input(database: Database, area: Area, folder: Path) -> None:
    _load(database, area, folder)
    for name in ("2019.rejects.csv", "2019.rejects-2.csv", ".2019.csv"):
        (folder / "incidents" / name).write_text("row,reason")
    assert [name for name in _names(database, folder) if "reject" in name or "/." in name] == []


def test_a_load_that_failed_is_tried_again(database: Database, area: Area, folder: Path) -> None:
    def fail(_database: Database, _area: Area, path: Path, _report: Report) -> Mapping[str, Any]:
        raise BadInput("No.")

    source = next(source for source in changed(database, folder, (Kind("boundaries", fail),)))
    with pytest.raises(BadInput):
        load_source(database, area, source, lambda done, total: None)
    assert "boundaries" in _names(database, folder)


def test_a_folder_with_nothing_to_load_says_what_it_could_hold(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="needs any of boundaries/, incidents/"):
        changed(database, tmp_path, KINDS)
    with pytest.raises(BadInput, match="There is no folder"):
        changed(database, tmp_path / "nowhere", KINDS)
