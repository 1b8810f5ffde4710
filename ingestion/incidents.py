"""A file of incidents -> the one door in `layers/incidents`: understood, shown, landed, accounted for row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from ingestion.columns import FIELDS, ColumnMap, choose, recognise
from ingestion.rejects import Fault, Rejects, Say, stop_at
from ingestion.rows import Parsed, Reader
from ingestion.sheets import Chunk, Notice, Sheet, open_sheet
from layers.area import Area
from layers.database.engine import Database, Session
from layers.errors import BadInput
from layers.incidents.actions import Counts, Landing, Source, find_units_again, vocabulary
from layers.text import N_
from layers.units.actions import ensure_units
from layers.viewer import robot

OUTSIDE = N_("The place is outside the area.")
SWAPPED = N_("The place is outside the area; with latitude and longitude swapped it would be inside.")
SAMPLES = 3
NAMED = 8  # how many of the unknown words a note lists


@dataclass(frozen=True)
class Preview:
    """What a load is about to do: shown before anything is written."""

    path: Path
    detail: dict[str, str]
    source: str
    columns: dict[str, str]  # field -> heading
    ignored: list[str]
    samples: list[dict[str, str]]
    notices: list[Notice]


@dataclass
class Report:
    """What became of every row: read = landed + known + no_place + outside + rejected."""

    path: Path
    source: str
    read: int = 0
    landed: int = 0
    known: int = 0
    no_place: int = 0
    outside: int = 0
    rejected: int = 0
    published: int = 0
    rejects: Path | None = None
    notices: list[Notice] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures and names, for programs."""
        found = {**vars(self), "path": str(self.path), "rejects": str(self.rejects) if self.rejects else None}
        found.pop("notices")
        return found

    @property
    def adds_up(self) -> bool:
        return self.read == self.landed + self.known + self.no_place + self.outside + self.rejected


@dataclass(frozen=True)
class Options:
    """How to load. `spare` is where the rejects file goes when the input's own folder can't be written."""

    now: datetime
    spare: Path
    say: Say
    mapping: Path | None = None
    source: str | None = None
    sheet: str | None = None
    stop_on_error: bool = False
    beside: bool = True  # whether the rejects file may lie beside the input
    show: Callable[[Preview], None] = lambda _: None
    progress: Callable[[int], None] = lambda _: None


def load_file(database: Database, area: Area, path: Path, options: Options, *, dry_run: bool = False) -> Report:
    """Load a file in a transaction of its own; a dry run does everything and takes it back."""
    with database.begin(robot("load incidents")) as session:
        if ensure_units(session, area):
            find_units_again(session, area)
        report = load_incidents(session, area, path, options)
        if dry_run:
            session.rollback()
    return report


def load_incidents(session: Session, area: Area, path: Path, options: Options) -> Report:
    """Load a file in the caller's transaction; whoever rolls it back has had a dry run.

    Raises BadInput when the file can't be understood at all, or at the first bad row when told to stop there.
    """
    sheet = open_sheet(path, recognise, sheet=options.sheet)
    columns = choose(sheet.headings, path, options.mapping, options.source)
    reader = Reader(session, area, columns, sheet, vocabulary(session), options.now)
    chunks = sheet.chunks()
    first = next(chunks, None)
    if first is None:
        raise BadInput(N_("{path} has headings, but no rows under them."), path=path)
    options.show(preview(sheet, columns, reader, first))
    report = Report(path, columns.source.title)
    landing = Landing(session, area, Source(**vars(columns.source)))
    folders = (path.parent, options.spare) if options.beside else (options.spare,)
    with Rejects(path, sheet.headings, folders, options.say) as rejects:
        for chunk in chain([first], chunks):
            _bring_in(chunk, reader, landing, rejects, report, options)
    total = landing.finish()
    report.published, report.rejects = total.published, rejects.path
    report.notices = [*sheet.notices, *_notes(reader, total)]
    return report


def _bring_in(
    chunk: Chunk, reader: Reader, landing: Landing, rejects: Rejects, report: Report, options: Options
) -> None:
    parsed = reader.read(chunk)
    if parsed.faults and options.stop_on_error:
        index = min(parsed.faults)
        raise stop_at(parsed.faults[index], chunk.numbers[index], options.say)
    counts = landing.add(parsed.records)
    refused = dict(_refused(parsed, counts, chunk))
    for index in sorted(refused):
        rejects.add(chunk.numbers[index], chunk.rows[index], refused[index])
    report.read += len(chunk.rows)
    report.landed += counts.landed
    report.known += counts.known
    report.no_place += counts.no_place
    report.outside += len(counts.outside)
    report.rejected += len(parsed.faults)
    options.progress(report.read)


def _refused(parsed: Parsed, counts: Counts, chunk: Chunk) -> Iterator[tuple[int, Fault]]:
    """Yield the rows that were not taken, by their place in the chunk, those outside the area among them."""
    yield from parsed.faults.items()
    if counts.outside:
        places = {number: index for index, number in enumerate(chunk.numbers)}
        for number, swapped in counts.outside.items():
            yield places[number], Fault("", SWAPPED if swapped else OUTSIDE)


def preview(sheet: Sheet, columns: ColumnMap, reader: Reader, first: Chunk) -> Preview:
    """Return what the file's first rows are taken for."""
    part = Chunk(first.numbers[:SAMPLES], first.rows[:SAMPLES])
    used = set(reader.positions.values())
    return Preview(
        path=sheet.path,
        detail=sheet.detail | {"row": str(sheet.first_row - 1)},
        source=columns.source.title,
        columns={name: sheet.headings[reader.positions[name]] for name in FIELDS if name in reader.positions},
        ignored=[heading for place, heading in enumerate(sheet.headings) if heading and place not in used],
        samples=reader.samples(part),
        notices=sheet.notices,
    )


def _notes(reader: Reader, total: Counts) -> Iterator[Notice]:
    """Yield what is worth knowing of a load, each with its count: nothing is changed silently."""
    tally = reader.tally
    swapped = sum(total.outside.values())
    if swapped:
        message = N_("{count} rows outside the area would be inside it with latitude and longitude swapped.")
        yield Notice(message, {"count": swapped})
    if tally.zero:
        yield Notice(N_("{count} rows have the coordinates 0, 0, which means no place."), {"count": tally.zero})
    for words, message in (
        (tally.categories, N_("{count} rows have a category that is not known; they are “other”: {words}")),
        (tally.statuses, N_("{count} rows have a status that is not known; they are “unknown”: {words}")),
        (tally.places, N_("{count} rows have a place that was not found; they have no place: {words}")),
    ):
        if words:
            yield Notice(message, {"count": words.total(), "words": _listed(words)})


def _listed(words: Counter[str]) -> str:
    named = ", ".join(f"{word or '—'} ({count})" for word, count in words.most_common(NAMED))
    return named + (" …" if len(words) > NAMED else "")
