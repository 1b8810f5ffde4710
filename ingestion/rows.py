"""Rows of text -> records, a chunk at a time; what can't be read is told apart with its column and reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd

from ingestion.cells import Flags, Floats, Texts, moments, numbers, pairs
from ingestion.columns import ColumnMap
from ingestion.rejects import Fault
from ingestion.sheets import Chunk, Row, Sheet
from ingestion.workbooks import UNCALCULATED
from layers.area import Area
from layers.categories.actions import OTHER, plain
from layers.database.engine import Session
from layers.errors import BadInput
from layers.incidents.actions import COLUMNS, Vocabulary
from layers.incidents.rules import UNKNOWN
from layers.places.gazetteer import resolve
from layers.text import N_, fold

NOTHING = ["-", "—", "–", "н/д", "немає", "n/a", "na", "null", "none", "nan"]
EARLIEST = 1950
SHAPES = {"minute": "%d.%m.%Y %H:%M", "day": "%d.%m.%Y", "month": "%m.%Y"}
UNIT_SEPARATOR = "\x1f"
ARTICLE = re.compile(r"\bст\.?\s*(\d+(?:-\d+)?)", re.IGNORECASE)


@dataclass
class Tally:
    """Words of a file that mean nothing here, with how often they came."""

    categories: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    zero: int = 0


@dataclass(frozen=True)
class Parsed:
    """A chunk understood: records (columns of actions.COLUMNS), and index in the chunk -> why it is none."""

    records: pd.DataFrame
    faults: dict[int, Fault]


@dataclass
class Place:
    """Where each row of a chunk says it was; lon and lat are NaN where it does not say."""

    lon: Floats
    lat: Floats
    precision: Texts
    text: Texts


class Reader:
    """Understands the rows of one file. Remembers, across chunks, how often each row and each unknown word came."""

    def __init__(
        self, session: Session, area: Area, columns: ColumnMap, sheet: Sheet, words: Vocabulary, now: datetime
    ) -> None:
        self.session = session
        self.area = area
        self.columns = columns
        self.headings = sheet.headings
        self.broken = sheet.broken
        self.positions = columns.positions(sheet.headings, sheet.path)
        self.words = words
        self.latest = np.datetime64((now + timedelta(days=1)).replace(tzinfo=None), "us")
        self.tally = Tally()
        self._seen: dict[bytes, int] = {}
        self._found: dict[tuple[str, str], tuple[float, float, str] | None] = {}

    def read(self, chunk: Chunk) -> Parsed:
        """Understand one chunk, in its place in the file."""
        faults: dict[int, Fault] = {}
        _check_shape(chunk, len(self.headings), faults)
        if self.broken:
            _check_characters(chunk, faults)
        at, month, precision = self._when(chunk, faults)
        place = self._where(chunk, faults)
        good = np.ones(len(chunk.rows), dtype=bool)
        good[list(faults)] = False
        kept = np.flatnonzero(good)
        labels = self._column(chunk, "category")[kept]
        digests = [_digest(chunk.rows[index]) for index in kept]
        status = self._codes(self._column(chunk, "status")[kept], self._status, self.tally.statuses)
        texts = {
            "time_precision": precision[kept],
            "category": self._codes(labels, self._category, self.tally.categories),
            "category_label": labels,
            "status": status,
            "place": place.text[kept],
            "location_precision": place.precision[kept],
        }
        columns = {
            "row": np.array(chunk.numbers)[kept],
            "digest": _objects(digests),
            "nth": [self._nth(digest) for digest in digests],
            "at": at[kept],
            "month": month[kept],
            "lon": place.lon[kept],
            "lat": place.lat[kept],
            **{name: _objects(values) for name, values in texts.items()},
        }
        records = pd.DataFrame(columns, columns=list(COLUMNS))
        return Parsed(records, faults)

    def samples(self, chunk: Chunk) -> list[dict[str, str]]:
        """Return a few rows as they are understood, leaving no trace in what is counted."""
        kept = (self._seen, self.tally)
        self._seen, self.tally = {}, Tally()
        records = self.read(chunk).records
        self._seen, self.tally = kept
        local = records["at"].dt.tz_localize("UTC").dt.tz_convert(self.area.timezone)
        rows = zip(records.to_dict("records"), local, strict=True)
        return [_sample(row, when) for row, when in rows]

    # --- one aspect of a row at a time

    def _column(self, chunk: Chunk, name: str) -> Texts:
        """Return a column's texts; a column that the file lacks is blank."""
        found = np.full(len(chunk.rows), "", dtype=object)
        position = self.positions.get(name)
        if position is not None:
            found[:] = [row[position] if position < len(row) else "" for row in chunk.rows]
        return found

    def _when(self, chunk: Chunk, faults: dict[int, Fault]) -> tuple[Any, Any, Texts]:
        texts = self._column(chunk, "when")
        if "time" in self.positions:
            hours = self._column(chunk, "time")
            texts = np.array([f"{day} {hour}".strip() for day, hour in zip(texts, hours, strict=True)], dtype=object)
        read = moments(texts, self.area.timezone, finest=self.columns.time_precision)
        at = read.at.tz_localize(None).to_numpy("datetime64[us]")
        heading = self.columns.columns["when"]
        for index in np.flatnonzero(np.isnat(at)):
            faults.setdefault(int(index), Fault(heading, *_no_date(texts[index])))
        for index in np.flatnonzero(at > self.latest):
            faults.setdefault(int(index), Fault(heading, N_("{text} is in the future."), {"text": texts[index]}))
        for index in np.flatnonzero(at < np.datetime64(f"{EARLIEST}-01-01")):
            why = N_("{text} is too long ago; is the year right?")
            faults.setdefault(int(index), Fault(heading, why, {"text": texts[index]}))
        return at, read.month, read.precision

    def _where(self, chunk: Chunk, faults: dict[int, Fault]) -> Place:
        lon, lat = self._coordinates(chunk, faults)
        zero = (lon == 0) & (lat == 0)
        self.tally.zero += int(zero.sum())
        lon[zero] = lat[zero] = np.nan
        precision = np.full(len(lon), self.columns.location_precision, dtype=object)
        precision[np.isnan(lon)] = None
        names = [name for name in ("settlement", "street") if name in self.positions]
        text = np.full(len(chunk.rows), "", dtype=object)
        if names:
            parts = [self._column(chunk, name) for name in names]
            text[:] = [", ".join(filter(None, each)) for each in zip(*parts, strict=True)]
            self._look_up(chunk, np.isnan(lon) & (text != ""), lon, lat, precision)
        return Place(lon, lat, precision, text)

    def _coordinates(self, chunk: Chunk, faults: dict[int, Fault]) -> tuple[Floats, Floats]:
        if "latlon" in self.positions:
            texts = _filled(self._column(chunk, "latlon"))
            lat, lon = pairs(texts)
            heading = self.columns.columns["latlon"]
            for index in np.flatnonzero(np.isnan(lat) & (texts != "")):
                why = N_("“{text}” is not a latitude and a longitude; write 49.8352, 36.6866.")
                faults.setdefault(int(index), _unreadable(heading, texts[index], why))
            _check_degrees(lat, 90, heading, faults)
            _check_degrees(lon, 180, heading, faults)
            return lon, lat
        if "lat" not in self.positions:
            nothing = np.full(len(chunk.rows), np.nan)
            return nothing, nothing.copy()
        lat, no_lat = self._degrees(chunk, "lat", 90, faults)
        lon, no_lon = self._degrees(chunk, "lon", 180, faults)
        for name, lonely in (("lat", no_lat & ~no_lon), ("lon", no_lon & ~no_lat)):
            for index in np.flatnonzero(lonely):
                why = N_("One coordinate is given and the other is not.")
                faults.setdefault(int(index), Fault(self.columns.columns[name], why))
        return lon, lat

    def _degrees(self, chunk: Chunk, name: str, most: int, faults: dict[int, Fault]) -> tuple[Floats, Flags]:
        """Return a column of degrees, and where it is blank."""
        texts = _filled(self._column(chunk, name))
        blank: Flags = texts == ""
        found = numbers(texts)
        heading = self.columns.columns[name]
        for index in np.flatnonzero(np.isnan(found) & ~blank):
            faults.setdefault(int(index), _unreadable(heading, texts[index], N_("“{text}” is not a number.")))
        _check_degrees(found, most, heading, faults)
        return found, blank

    def _look_up(self, chunk: Chunk, wanted: Flags, lon: Floats, lat: Floats, precision: Texts) -> None:
        """Ask the gazetteer once for each different name."""
        settlements, streets = self._column(chunk, "settlement"), self._column(chunk, "street")
        for index in np.flatnonzero(wanted):
            asked = (settlements[index], streets[index])
            if asked not in self._found:
                self._found[asked] = self._ask(*asked)
            found = self._found[asked]
            if found:
                lon[index], lat[index], precision[index] = found
            else:
                self.tally.places[", ".join(filter(None, asked))] += 1

    def _ask(self, settlement: str, street: str) -> tuple[float, float, str] | None:
        try:
            spot = resolve(self.session, settlement=settlement or None, street=street or None)
        except BadInput:
            return None
        return (*spot.point, spot.precision)

    def _codes(self, texts: Texts, meaning: Callable[[str], str | None], unknown: Counter[str]) -> Texts:
        """Translate a column of words into codes, asking once for each different word."""
        places, words = pd.factorize(texts)
        codes = [meaning(word) for word in words]
        times = np.bincount(places, minlength=len(words))
        for word, code, count in zip(words, codes, times, strict=True):
            if code is None:
                unknown[word] += int(count)
        rest = OTHER if unknown is self.tally.categories else UNKNOWN
        return np.array([code or rest for code in codes], dtype=object)[places]

    def _category(self, text: str) -> str | None:
        if "category" not in self.positions:
            return OTHER
        article = ARTICLE.search(text)
        readings = (plain(text), plain(text.split("(", 1)[0]), plain(f"ст {article[1]}") if article else "")
        said = self.columns.categories.get(fold(text))
        return said or _first(self.words.categories, readings)

    def _status(self, text: str) -> str | None:
        return self.columns.statuses.get(fold(text)) or self.words.statuses.get(fold(text))

    def _nth(self, digest: bytes) -> int:
        """Return which of the equal rows of the file this is: real files hold repeats that are different incidents."""
        nth = self._seen[digest] = self._seen.get(digest, 0) + 1
        return nth


def _sample(row: dict[Hashable, Any], when: pd.Timestamp) -> dict[str, str]:
    """Return a record as a person checks it."""
    return {
        "row": str(row["row"]),
        "when": when.strftime(SHAPES[row["time_precision"]]),
        "where": row["place"] if pd.isna(row["lon"]) else f"{row['lat']:.5f}, {row['lon']:.5f}",
        "category": row["category"],
        "status": row["status"],
    }


def _first(words: Mapping[str, str], readings: Iterable[str]) -> str | None:
    return next((words[reading] for reading in readings if reading and reading in words), None)


def _objects(values: Iterable[object]) -> pd.Series[Any]:
    """Return a column as it is: pandas would make missing texts NaN."""
    return pd.Series(list(values), dtype=object)


def _digest(row: Row) -> bytes:
    return blake2b(UNIT_SEPARATOR.join(row).rstrip(UNIT_SEPARATOR).encode(), digest_size=16).digest()


def _filled(texts: Texts) -> Texts:
    """Blank out what people write for "nothing"."""
    found: Texts = np.where(np.isin(texts.astype("U"), NOTHING), "", texts).astype(object)
    return found


def _check_shape(chunk: Chunk, width: int, faults: dict[int, Fault]) -> None:
    for index, row in enumerate(chunk.rows):
        if len(row) > width and any(row[width:]):
            values: dict[str, object] = {"cells": len(row), "headings": width}
            faults[index] = Fault("", N_("The row has {cells} cells under {headings} headings."), values)


def _check_characters(chunk: Chunk, faults: dict[int, Fault]) -> None:
    for index, row in enumerate(chunk.rows):
        if any("\ufffd" in cell for cell in row):
            faults.setdefault(index, Fault("", N_("The row has characters that can't be read.")))


def _check_degrees(found: Floats, most: int, heading: str, faults: dict[int, Fault]) -> None:
    for index in np.flatnonzero(np.abs(found) > most):
        why = N_("{number} is more than {most} degrees; coordinates are wanted in degrees, not in metres.")
        faults.setdefault(int(index), Fault(heading, why, {"number": found[index], "most": most}))


def _unreadable(heading: str, text: str, why: str) -> Fault:
    if text == UNCALCULATED:
        return Fault(heading, N_("A formula was never calculated; open the file in Excel and save it."))
    return Fault(heading, why, {"text": text})


def _no_date(text: str) -> tuple[str, dict[str, object]]:
    if not text:
        return N_("There is no date."), {}
    fault = _unreadable("", text, N_("“{text}” is not a date; write 23.11.2026, 23.11.2026 14:05 or 2026-11-23."))
    return fault.message, fault.values
