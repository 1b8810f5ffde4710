"""The page of figures, and the same for programs: for everybody, with n, and never more than is fair."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from geo_api.app import create_app
from layers.area import Area
from layers.database.engine import Database
from layers.people.credentials import Keys
from layers.privacy.actions import ensure_snap_points
from layers.problems import intake
from layers.problems.intake import Contact, Report
from layers.viewer import PUBLIC, robot
from tests import town
from tests.geo_api.conftest import make_settings
from tests.layers.problems.conftest import IN_CITY, NOW


@pytest.fixture(scope="module")
def town_area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return town.profile(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def app(database: Database, database_url: str, town_area: Area, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Give the application over a town with twelve reports of lamps and one for the police."""
    with database.begin(robot("test")) as session:
        town.build(session)
        ensure_snap_points(session, town_area, now=NOW)
    keys = Keys("a secret of thirty-two characters at least")
    with database.begin(PUBLIC) as session:
        for n, category in enumerate([*["lighting"] * 12, "drugs"]):
            report = Report(category, f"Слова {n}", *IN_CITY, device=f"{n}", contact=Contact(phone="0501234567"))
            intake.submit(session, PUBLIC, keys, town_area, intake.prepare(report), key=f"{n}", now=NOW)
    return create_app(make_settings(database_url, tmp_path_factory.mktemp("home"), area=town_area.profile))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, base_url="http://127.0.0.1") as asking:
        yield asking


def test_the_page_says_how_many_and_that_reports_are_not_crime(client: TestClient) -> None:
    page = client.get("/statistics").text
    assert "Повідомлення — це не злочини" in page
    assert "<dd>12</dd>" in page
    assert "Освітлення" in page
    assert "Reports are not crime" in client.get("/statistics?lang=en").text


def test_the_csv_holds_a_line_for_all_each_hromada_each_category_and_both(client: TestClient) -> None:
    answer = client.get("/statistics.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    said = {(row["hromada"], row["category"]): row["received"] for row in rows}
    assert said == {("", ""): "12", ("H1", ""): "12", ("", "lighting"): "12", ("H1", "lighting"): "12"}
    assert {row["answer_days"] for row in rows} == {""}


def test_the_json_says_the_rules_of_counting_and_the_same_figures(client: TestClient) -> None:
    told = client.get("/statistics.json?unit=H1&lang=en").json()
    assert told["median_from_n"] == 10
    assert told["reports_of_one_person_counted_a_month"] == 3
    assert {line["hromada"] for line in told["lines"]} == {"H1"}
    assert "Reports are not crime" in told["note"]


def test_months_without_reports_say_so_and_a_wrong_month_says_how_to_write_it(client: TestClient) -> None:
    assert "повідомлень ще немає" in client.get("/statistics?from=2030-01").text
    wrong = client.get("/statistics?from=осінь", headers={"accept": "text/html"})
    assert wrong.status_code == 400
    assert "2026-11" in wrong.text


def test_no_figure_is_about_reports_for_the_police_and_none_of_the_words_leave(client: TestClient) -> None:
    for path in ("/statistics", "/statistics.csv", "/statistics.json"):
        text = client.get(path).text
        assert '"drugs"' not in text
        assert ",drugs," not in text
        assert "Слова" not in text
        assert "0501234567" not in text
