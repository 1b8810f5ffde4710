"""Files of records into a small town whose every limit is known."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ingestion.incidents import Options, Preview, Report, load_incidents
from layers.area import Area
from layers.errors import BadInput
from tests import town

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEAD = "Дата;Широта;Довгота;Категорія;Статус\n"
GOOD = "17.05.2026 14:05;50,015;36,005;Крадіжка;Розкрито\n"
Load = Callable[..., Report]


@pytest.fixture
def load(session: Session, tmp_path: Path) -> Load:
    """Return a function that loads a text as a file of the town."""
    area: Area = town.profile(tmp_path)
    town.build(session)

    def load_text(content: str, name: str = "events.csv", **options: Any) -> Report:
        path = tmp_path / name
        path.write_text(content, "utf-8")
        given = {"now": NOW, "spare": tmp_path, "say": str, **options}
        report = load_incidents(session, area, path, Options(**given))
        assert report.adds_up
        return report

    return load_text


def one(session: Session) -> Any:
    return session.execute(text("SELECT *, ST_X(geom) AS x, ST_Y(geom) AS y FROM incidents")).one()


def reasons(report: Report) -> list[tuple[str, str, str]]:
    if report.rejects is None:
        return []
    with report.rejects.open(encoding="utf-8-sig", newline="") as file:
        return [(row["row"], row["column"], row["reason"]) for row in csv.DictReader(file)]


def test_a_row_becomes_a_record_with_all_that_is_known_of_it(load: Load, session: Session) -> None:
    report = load(HEAD + GOOD)
    record = one(session)
    assert (report.read, report.landed, report.published) == (1, 1, 1)
    assert (record.x, record.y) == (36.005, 50.015)
    assert record.happened_at == datetime(2026, 5, 17, 11, 5, tzinfo=UTC)
    assert (record.time_precision, record.location_precision) == ("minute", "exact")
    assert (record.category, record.category_label, record.status) == ("theft", "Крадіжка", "resolved")
    assert (record.hromada, record.unit_2017, record.settlement) == ("H1", "U17", "C1")
    assert (record.source, record.demo) == ("events", False)


def test_good_rows_land_and_each_bad_one_is_kept_with_its_reason(load: Load) -> None:
    report = load(
        HEAD
        + GOOD
        + "31.02.2026;50,015;36,005;Крадіжка;\n"
        + "17.05.2026;п'ятдесят;36,005;Крадіжка;\n"
        + ";50,015;36,005;Крадіжка;\n"
        + "17.05.2026;50,015;;Крадіжка;\n"
        + "17.05.2026;5540000;36,005;Крадіжка;\n"
        + "17.05.2027;50,015;36,005;Крадіжка;\n"
        + "17.05.1026;50,015;36,005;Крадіжка;\n"
        + "17.05.2026;50,015;36,005;Крадіжка;;зайве\n"
    )
    assert (report.read, report.landed, report.rejected) == (9, 1, 8)
    found = reasons(report)
    assert [(row, column) for row, column, _ in found] == [
        ("3", "Дата"), ("4", "Широта"), ("5", "Дата"), ("6", "Довгота"), ("7", "Широта"), ("8", "Дата"), ("9", "Дата"),
        ("10", ""),
    ]  # fmt: skip
    assert "31.02.2026" in found[0][2]
    assert "not a number" in found[1][2]


def test_the_first_bad_row_stops_a_load_that_was_told_so(load: Load, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Row 3, column “Дата”: “31") as error:
        load(HEAD + GOOD + "31.02.2026;1;2;x;\n", stop_on_error=True)
    assert "Nothing was loaded" in str(error.value)
    assert not list(tmp_path.glob("*.rejects*"))


def test_a_second_load_under_another_name_adds_nothing(load: Load) -> None:
    load(HEAD + GOOD * 3)
    again = load(HEAD + GOOD * 3, name="copy.csv")
    assert (again.landed, again.known) == (0, 3)


def test_zero_coordinates_mean_no_place_and_are_said(load: Load, session: Session) -> None:
    report = load(HEAD + "17.05.2026;0;0;Крадіжка;\n17.05.2026;;;Крадіжка;\n17.05.2026;н/д;-;Крадіжка;\n")
    assert (report.no_place, report.rejected) == (3, 0)
    assert session.scalar(text("SELECT count(*) FROM incidents_public")) == 0
    assert [notice.values for notice in report.notices] == [{"count": 1}]


def test_swapped_latitude_and_longitude_are_recognised(load: Load) -> None:
    report = load("Дата;lat;lon\n17.05.2026;36,005;50,015\n17.05.2026;51,5;0,1\n")
    assert (report.outside, report.landed) == (2, 0)
    assert [("swapped" in reason) for _, _, reason in reasons(report)] == [True, False]
    assert [notice.values["count"] for notice in report.notices] == [1]


def test_unknown_words_become_other_and_unknown_with_a_count_and_keep_what_was_written(
    load: Load, session: Session
) -> None:
    strange = GOOD.replace("Крадіжка", "Левітація").replace("Розкрито", "Зависло")
    report = load(HEAD + strange * 2)
    labels = session.execute(text("SELECT DISTINCT category, category_label, status FROM incidents")).one()
    assert tuple(labels) == ("other", "Левітація", "unknown")
    assert [notice.values for notice in report.notices] == [
        {"count": 2, "words": "Левітація (2)"},
        {"count": 2, "words": "Зависло (2)"},
    ]


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("КРАДІЖКА", "theft"),
        ("Крадіжка (ст. 185 ККУ)", "theft"),
        ("ст. 289 КК України", "vehicle"),
        ("Домашнє насильство", "domestic_violence"),
        ("Насильство в сім'ї", "domestic_violence"),
        ("ДТП", "traffic"),
        ("Vandalism", "damage"),
    ],
)
def test_ukrainian_and_english_kinds_find_their_category(load: Load, session: Session, label: str, code: str) -> None:
    load(HEAD + GOOD.replace("Крадіжка", label))
    assert one(session).category == code


def test_a_settlements_name_finds_its_place_and_says_how_precise_that_is(load: Load, session: Session) -> None:
    session.execute(text("UPDATE units SET name_uk = 'Кам''янка', name_en = 'Kamianka' WHERE code = 'V1'"))
    report = load("Дата;Населений пункт\n17.05.2026;с. Камʼянка\n17.05.2026;Атлантида\n")
    assert (report.landed, report.no_place) == (1, 1)
    assert [notice.values for notice in report.notices] == [{"count": 1, "words": "Атлантида (1)"}]
    record = session.execute(text("SELECT location_precision, ST_X(geom) FROM incidents WHERE geom IS NOT NULL")).one()
    assert tuple(record) == ("settlement", 36.07)


def test_day_and_time_may_stand_in_two_columns(load: Load, session: Session) -> None:
    load("Дата;Час;Координати\n17.05.2026;14:05;50.015, 36.005\n")
    assert one(session).happened_at == datetime(2026, 5, 17, 11, 5, tzinfo=UTC)


def test_a_month_alone_is_kept_as_a_month(load: Load, session: Session) -> None:
    load("Місяць;lat;lon\n2026-05;50.015;36.005\n")
    assert one(session).time_precision == "month"


def test_what_a_file_is_taken_for_is_shown_before_anything_is_written(load: Load, session: Session) -> None:
    shown: list[tuple[Preview, int]] = []

    def show(preview: Preview) -> None:
        shown.append((preview, session.scalar(text("SELECT count(*) FROM incidents")) or 0))

    load("№;Дата;Широта;Довгота;Категорія\n7;17.05.2026;50,015;36,005;Крадіжка\n" * 1, show=show)
    preview, records = shown[0]
    assert records == 0
    assert preview.columns == {"when": "Дата", "lat": "Широта", "lon": "Довгота", "category": "Категорія"}
    assert preview.ignored == ["№"]
    assert preview.samples == [
        {"row": "2", "when": "17.05.2026", "where": "50.01500, 36.00500", "category": "theft", "status": "unknown"}
    ]


def test_a_file_of_nothing_but_bad_rows_lands_nothing_and_keeps_them_all(load: Load) -> None:
    report = load(HEAD + "учора;1;2;x;\n" * 3)
    assert (report.landed, report.rejected, len(reasons(report))) == (0, 3, 3)


def test_headings_without_rows_are_refused(load: Load) -> None:
    with pytest.raises(BadInput, match="no rows under them"):
        load(HEAD)


def test_cells_that_look_like_formulas_are_made_text_in_the_rejects_file(load: Load) -> None:
    report = load(HEAD + "учора;50,015;36,005;=HYPERLINK(1);\n")
    assert report.rejects is not None
    assert "'=HYPERLINK(1)" in report.rejects.read_text("utf-8-sig")


def test_a_file_longer_than_a_chunk_counts_its_repeats_across_chunks(
    load: Load, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingestion import sheets

    monkeypatch.setattr(sheets.Sheet.chunks, "__defaults__", (2,))
    report = load(HEAD + GOOD * 5)
    assert (report.read, report.landed) == (5, 5)
    assert session.scalars(text("SELECT nth FROM incidents ORDER BY nth")).all() == [1, 2, 3, 4, 5]
