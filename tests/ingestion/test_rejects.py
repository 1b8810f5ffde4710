"""Rows that were not taken are kept whole, with a reason, and can do no harm."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ingestion.rejects import Fault, Rejects, safe
from layers.errors import Unavailable

FAULT = Fault("Дата", "“{text}” is not a date.", {"text": "учора"})


def read(path: Path | None) -> list[list[str]]:
    assert path is not None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def reject(folder: Path, *rows: list[str], spare: Path | None = None) -> Path | None:
    with Rejects(folder / "events.csv", ["Дата", "", "Опис"], (folder, spare or folder), str) as rejects:
        for number, row in enumerate(rows, start=2):
            rejects.add(number, row, FAULT)
    return rejects.path


def test_a_row_is_kept_with_its_number_column_and_reason(tmp_path: Path) -> None:
    assert read(reject(tmp_path, ["учора", "1"])) == [
        ["row", "column", "reason", "Дата", "#2", "Опис"],
        ["2", "Дата", "“учора” is not a date.", "учора", "1"],
    ]


def test_without_a_bad_row_there_is_no_file(tmp_path: Path) -> None:
    assert reject(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cell", ["=1+1", "+380", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(cell: str) -> None:
    shown = safe(cell)
    assert shown == cell if cell == "+380" else shown == f"'{cell}"


@pytest.mark.parametrize("cell", ["-0.106453", "-0,1", "Крадіжка", "", "12"])
def test_a_plain_number_or_word_stays_as_it_is(cell: str) -> None:
    assert safe(cell) == cell


def test_an_earlier_file_is_not_overwritten_and_an_equal_one_is_not_repeated(tmp_path: Path) -> None:
    first = reject(tmp_path, ["a"])
    again = reject(tmp_path, ["a"])
    other = reject(tmp_path, ["b"])
    assert first == again == tmp_path / "events.rejects.csv"
    assert other == tmp_path / "events.rejects-2.csv"


def test_where_the_inputs_folder_cannot_be_written_the_home_takes_the_file(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert reject(blocked, ["a"], spare=tmp_path / "home") == tmp_path / "home" / "events.rejects.csv"
    with pytest.raises(Unavailable, match="can't be written"):
        reject(blocked, ["a"])


def test_a_load_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError),
        Rejects(tmp_path / "events.csv", ["Дата"], (tmp_path,), str) as rejects,
    ):
        rejects.add(2, ["x"], FAULT)
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
