"""Loading incidents: a CSV from disk to commit, against a bare COPY of rows that somebody parsed before.

Ours reads the file, understands 200,000 rows of Ukrainian text, finds their units, generalises their places, and
commits them into `incidents` and `incidents_public`, both under forced row-level security and with triggers. The peer
is psycopg's binary COPY, `write_row` by `write_row`, of the same rows, ready in memory, into clones of the tables with
the same columns, generated columns, constraints and indexes, but no policies and no triggers.
"""

from __future__ import annotations

import csv
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from benchmarks.rows import Row
from ingestion.incidents import Options, Report, load_incidents
from layers.area import Area, load_profile
from layers.database.cluster import Cluster
from layers.database.engine import Database
from layers.database.migrate import migrate
from layers.units.actions import ensure_units
from layers.viewer import robot

TITLE = "200,000 rows of CSV from disk to commit, against a bare COPY of parsed rows"
ROWS = 200_000
ROUNDS = 3
TARGET = 0.4
NOW = datetime(2026, 11, 23, tzinfo=UTC)
CATEGORIES = ("Крадіжка", "Шахрайство", "Порушення ПДР", "Домашнє насильство", "Вандалізм", "Наркотики", "Інше")
STATUSES = ("Зареєстровано", "Розслідується", "Розкрито", "Закрито")
TABLES = ("incidents", "incidents_public")


def run(quick: bool) -> list[Row]:
    """Measure both in turn, and compare the medians of rows a second."""
    count = ROWS // 10 if quick else ROWS
    area = load_profile(Path(__file__).parents[1] / "data" / "area.toml")
    with _database() as (app, owner):
        _prepare(app, area)
        folder = Path(tempfile.mkdtemp(prefix="bezpeka-bench-"))
        try:
            file = _write(folder / "incidents.csv", count, area)
            ours, both, staff, blocks = [], [], [], []
            for _ in range(1 if quick else ROUNDS):
                _empty(owner)
                ours.append(_time(_load, app, area, file))
                rows = {table: _rows(owner, table) for table in TABLES}
                both.append(_time(_copy, owner, rows, TABLES))
                staff.append(_time(_copy, owner, rows, TABLES[:1]))
                blocks.append(_time_of_blocks(owner))
        finally:
            shutil.rmtree(folder)
    rate = count / median(ours)
    peers = (
        ("bare COPY into both clones", both, TARGET),
        ("bare COPY into the staff's clone alone", staff, None),
        ("the server alone: both clones, encoded before", blocks, None),
    )
    what = f"CSV of {count:,} rows, disk to commit"
    return [Row(what, rate, "rows/s", peer, count / median(times), target) for peer, times, target in peers]


@contextmanager
def _database() -> Iterator[tuple[str, str]]:
    """Give a cluster of our own with the settings that a user has, fsync included."""
    home = Path(tempfile.mkdtemp(prefix="bezpeka-bench-"))
    home.chmod(0o755)
    try:
        with Cluster(home).running() as cluster:
            migrate(cluster.url("owner"))
            yield cluster.url("app"), cluster.url("owner")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _prepare(app: str, area: Area) -> None:
    database = Database(app)
    with database.begin(robot("benchmark")) as session:
        ensure_units(session, area)
    database.close()


def _write(file: Path, count: int, area: Area) -> Path:
    """Invent a file as a department would send it: around real settlements, minute by minute, day first."""
    chance = random.Random(1)
    facts = area.profile.parent / "boundaries" / "settlements.csv"
    with facts.open(encoding="utf-8", newline="") as source:
        homes = [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(source)]
    weights = [1 / (place + 1) for place in range(len(homes))]
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow(["№", "Дата", "Широта", "Довгота", "Категорія", "Статус", "Опис"])
        for number, (lon, lat) in enumerate(chance.choices(homes, weights, k=count)):
            at = NOW - timedelta(minutes=chance.randrange(3 * 365 * 1440) + 1)
            y, x = lat + chance.gauss(0, 0.004), lon + chance.gauss(0, 0.006)
            words = (f"{y:.6f}".replace(".", ","), f"{x:.6f}".replace(".", ","))
            kind, status = chance.choice(CATEGORIES), chance.choice(STATUSES)
            writer.writerow([number, f"{at:%d.%m.%Y %H:%M}", *words, kind, status, f"Запис {number}"])
    return file


def _load(app: str, area: Area, file: Path) -> Report:
    database = Database(app)
    with database.begin(robot("benchmark")) as session:
        report = load_incidents(session, area, file, Options(now=NOW, spare=file.parent, say=str))
    database.close()
    assert report.adds_up
    assert report.landed > 0.95 * report.read
    return report


def _empty(owner: str) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("TRUNCATE incidents, incidents_public")
        connection.execute("DROP TABLE IF EXISTS clone_incidents, clone_incidents_public")
        for table in TABLES:
            connection.execute(f"CREATE TABLE clone_{table} (LIKE {table} INCLUDING ALL)")
        connection.execute("CHECKPOINT")


def _rows(owner: str, table: str) -> tuple[list[str], list[str], list[tuple[Any, ...]]]:
    """Return the columns, their types and the rows of a table; geometry as the bytes that COPY takes."""
    with psycopg.connect(owner) as connection:
        columns = connection.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass "
            "AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = '' ORDER BY attnum",
            [table],
        ).fetchall()
        names = [name for name, _ in columns]
        types = ["bytea" if kind == "geometry" else kind for _, kind in columns]
        picked = ", ".join(f"ST_AsEWKB({n})" if kind == "geometry" else n for n, kind in columns)
        rows = connection.cursor(binary=True).execute(f"SELECT {picked} FROM {table}").fetchall()
    return names, types, rows


def _copy(owner: str, rows: dict[str, Any], tables: Sequence[str]) -> None:
    """Send parsed rows into empty clones, in one transaction."""
    with psycopg.connect(owner) as connection:
        connection.execute(f"TRUNCATE {', '.join(f'clone_{table}' for table in tables)}")
        for table in tables:
            names, types, found = rows[table]
            statement = f"COPY clone_{table} ({', '.join(names)}) FROM STDIN (FORMAT binary)"
            with connection.cursor().copy(statement) as stream:
                stream.set_types(types)
                for row in found:
                    stream.write_row(row)


def _time_of_blocks(owner: str) -> float:
    """Return how long the server alone needs: bytes that are COPY's already, into both empty clones."""
    with psycopg.connect(owner) as connection:
        blocks = {table: _blocks(connection, table) for table in TABLES}
        connection.execute("TRUNCATE clone_incidents, clone_incidents_public")
        connection.commit()
        begun = time.perf_counter()
        for table, (names, content) in blocks.items():
            with connection.cursor().copy(f"COPY clone_{table} ({names}) FROM STDIN (FORMAT binary)") as stream:
                for block in content:
                    stream.write(block)
        connection.commit()
        return time.perf_counter() - begun


def _blocks(connection: psycopg.Connection[Any], table: str) -> tuple[str, list[bytes]]:
    found = connection.execute(
        "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = %s::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''",
        [table],
    ).fetchone()
    assert found is not None
    with connection.cursor().copy(f"COPY (SELECT {found[0]} FROM {table}) TO STDOUT (FORMAT binary)") as stream:
        return found[0], [bytes(block) for block in stream]


def _time(work: Callable[..., object], *arguments: object) -> float:
    begun = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begun
