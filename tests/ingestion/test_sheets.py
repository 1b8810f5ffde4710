"""Tables as people send them: every dialect of CSV, every habit of Excel, and files that are not what they say."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from ingestion import workbooks
from ingestion.columns import recognise
from ingestion.sheets import Sheet, open_sheet
from ingestion.workbooks import UNCALCULATED
from layers.errors import BadInput

ROWS = "Дата;Широта;Довгота;Категорія\n23.11.2026 14:05;49,8352;36,6866;Крадіжка\n"


def write(folder: Path, content: str | bytes, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def rows(sheet: Sheet) -> list[tuple[int, list[str]]]:
    return [pair for chunk in sheet.chunks() for pair in zip(chunk.numbers, chunk.rows, strict=True)]


def book(folder: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, content in sheets:
        page = made.create_sheet(title)
        for row in content:
            page.append(row)
    path = folder / "events.xlsx"
    made.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_every_usual_encoding_and_separator_gives_the_same_rows(tmp_path: Path, encoding: str, separator: str) -> None:
    sheet = open_sheet(write(tmp_path, ROWS.replace(";", separator).encode(encoding)), recognise)
    assert sheet.headings == ["Дата", "Широта", "Довгота", "Категорія"]
    assert rows(sheet) == [(2, ["23.11.2026 14:05", "49,8352", "36,6866", "Крадіжка"])]


def test_a_comma_separates_when_the_decimals_have_points(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path, 'date,lat,lon,type\n2026-11-23,49.8,36.7,"theft, petty"\n'), recognise)
    assert sheet.detail["separator"] == ","
    assert rows(sheet)[0][1][3] == "theft, petty"


def test_one_broken_letter_does_not_turn_a_file_into_another_encoding(tmp_path: Path) -> None:
    content = (ROWS * 20).encode().replace("Крадіжка".encode(), b"\xff" + "радіжка".encode(), 1)
    sheet = open_sheet(write(tmp_path, content), recognise)
    assert sheet.detail["encoding"] == "utf-8-sig"
    assert sheet.broken
    assert [notice.values for notice in sheet.notices] == [{"count": 1}]


def test_row_numbers_are_those_a_spreadsheet_shows(tmp_path: Path) -> None:
    text = 'date;lat;lon;note\n2026-11-01;1;2;"two\nlines"\n\n;;;\n2026-11-02;3;4;x\n'
    assert [number for number, _ in rows(open_sheet(write(tmp_path, text), recognise))] == [2, 5]


def test_a_title_over_the_table_is_not_its_headings(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path, "Події за листопад;;;\n;;;\n" + ROWS), recognise)
    assert sheet.headings[0] == "Дата"
    assert [number for number, _ in rows(sheet)] == [4]


def test_repeated_headings_are_told_apart(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path, "Дата;Дата;Широта;Довгота\n1;2;3;4\n"), recognise)
    assert sheet.headings == ["Дата", "Дата (2)", "Широта", "Довгота"]


def test_a_quotation_mark_without_its_pair_is_named_with_its_row(tmp_path: Path) -> None:
    text = ROWS + '23.11.2026;1;2;"open' + "x" * 1_100_000
    with pytest.raises(BadInput) as error:
        rows(open_sheet(write(tmp_path, text), recognise))
    assert error.value.values == {"row": 3}


def test_the_rows_come_in_chunks_so_that_a_million_need_no_more_memory_than_a_few(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path, ROWS + "23.11.2026;1;2;x\n" * 99), recognise)
    assert [len(chunk.rows) for chunk in sheet.chunks(40)] == [40, 40, 20]


# --- Excel ------------------------------------------------------------------------------------------------------------

HEAD: list[object] = ["Дата", "Широта", "Довгота", "Категорія"]


def test_excels_dates_and_numbers_come_as_a_person_would_type_them(tmp_path: Path) -> None:
    at, day = dt.datetime(2026, 11, 23, 14, 5), dt.date(2026, 11, 23)  # noqa: DTZ001 (Excel knows no zones)
    path = book(tmp_path, ("Події", [HEAD, [at, 49.8352, 36, "x"], [day, 49.5, None, True]]))
    assert [row for _, row in rows(open_sheet(path, recognise))] == [
        ["2026-11-23 14:05:00", "49.8352", "36", "x"],
        ["2026-11-23", "49.5", "", "True"],
    ]


def test_of_several_sheets_the_one_that_fits_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    path = book(tmp_path, ("Зведення", [["Усього", 2]]), ("Події", [HEAD, ["23.11.2026", 1, 2, "x"]]), ("Пусто", []))
    sheet = open_sheet(path, recognise)
    assert sheet.detail == {"sheet": "Події"}
    assert [notice.values for notice in sheet.notices] == [{"sheet": "Події", "others": "Зведення"}]
    assert open_sheet(path, recognise, sheet="Зведення").headings == ["Усього", "2"]
    with pytest.raises(BadInput, match="no sheet “Інше”"):
        open_sheet(path, recognise, sheet="Інше")


def test_headings_merged_over_two_rows_are_read_as_one(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    page = made.worksheets[0]
    for row in (["Дата", "Координати", None, "Категорія"], [None, "Широта", "Довгота"], ["23.11.2026", 1, 2, "x"]):
        page.append(row)
    page.merge_cells("B1:C1")
    page.merge_cells("A1:A2")
    path = tmp_path / "merged.xlsx"
    made.save(path)
    sheet = open_sheet(path, recognise)
    assert sheet.headings == ["Дата", "Широта", "Довгота", "Категорія"]
    assert [number for number, _ in rows(sheet)] == [3]


def test_a_formula_that_was_never_calculated_is_marked_and_never_taken_for_blank(tmp_path: Path) -> None:
    path = book(tmp_path, ("Події", [HEAD, ["23.11.2026", "=1+1", 2, "x"]]))
    assert rows(open_sheet(path, recognise))[0][1][1] == UNCALCULATED


def test_a_zip_that_unpacks_to_more_than_memory_is_refused_unopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path, ("Події", [HEAD] * 2000))
    monkeypatch.setattr(workbooks, "UNPACKED_AT_MOST", 100_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(BadInput, match="too large"):
        open_sheet(path, recognise)


# --- files that are not what they say ---------------------------------------------------------------------------------


def test_an_excel_file_named_csv_is_read_and_said(tmp_path: Path) -> None:
    path = book(tmp_path, ("Події", [HEAD, ["23.11.2026", 1, 2, "x"]])).rename(tmp_path / "events.csv")
    sheet = open_sheet(path, recognise)
    assert (sheet.kind, len(sheet.notices)) == ("xlsx", 1)


def test_a_csv_named_xlsx_is_read_and_said(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path, ROWS, "events.xlsx"), recognise)
    assert (sheet.kind, len(sheet.notices), len(rows(sheet))) == ("csv", 1, 1)


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("readme.txt", "hello")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel format"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"%PDF-1.7 ...", "not a table"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a table"),
        (b"PK\x03\x04 cut short", "damaged"),
        (archive(), "archive"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, content: bytes, complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        open_sheet(write(tmp_path, content), recognise)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no file .*missing\.csv"):
        open_sheet(tmp_path / "missing.csv", recognise)
