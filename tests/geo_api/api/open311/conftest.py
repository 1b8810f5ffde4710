"""The made-up town with reports in every state, and the application over it, asked in memory and over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response
from pydantic import SecretStr
from starlette.testclient import TestClient

from geo_api.app import create_app
from layers.api_keys import actions as api_keys
from layers.database.engine import Database
from layers.people.credentials import Keys
from layers.viewer import robot
from tests import reports, town
from tests.geo_api.conftest import make_settings
from tests.reports import HIDDEN, NOTE, OTHER_DOOR, SECRET, Desk
from tests.serving import serving

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=200)
ANSWER = "Ліхтар замінили"
LINES = "Не світить ліхтар\nбіля <ринку> & школи \x0b"


@dataclass(frozen=True)
class Town:
    """What lies in the database: public ids."""

    lamp: UUID  # answered, with a photo, forwarded
    road: UUID  # closed
    old: UUID  # made long ago
    hidden: UUID  # not published
    desk: Desk


@pytest.fixture(scope="module")
def filled(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Town:
    desk = Desk(database, town.profile(tmp_path_factory.mktemp("town")), Keys(SECRET))
    desk.build(NOW)
    lamp = desk.bring("lamp", now=NOW, photos=(reports.photo(),))
    lamp_id = desk.publish(lamp.problem, LINES, now=NOW)
    desk.move(lamp.problem, "forwarded", now=NOW, institution=desk.institution("energy"))
    desk.answer(lamp.problem, "Бригада буде у вівторок", now=NOW)
    desk.answer(lamp.problem, ANSWER, now=NOW)
    desk.answer(lamp.problem, "Відповідь лише авторові: дзвоніть", now=NOW, publish=False)
    desk.note(lamp.problem, NOTE, now=NOW)
    road = desk.bring("road", now=NOW, category="road", at=OTHER_DOOR)
    road_id = desk.publish(road.problem, "Яма на дорозі", now=NOW)
    desk.move(road.problem, "forwarded", now=NOW, institution=desk.institution("utilities"))
    desk.move(road.problem, "done", now=NOW, words="Засипали")
    _close(desk, road.problem)
    old = desk.bring("old", now=LONG_AGO, category="animals")
    old_id = desk.publish(old.problem, "Зграя собак", now=LONG_AGO)
    hidden = desk.bring("hidden", now=NOW, words=HIDDEN)
    return Town(lamp_id, road_id, old_id, desk.public_id(hidden.problem), desk)


def _close(desk: Desk, problem: UUID) -> None:
    from layers.problems import actions, rules
    from layers.problems.receipts import person_of

    with desk.database.begin(robot(rules.REPORTER)) as session:
        actions.say(session, desk.area, problem, person_of(desk.keys, "road"), "fixed", now=NOW)


@pytest.fixture(scope="module")
def app(filled: Town, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    home = tmp_path_factory.mktemp("home")
    return create_app(make_settings(database_url, home, area=filled.desk.area.profile, secret=SecretStr(SECRET)))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, base_url="http://127.0.0.1") as asking:
        yield asking


@pytest.fixture(scope="module")
def api_key(database: Database, filled: Town) -> str:
    with database.begin(robot("test")) as session:
        return api_keys.add(session, robot("test"), "Застосунок", now=NOW).secret


@pytest.fixture
def post(client: TestClient, api_key: str) -> Callable[..., Response]:
    """Return a function that sends a report as a program does, by default a good one."""

    def send(path: str = "requests.json", *, key: str = "", files: object = None, **words: str) -> Response:
        good = {
            "api_key": api_key, "service_code": "lighting", "lat": "50.0147913", "long": "36.0053217",
            "description": "Темно на розі",
        }  # fmt: skip
        form = {name: value for name, value in {**good, **words}.items() if value != "-"}
        headers = {"Idempotency-Key": key} if key else {}
        return client.post(f"/open311/v2/{path}", data=form, files=files, headers=headers)  # type: ignore[arg-type]

    return send


@pytest.fixture(scope="module")
def site(app: FastAPI) -> Iterator[str]:
    """Give the address of the application on a free port of loopback."""
    with serving(lambda _: app) as address:
        yield address
