"""Subscribing at /alerts without an account, confirming by a letter, stopping by one click."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import text
from starlette.testclient import TestClient

from geo_api.app import create_app
from layers.alerts import rules
from layers.area import Area
from layers.database.engine import Database
from layers.privacy.actions import ensure_snap_points
from layers.viewer import robot
from tests import town
from tests.geo_api.conftest import make_settings
from tests.geo_api.pages.conftest import TOKEN

ROBOT = robot("test")
BASE = "https://map.example.org"


@pytest.fixture(scope="module")
def town_area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return town.profile(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def app(database: Database, database_url: str, town_area: Area, home: Path) -> FastAPI:
    with database.begin(ROBOT) as session:
        town.build(session)
        ensure_snap_points(session, town_area, now=datetime.now(UTC))
    mail = {"smtp_host": "127.0.0.1", "public_url": BASE}
    return create_app(make_settings(database_url, home, area=town_area.profile, **mail))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, base_url=BASE) as asking:
        yield asking


@pytest.fixture(autouse=True)
def nobody_yet(database: Database, app: FastAPI) -> None:
    with database.begin(ROBOT) as session:
        for table in ("alerts", "outbox", "rate_limits"):
            session.execute(text(f"DELETE FROM {table}"))


def send(client: TestClient, email: str = "neighbour@example.org", **fields: object) -> Response:
    """Open the form, take its token and key, send it."""
    form = client.get("/alerts").text
    token, key = TOKEN.search(form), re.search(r'name="key" value="([^"]+)"', form)
    assert token
    assert key
    filled = {"csrf": token[1], "key": key[1], "email": email, "changes": "both", "pace": "daily", **fields}
    return client.post("/alerts", data=filled, headers={"accept": "text/html"}, follow_redirects=False)


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.begin(ROBOT) as session:
        return [tuple(row) for row in session.execute(text(query))]


def letter(database: Database) -> str:
    [(body,)] = rows(database, "SELECT body FROM outbox")
    return str(body)


def link(body: str, word: str) -> str:
    found = re.search(rf"{BASE}(/alerts/{word}/[\w-]+)", body)
    assert found
    return found[1]


def test_the_form_offers_hromadas_and_public_categories_and_takes_the_maps_filters_along(client: TestClient) -> None:
    form = client.get("/alerts?unit=H1&category=lighting&category=drugs").text
    assert '<input type="checkbox" name="units" value="H1" checked>' in form
    assert '<input type="checkbox" name="categories" value="lighting" checked>' in form
    assert 'value="drugs"' not in form
    assert 'href="/feeds/problems.atom?unit=H1&amp;category=lighting' in form
    assert "Letters about new reports" in client.get("/alerts?lang=en").text


def test_a_letter_asks_to_confirm_and_only_the_button_does(client: TestClient, database: Database) -> None:
    sent = send(client, units="H1", categories=["lighting", "road"], pace="weekly")
    assert (sent.status_code, sent.headers["location"]) == (303, "/alerts/sent")
    assert "Перевірте пошту" in client.get("/alerts/sent").text
    body = letter(database)
    for said in ("H1", "Освітлення; Дорога і перехід", "раз на тиждень"):
        assert said in body
    where = link(body, "confirm")
    assert "Писати вам?" in client.get(where).text
    assert rows(database, "SELECT confirmed_at FROM alerts") == [(None,)]
    token = TOKEN.search(client.get(where).text)
    assert token
    assert "Підтверджено" in client.post(where, data={"csrf": token[1]}).text
    [(confirmed,)] = rows(database, "SELECT confirmed_at FROM alerts")
    assert confirmed
    assert "Підтверджено" in client.get(where).text


def test_the_answer_is_the_same_for_a_known_address_an_unknown_one_and_one_that_had_its_share(
    client: TestClient, database: Database
) -> None:
    answers = []
    for _ in range(rules.LETTERS_OF_ADDRESS + 2):
        known = send(client)
        answers.append((known.status_code, known.headers["location"], known.text))
    unknown = send(client, "stranger@example.org")
    answers.append((unknown.status_code, unknown.headers["location"], unknown.text))
    assert len(set(answers)) == 1
    assert rows(database, "SELECT recipient, count(*) FROM outbox GROUP BY 1 ORDER BY 1") == [
        ("neighbour@example.org", rules.LETTERS_OF_ADDRESS),
        ("stranger@example.org", 1),
    ]


def test_a_network_that_subscribes_too_often_is_asked_to_wait(client: TestClient) -> None:
    codes = [send(client, f"a{n}@example.org").status_code for n in range(rules.ASKED_OF_NETWORK + 1)]
    assert codes == [303] * rules.ASKED_OF_NETWORK + [429]


def test_mistakes_are_said_beside_their_fields_and_what_was_typed_stays(client: TestClient) -> None:
    answer = send(client, "no address", units="H1", drawn="36.0 50.0, 36.1 50.1")
    assert answer.status_code == 422
    assert "щонайменше три кути" in answer.text
    assert 'value="no address"' in answer.text
    assert 'value="H1" checked' in answer.text


@pytest.mark.parametrize("body", [{"List-Unsubscribe": "One-Click"}, {}])
def test_one_click_stops_and_erases_without_a_cookie_from_wherever(
    app: FastAPI, client: TestClient, database: Database, body: dict[str, str]
) -> None:
    send(client)
    [(headers,)] = rows(database, "SELECT headers FROM outbox")
    assert isinstance(headers, dict)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address == BASE + link(letter(database), "stop")
    path = address.removeprefix(BASE)
    assert "Більше не писати?" in client.get(path).text
    assert len(rows(database, "SELECT 1 FROM alerts")) == 1
    program = TestClient(app, base_url=BASE)
    stopped = program.post(path, data=body, headers={"origin": "https://mail.example.org", "accept": "*/*"})
    assert (stopped.status_code, program.post(path, data=body).status_code) == (200, 200)
    assert "стерто" in stopped.text
    assert rows(database, "SELECT email FROM alerts") == []
    assert rows(database, "SELECT recipient FROM outbox") == []


def test_a_link_that_somebody_made_up_opens_nothing(client: TestClient) -> None:
    assert client.get("/alerts/confirm/x").status_code == 404
    assert "стерто" in client.get("/alerts/stop/x").text


def test_where_no_letter_can_go_the_form_says_so_and_offers_the_feed(
    database_url: str, town_area: Area, home: Path
) -> None:
    with TestClient(create_app(make_settings(database_url, home, area=town_area.profile)), base_url=BASE) as asking:
        form = asking.get("/alerts").text
        assert "карту не підключено до пошти" in form
        assert 'href="/feeds/problems.atom"' in form
        assert send(asking).status_code == 503
