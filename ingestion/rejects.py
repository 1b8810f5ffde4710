"""Rows that could not be taken, kept as they came, each with its number, the column and the reason."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from layers.errors import BadInput, Unavailable
from layers.text import N_

NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

# Translates a msgid into the language of whoever loads.
Say = Callable[[str], str]


@dataclass(frozen=True)
class Fault:
    """Why a row was not taken: the column at fault (its heading, or "") and a msgid with its values."""

    column: str
    message: str
    values: dict[str, object] = field(default_factory=dict)


class Rejects:
    """The rejects file of one load, written only when there is something to write.

    It lies in the first of `folders` that can be written. An earlier file of the same name is never overwritten:
    somebody may be mending it.
    """

    def __init__(self, source: Path, headings: Sequence[str], folders: Sequence[Path], say: Say) -> None:
        self.source = source
        self.headings = [heading or f"#{position}" for position, heading in enumerate(headings, start=1)]
        self.folders = folders
        self.say = say
        self.count = 0
        self.path: Path | None = None
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> Rejects:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is None:
            return
        self._file.close()
        if kind is not None:
            Path(self._file.name).unlink()  # nothing was loaded, so nothing was left out either
        else:
            self.path = _keep(Path(self._file.name), self.path)

    def add(self, number: int, cells: Sequence[str], fault: Fault) -> None:
        """Write one row."""
        if self._file is None:
            self._open()
        self.count += 1
        reason = self.say(fault.message).format(**fault.values)
        # Ours come first: a row may have more cells than there are headings.
        self._writer.writerow([safe(cell) for cell in (str(number), fault.column, reason, *cells)])

    def _open(self) -> None:
        for folder in self.folders:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                # A name of its own until it is whole; utf-8-sig, so that Excel shows Cyrillic.
                self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115 (closed in __exit__)
                    "w", encoding="utf-8-sig", newline="", dir=folder, prefix=".", suffix=".csv", delete=False
                )
            except OSError:
                continue
            self.path = folder / f"{self.source.stem}.rejects.csv"
            self._writer = csv.writer(self._file)
            names = [self.say(name) for name in (N_("row"), N_("column"), N_("reason"))]
            self._writer.writerow([safe(cell) for cell in (*names, *self.headings)])
            return
        raise Unavailable(
            N_("The rows that were not taken can't be written to {folders}."),
            folders=", ".join(map(str, self.folders)),
        )  # fmt: skip


def safe(cell: str) -> str:
    """Return a cell that a spreadsheet shows and never runs: text that begins like a formula gets an apostrophe."""
    return f"'{cell}" if cell.startswith(DANGEROUS) and not NUMBER.fullmatch(cell) else cell


def stop_at(fault: Fault, number: int, say: Say) -> BadInput:
    """Return the error of a load that stops at its first bad row."""
    reason = say(fault.message).format(**fault.values)
    if not fault.column:
        return BadInput(N_("Row {row}: {reason} Nothing was loaded."), row=number, reason=reason)
    return BadInput(
        N_("Row {row}, column “{column}”: {reason} Nothing was loaded."), row=number, column=fault.column, reason=reason
    )


def _keep(written: Path, wanted: Path | None) -> Path:
    """Give a finished file its name: the wanted one, or the next free; an equal one that is there already serves."""
    assert wanted is not None
    content = written.read_bytes()
    target, number = wanted, 1
    while target.exists() and target.read_bytes() != content:
        number += 1
        target = wanted.with_name(f"{wanted.name.removesuffix('.csv')}-{number}.csv")
    written.replace(target)
    target.chmod(0o640)
    return target
