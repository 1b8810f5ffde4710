"""Tables that people send: CSV in any of the usual dialects, and XLSX; read in chunks, every cell as text.

What a file is gets decided by its content, never by its extension. Row numbers are those a spreadsheet shows.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path

from ingestion.workbooks import read_workbook
from layers.errors import BadInput, Unavailable
from layers.text import N_, fold

CHUNK = 20_000  # rows held in memory at a time
HEADINGS_WITHIN = 20  # the first rows, among which the headings are looked for
SAMPLE = 64  # rows by which the separator is judged
LONGEST_CELL = 1_000_000
SEPARATORS = (",", ";", "\t")
BLOCK = 1 << 20

Row = list[str]
# How well a row of texts fits as headings: the number of columns that would be understood.
Recognise = Callable[[Iterable[str]], int]


@dataclass(frozen=True)
class Notice:
    """Something to know about a file, short of an error."""

    message: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file, each as long as the headings unless the file says more, with their numbers."""

    numbers: list[int]
    rows: list[Row]


@dataclass
class Sheet:
    """An opened table; `chunks` reads it from the first row after the headings on."""

    path: Path
    kind: str  # csv, xlsx
    headings: list[str]
    first_row: int  # number of the first row after the headings
    open_rows: Callable[[], Iterator[Row]]
    detail: dict[str, str]  # encoding and separator, or the name of the sheet
    notices: list[Notice]
    broken: bool = False  # whether some characters can't be read

    def chunks(self, size: int = CHUNK) -> Iterator[Chunk]:
        """Yield the rows that are not blank, a chunk at a time."""
        numbered = enumerate(self.open_rows(), start=1)
        wanted = ((n, row) for n, row in numbered if n >= self.first_row and any(row))
        while part := list(islice(wanted, size)):
            yield Chunk([n for n, _ in part], [row for _, row in part])


def open_sheet(path: Path, recognise: Recognise, *, sheet: str | None = None) -> Sheet:
    """Open a table and find its headings. Raises BadInput naming what is wrong with the file and what to do."""
    try:
        with path.open("rb") as file:
            start = file.read(BLOCK)
    except FileNotFoundError as error:
        raise BadInput(N_("There is no file {path}."), path=path) from error
    except OSError as error:
        raise Unavailable(N_("{path} can't be read: {reason}"), path=path, reason=error.strerror or error) from error
    if not start.strip():
        raise BadInput(N_("{path} is empty."), path=path)
    _refuse_strangers(path, start)
    if start.startswith(b"PK"):
        return _open_xlsx(path, recognise, sheet)
    return _open_csv(path, recognise)


def _refuse_strangers(path: Path, start: bytes) -> None:
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput(N_("{path} is in the old Excel format. Open it and save it as .xlsx or .csv."), path=path)
    beginning = start[:512].lstrip().lower()
    if beginning.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise BadInput(N_("{path} is a web page, not a table. Save it from Excel as .xlsx or .csv."), path=path)
    binary = b"\0" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"PK"))
    if beginning.startswith(b"%pdf") or binary:
        raise BadInput(N_("{path} is not a table. Give a .csv or .xlsx file."), path=path)


# --- CSV --------------------------------------------------------------------------------------------------------------


def _open_csv(path: Path, recognise: Recognise) -> Sheet:
    notices = []
    if path.suffix.lower() in (".xlsx", ".xls"):
        notices.append(Notice(N_("The file is named {suffix}, but it is a CSV text."), {"suffix": path.suffix}))
    encoding, broken = _encoding(path)
    if broken:
        notices.append(Notice(N_("{count} characters of the file can't be read."), {"count": broken}))
    head = list(islice(_csv_lines(path, encoding), 4 * SAMPLE))
    separator = max(SEPARATORS, key=lambda each: _fit(head, each, recognise))
    sample = list(islice(_csv_rows(path, encoding, separator), HEADINGS_WITHIN))
    index = _headings_row(sample, recognise)
    return Sheet(
        path=path,
        kind="csv",
        headings=_headings(sample, index),
        first_row=index + 2,
        open_rows=lambda: _csv_rows(path, encoding, separator),
        detail={"encoding": encoding, "separator": separator},
        notices=notices,
        broken=broken > 0,
    )


def _csv_lines(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        yield from file


def _csv_rows(path: Path, encoding: str, separator: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(_csv_lines(path, encoding), delimiter=separator)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):  # noqa: B007 (told when the next one fails)
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise BadInput(
            N_("Row {row}: the file can't be read from here on; look for a quotation mark without its pair."),
            row=number + 1,
        ) from error


def _encoding(path: Path) -> tuple[str, int]:
    """Return the encoding and how many characters of it are broken.

    Windows-1251 Cyrillic is hardly ever valid UTF-8, so a text that is UTF-8 but for a few bytes is still UTF-8.
    """
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", 0
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        broken = foreign = 0
        while block := file.read(BLOCK):
            text = decoder.decode(block)
            if not text.isascii():
                broken += text.count("\ufffd")
                foreign += sum(map(text.count, "аеиоуіїєяюАЕИОУІЇЄЯЮ"))
        broken += decoder.decode(b"", final=True).count("\ufffd")
    if broken == 0 or broken < foreign / 20:
        return "utf-8-sig", broken
    return "cp1251", 0


def _fit(lines: list[str], separator: str, recognise: Recognise) -> tuple[int, int, int]:
    """Judge a separator: by the headings it gives, then by how many rows have as many cells as they, then by cells."""
    try:
        rows = [row for row in csv.reader(lines, delimiter=separator) if any(cell.strip() for cell in row)]
    except csv.Error:
        return 0, 0, 0
    if not rows:
        return 0, 0, 0
    index = _headings_row(rows[:HEADINGS_WITHIN], recognise)
    width = len(rows[index])
    alike = sum(len(row) == width for row in rows[:SAMPLE]) if width > 1 else 0
    return recognise(rows[index]), alike, width


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _open_xlsx(path: Path, recognise: Recognise, wanted: str | None) -> Sheet:
    if not zipfile.is_zipfile(path):
        raise BadInput(N_("{path} is damaged: it begins like an .xlsx file, but is not whole."), path=path)
    workbook = read_workbook(path)
    notices = []
    if path.suffix.lower() != ".xlsx":
        notices.append(Notice(N_("The file is named {suffix}, but it is an Excel table."), {"suffix": path.suffix}))
    samples = {name: list(islice(workbook.rows(name), HEADINGS_WITHIN)) for name in workbook.names}
    name = _choose_sheet(path, samples, recognise, wanted)
    others = [other for other, rows in samples.items() if other != name and any(map(any, rows))]
    if others:
        values: dict[str, object] = {"sheet": name, "others": ", ".join(others)}
        notices.append(Notice(N_("Read: the sheet “{sheet}”. Not read: {others}."), values))
    index = _headings_row(samples[name], recognise)
    return Sheet(
        path=path,
        kind="xlsx",
        headings=_headings(samples[name], index),
        first_row=index + 2,
        open_rows=lambda: workbook.rows(name),
        detail={"sheet": name},
        notices=notices,
    )


def _choose_sheet(path: Path, samples: dict[str, list[Row]], recognise: Recognise, wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in samples:
            known = ", ".join(samples)
            raise BadInput(N_("{path} has no sheet “{sheet}”; it has {known}."), path=path, sheet=wanted, known=known)
        return wanted
    filled = [name for name, rows in samples.items() if any(map(any, rows))]
    if not filled:
        raise BadInput(N_("{path} is empty."), path=path)
    return max(filled, key=lambda name: recognise(samples[name][_headings_row(samples[name], recognise)]))


# --- headings ---------------------------------------------------------------------------------------------------------


def _headings_row(rows: list[Row], recognise: Recognise) -> int:
    """Return the index of the headings: the first row that names the most known columns, or the first with text."""
    scores = [recognise(_under(rows, index)) for index in range(len(rows))]
    if scores and max(scores) > 0:
        return scores.index(max(scores))
    return next((index for index, row in enumerate(rows) if any(row)), 0)


def _under(rows: list[Row], index: int) -> Row:
    """Return a row whose blank cells take the text above them, as headings merged over two rows mean it."""
    row, above = rows[index], rows[index - 1] if index else []
    if sum(map(bool, above)) < 2:  # a title over the table, not a row of headings
        return list(row)
    return [text or higher for text, higher in zip_longest(row, above, fillvalue="")]


def _headings(rows: list[Row], index: int) -> list[str]:
    """Return the headings without the blank ones at the end; a repeated one gets its number."""
    found = _under(rows, index)
    while found and not found[-1]:
        found.pop()
    seen: dict[str, int] = {}
    for position, text in enumerate(found):
        name = fold(text)
        seen[name] = seen.get(name, 0) + 1
        if text and seen[name] > 1:
            found[position] = f"{text} ({seen[name]})"
    return found
