"""XLSX: the values that Excel shows, as text, row by row."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from layers.errors import BadInput
from layers.text import N_

# What stands in a cell whose formula was never calculated: no reader takes it for a value.
UNCALCULATED = "#FORMULA!"
UNPACKED_AT_MOST = 2 << 30  # bytes; a zip of a few kilobytes can unpack to more than any memory
DAMAGED = (KeyError, ValueError, ParseError, zipfile.BadZipFile, InvalidFileException, EOFError, OSError)


@dataclass(frozen=True)
class Workbook:
    """An XLSX file; `formulas` says whether any cell is calculated."""

    path: Path
    names: list[str]
    formulas: bool

    def rows(self, sheet: str) -> Iterator[list[str]]:
        """Yield the rows of a sheet as texts."""
        values = _rows(self.path, sheet, data_only=True)
        if not self.formulas:
            for row in values:
                yield [as_text(value) for value in row]
            return
        for row, written in zip(values, _rows(self.path, sheet, data_only=False), strict=False):
            yield [_shown(value, source) for value, source in zip(row, written, strict=False)]


def read_workbook(path: Path) -> Workbook:
    """Look into an XLSX file. Raises BadInput when it is damaged, too large, or some other zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > UNPACKED_AT_MOST:
                raise BadInput(N_("{path} is too large for an Excel table; save it as .csv."), path=path)
            sheets = [each for each in members if re.fullmatch(r"xl/worksheets/[^/]+\.xml", each.filename)]
            if not sheets:
                raise BadInput(N_("{path} is an archive, not a table. Give a .csv or .xlsx file."), path=path)
            formulas = any(_has_formula(archive, each) for each in sheets)
        with _open(path, data_only=True) as book:
            names = [each.title for each in book.worksheets]
    except DAMAGED as error:
        raise _damaged(path) from error
    return Workbook(path, names, formulas)


def as_text(value: Any) -> str:
    """Return a cell's value as a person would type it; dates as ISO, whole numbers without a point."""
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return str(value)
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime():
            return value.isoformat(" ", "seconds")
        case dt.time():
            return value.isoformat("minutes")
        case _:
            return str(value)


def _shown(value: Any, source: Any) -> str:
    is_formula = isinstance(source, str) and source.startswith("=")
    return UNCALCULATED if value is None and is_formula else as_text(value)


@contextmanager
def _open(path: Path, *, data_only: bool) -> Iterator[Any]:
    # An opened file, because openpyxl judges a path by its extension.
    with path.open("rb") as file:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which we do not read
            book = openpyxl.load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
        try:
            yield book
        finally:
            book.close()


def _rows(path: Path, sheet: str, *, data_only: bool) -> Iterator[tuple[Any, ...]]:
    try:
        with _open(path, data_only=data_only) as book:
            page = book[sheet]
            page.reset_dimensions()  # some programs write a wrong size, by which cells would be lost
            yield from page.iter_rows(values_only=True)
    except DAMAGED as error:
        raise _damaged(path) from error


def _has_formula(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    with archive.open(member) as stream:
        before = b""
        while block := stream.read(1 << 20):
            if re.search(rb"<f[ >/]", before + block):
                return True
            before = block[-3:]
    return False


def _damaged(path: Path) -> BadInput:
    return BadInput(N_("{path} can't be read as an Excel table: the file is damaged or locked."), path=path)
