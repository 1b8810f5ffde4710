"""Open data, the map for others' pages and posters: for everybody, by month, and never more than is published."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from starlette.testclient import TestClient

from geo_api.app import create_app
from layers.catalogue import PROBLEMS
from layers.database.engine import Database
from layers.people.credentials import Keys
from layers.viewer import PUBLIC, robot
from tests import town
from tests.geo_api.conftest import make_settings
from tests.leaks import scan
from tests.reports import HIDDEN, OTHER_DOOR, SECRET, Desk, secrets_of

JULY = datetime(2026, 7, 14, 8, 37, tzinfo=UTC)
AUGUST = datetime(2026, 7, 31, 21, 30, tzinfo=UTC)  # in Kyiv it is August already
FORMULA = "=HYPERLINK(1)"
STREET = """
INSERT INTO streets (id, name_uk, name_en, kind, key_uk, key_en, point, geom)
VALUES ('way/7', 'вулиця Прикладна', 'Prykladna Street', 'street', 'прикладна', 'prykladna',
        ST_SetSRID(ST_MakePoint(36.01, 50.01), 4326),
        ST_SetSRID(ST_GeomFromText('MULTILINESTRING((36.009 50.01, 36.011 50.01))'), 4326))
"""


@pytest.fixture(scope="module")
def desk(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(database, town.profile(tmp_path_factory.mktemp("town")), Keys(SECRET))


@pytest.fixture(scope="module")
def published(desk: Desk) -> dict[str, UUID]:
    desk.build(JULY)
    with desk.database.begin(robot("test")) as session:
        session.execute(text("UPDATE initiative SET name_uk = 'ГО «Приклад»', hotline = '050 000 00 00'"))
        session.execute(text(STREET))
    found = {}
    for name, now, at in (("lamp", JULY, (36.0053217, 50.0147913)), ("road", AUGUST, OTHER_DOOR)):
        receipt = desk.bring(name, now=now, at=at)
        found[name] = desk.publish(receipt.problem, FORMULA, now=now)
    found["off"] = desk.publish(desk.bring("off", now=JULY).problem, "Знімуть", now=JULY)
    desk.bring("hidden", now=JULY, words=HIDDEN)
    return found


@pytest.fixture(scope="module")
def app(desk: Desk, published: object, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    home = tmp_path_factory.mktemp("home")
    given = {"area": desk.area.profile, "secret": SecretStr(SECRET), "public_url": "https://map.example.org"}
    return create_app(make_settings(database_url, home, **given))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, base_url="http://127.0.0.1") as asking:
        yield asking


def table(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_month_holds_the_reports_made_in_it_by_the_areas_clock(
    client: TestClient, published: dict[str, UUID]
) -> None:
    july, august = table(client, "/data/2026-07.csv"), table(client, "/data/2026-08.csv")
    assert {row["id"] for row in july} == {str(published["lamp"]), str(published["off"])}
    assert [row["id"] for row in august] == [str(published["road"])]
    assert {row["month"] for row in july} == {"2026-07"}
    assert table(client, "/data/2026-06.csv") == []
    in_json = client.get("/data/2026-07.geojson").json()
    assert {one["properties"]["id"] for one in in_json["features"]} == {row["id"] for row in july}
    assert in_json["metadata"]["licence"] == "CC BY 4.0"


def test_every_column_of_a_file_is_in_the_dictionary_and_every_code_has_its_names(client: TestClient) -> None:
    [row, *_] = table(client, "/data/2026-08.csv")
    words = client.get("/data/dictionary.json").json()["columns"]
    face = PROBLEMS.face(PUBLIC)
    assert face
    assert list(row) == [word["name"] for word in words] == [c.name for c in face.columns] + ["longitude", "latitude"]
    assert all(word["title_uk"] and word["title_en"] for word in words)
    codes = {word["name"]: {value["code"] for value in word["values"]} for word in words if "values" in word}
    for name in ("category", "status", "location_precision"):
        assert row[name] in codes[name]
    assert set(row["units"].split("; ")) <= codes["units"]
    lines = table(client, "/data/dictionary.csv")
    assert {line["column"] for line in lines} == set(row)
    assert {"column": "category", "type": "text", "code": "lighting", "title_uk": "Освітлення",
            "title_en": "Street lighting"} in lines  # fmt: skip


def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(client: TestClient) -> None:
    [row] = table(client, "/data/2026-08.csv")
    assert row["body"] == f"'{FORMULA}"


def test_the_same_reports_are_the_same_file_and_what_is_taken_off_is_gone(
    client: TestClient, desk: Desk, published: dict[str, UUID]
) -> None:
    paths = ("/data/2026-07.csv", "/data/2026-07.geojson")
    for path in paths:
        first, second = client.get(path), client.get(path)
        assert first.content == second.content
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    tags = [client.get(path).headers["etag"] for path in paths]
    with desk.database.begin(robot("test")) as session:
        problem = session.scalar(text("SELECT id FROM problems WHERE public_id = :id"), {"id": published["off"]})
    desk.move(problem, "checking", now=JULY, reason="asked")
    for path, tag in zip(paths, tags, strict=True):
        answer = client.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert str(published["off"]) not in answer.text


@pytest.mark.parametrize("path", ["2026-13.csv", "26-07.csv", "2026-07.xlsx", "dictionary.xml", "2199-01.csv", "x.csv"])
def test_a_file_that_is_none_says_what_there_is(client: TestClient, path: str) -> None:
    answer = client.get(f"/data/{path}")
    assert answer.status_code == 404
    assert len(answer.json()["detail"]) > 20


def test_the_page_lists_months_columns_licence_and_a_snippet_that_can_be_pasted(client: TestClient) -> None:
    page = client.get("/data").text
    assert 'href="/data/2026-07.csv"' in page
    assert 'href="/data/2026-08.geojson"' in page
    assert "серпень 2026" in page
    assert "https://creativecommons.org/licenses/by/4.0/" in page
    assert 'href="/statistics"' in page
    assert all(f"<code>{column.name}</code>" in page for column in PROBLEMS.face(PUBLIC).columns)  # type: ignore[union-attr]
    assert "&lt;iframe src=&#34;https://map.example.org/embed?lang=uk&#34;" in page
    assert "Open data" in client.get("/data?lang=en").text


# --- the map for others' pages ----------------------------------------------------------------------------------------


def test_this_page_alone_may_be_shown_in_others(client: TestClient) -> None:
    embed = client.get("/embed")
    assert "frame-ancestors *" in embed.headers["content-security-policy"]
    assert "x-frame-options" not in embed.headers
    for path in ("/", "/data", "/statistics", "/sign-in", "/nowhere"):
        page = client.get(path, headers={"accept": "text/html"})
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"], path
        assert page.headers["x-frame-options"] == "DENY"


def test_it_has_no_form_no_account_no_cookie_and_leads_back_with_its_filters(client: TestClient) -> None:
    page = client.get("/embed?category=road&unit=H1&at=12/50.01/36.01&colour=red&lang=uk")
    assert "<form" not in page.text
    assert "/sign-in" not in page.text
    assert "set-cookie" not in page.headers
    back = re.search(r'href="([^"]+)" target="_blank" rel="noopener"', page.text)
    assert back
    words = "layer=problems&amp;category=road&amp;unit=H1&amp;at=12%2F50.01%2F36.01&amp;lang=uk"
    assert back[1] == f"https://map.example.org/?{words}"
    given = json.loads(re.search(r'id="given">(.*?)</script>', page.text)[1])  # type: ignore[index]
    assert ["category", "road"] in given["filters"]
    assert given["box"] == [[36.0, 50.0], [36.1, 50.1]]  # the hromada's
    assert "OpenStreetMap" in page.text
    assert "CC BY 4.0" in page.text


def test_a_filter_that_can_not_be_read_is_refused_as_on_the_map(client: TestClient) -> None:
    assert client.get("/embed?from=autumn").status_code == 400


# --- posters ----------------------------------------------------------------------------------------------------------


def pdf_text(content: bytes, tmp_path: Path) -> str:
    file = tmp_path / "poster.pdf"
    file.write_bytes(content)
    said = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout
    info = subprocess.run(["pdfinfo", file], capture_output=True, check=True, text=True).stdout
    assert "Pages:           1" in info
    assert "A4" in info
    return " ".join(said.split())


@pytest.mark.parametrize(
    ("words", "place", "leads"),
    [
        ("?street=way/7", "вулиця Прикладна, C1", "https://map.example.org/report?street=way%2F7"),
        ("?unit=H1&lang=uk", "H1 міська громада", "https://map.example.org/report?unit=H1"),
        ("", "", "https://map.example.org/report"),
    ],
)
def test_a_poster_is_one_page_about_its_place_whose_code_opens_the_form_there(
    client: TestClient, tmp_path: Path, words: str, place: str, leads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from maps.paper import poster

    coded: list[str] = []
    code = poster._code
    monkeypatch.setattr(poster, "_code", lambda link: (coded.append(link), code(link))[1])
    answer = client.get(f"/poster.pdf{words}")
    assert answer.headers["content-type"] == "application/pdf"
    said = pdf_text(answer.content, tmp_path)
    assert "Щось не так на вашій вулиці?" in said
    assert place in said
    assert "050 000 00 00" in said
    assert "102" in said
    assert coded == [leads]


def test_a_poster_of_nowhere_or_of_two_places_is_refused(client: TestClient) -> None:
    assert client.get("/poster.pdf?unit=nowhere").status_code == 404
    assert client.get("/poster.pdf?street=%00").status_code == 404
    assert client.get("/poster.pdf?unit=H1&street=way/7").status_code == 400


# --- nothing leaks ----------------------------------------------------------------------------------------------------


def test_no_file_or_page_holds_a_door_a_contact_an_unapproved_word_or_a_minute(client: TestClient, desk: Desk) -> None:
    with desk.database.begin(robot("test")) as session:
        secrets = secrets_of(session, "08:37", "11:37", "21:30", "00:30")
    paths = ["/data", "/data?lang=en", "/embed", "/embed?lang=en&unit=H1", "/data/dictionary.json", "/data/2026-13.csv"]
    paths += [f"/data/{month}.{form}" for month in ("2026-07", "2026-08", "2026-06") for form in ("csv", "geojson")]
    assert [(path, leak) for path in paths for leak in scan(client.get(path).content, secrets)] == []


def test_months_to_come_are_none_yet(client: TestClient) -> None:
    assert client.get(f"/data/{datetime.now(UTC) + timedelta(days=40):%Y-%m}.csv").status_code == 404
