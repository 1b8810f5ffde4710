"""22,111 real records of the City of London, through the loader."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ingestion.incidents import Options, Report, load_incidents
from layers.area import Area, load_profile
from layers.database.engine import Database
from layers.viewer import PUBLIC, robot

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BOX = (-0.1160, 51.5055, -0.0705, 51.5247)


@pytest.fixture(scope="module")
def london() -> Area:
    return load_profile(Path(__file__).parents[1] / "areas" / "city_of_london.toml")


def load(session: Session, area: Area, path: Path, spare: Path) -> Report:
    return load_incidents(session, area, path, Options(now=NOW, spare=spare, say=str))


@pytest.fixture(scope="module")
def reports(
    database: Database, london: Area, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Report]:
    """Load the file twice, as a person would who is not sure whether it went in."""
    path = shared_data / "city_of_london" / "incidents" / "city_of_london_2018_2020.csv"
    if not path.exists():
        pytest.skip(f"no real data at {path}")
    copy = tmp_path_factory.mktemp("london") / path.name
    copy.write_bytes(path.read_bytes())
    found = []
    for _ in range(2):
        with database.begin(robot("load incidents")) as session:
            found.append(load(session, london, copy, copy.parent))
    return found


def test_every_row_is_accounted_for(reports: list[Report]) -> None:
    first = reports[0]
    assert (first.read, first.no_place, first.rejected) == (22_111, 1_699, 0)
    assert (first.landed, first.outside) == (20_247, 165)
    assert first.adds_up
    assert first.notices == []  # every crime type and outcome of police.uk is known


def test_a_second_load_adds_nothing(reports: list[Report], database: Database) -> None:
    second = reports[1]
    assert (second.landed, second.no_place, second.known, second.outside) == (0, 0, 20_247 + 1_699, 165)
    assert second.adds_up
    with database.begin(robot("test")) as session:
        assert session.scalar(text("SELECT count(*) FROM incidents")) == 20_247 + 1_699
        assert session.scalar(text("SELECT count(*) FROM incidents_public")) == 20_247


def test_the_public_sees_the_months_and_the_points_of_the_source(reports: list[Report], database: Database) -> None:
    with database.begin(PUBLIC) as session:
        precisions = session.scalars(text("SELECT DISTINCT location_precision FROM incidents_public")).all()
        inside = session.scalar(
            text("SELECT bool_and(geom && ST_MakeEnvelope(:w, :s, :e, :n, 4326)) FROM incidents_public"),
            dict(zip("wsen", BOX, strict=True)),
        )
        months = session.scalar(text("SELECT count(DISTINCT month) FROM incidents_public"))
        assert session.scalar(text("SELECT count(*) FROM incidents")) == 0
    assert (list(precisions), inside, months) == (["snapped"], True, 32)


def test_rows_outside_the_area_are_kept_with_their_reason(reports: list[Report]) -> None:
    rejects = reports[0].rejects
    assert rejects is not None
    lines = rejects.read_text("utf-8-sig").splitlines()
    assert len(lines) == 1 + 165
    assert lines[0].startswith("row,column,reason,Crime ID")
    assert reports[1].rejects == rejects  # the same rows again: no second file
