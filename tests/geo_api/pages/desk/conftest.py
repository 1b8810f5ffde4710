"""The desk of the made-up town: reports that come in through the one door, and people who open its pages and press."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from pydantic import SecretStr
from sqlalchemy import text
from starlette.testclient import TestClient

from geo_api.app import create_app
from layers.database.engine import Database
from layers.people.credentials import Keys
from layers.privacy.actions import ensure_snap_points
from layers.problems import actions, intake, rules, store
from layers.problems.actions import Step
from layers.problems.intake import Receipt, Report
from layers.problems.tables import Problem
from layers.viewer import PUBLIC, STAFF, Viewer, robot
from tests import town
from tests.database import viewer
from tests.geo_api.conftest import Asked, make_settings

SECRET = "a secret of thirty-two characters at least"
PUBLIC_URL = "https://bezpeka.example.org"
IN_CITY = (36.005, 50.015)
COORDINATOR = viewer("coordinator")
OPERATOR = viewer("operator")
POLICE = viewer("police_lead")
EXECUTOR = viewer("executor")
SIGNED = "Олена Приклад, координаторка"
HIDDEN = re.compile(r'name="(csrf|version|seen)" value="([^"]*)"')

Bring = Callable[..., Receipt]


@pytest.fixture(scope="module")
def app(database_url: str, database: Database, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    home = tmp_path_factory.mktemp("home")
    area = town.profile(home)
    with database.begin(robot("test")) as session:
        town.build(session)
        ensure_snap_points(session, area, now=datetime.now(UTC))
    settings = make_settings(
        database_url, home, area=area.profile, secret=SecretStr(SECRET), smtp_host="127.0.0.1", public_url=PUBLIC_URL
    )
    return create_app(settings)


@pytest.fixture(scope="module")
def asked(app: FastAPI) -> Asked:
    return Asked(app)


@pytest.fixture(scope="module")
def asking(asked: Asked) -> Iterator[TestClient]:
    with TestClient(asked, raise_server_exceptions=False, base_url="http://127.0.0.1") as client:
        yield client


@dataclass
class Clerk:
    """Somebody at the desk: whoever `who` is, with a browser."""

    asked: Asked
    client: TestClient
    who: Viewer | None

    def see(self, path: str, **headers: str) -> Response:
        self.asked.viewer = self.who
        return self.client.get(path, headers={"accept": "text/html", **headers}, follow_redirects=False)

    def form(self, number: int | str) -> dict[str, str]:
        """Open a report's page and return the hidden fields of its forms."""
        return dict(HIDDEN.findall(self.see(f"/desk/{number}").text))

    def send(self, number: int | str, verb: str, *, files: Any = None, **fields: Any) -> Response:
        """Open the page of a report and send one of its forms; fields given go before those of the page."""
        return self.post(f"/desk/{number}/{verb}", {**self.form(number), **fields}, files=files)

    def post(self, path: str, fields: dict[str, Any], *, files: Any = None, **headers: str) -> Response:
        self.asked.viewer = self.who
        return self.client.post(
            path, data=fields, files=files, headers={"accept": "text/html", **headers}, follow_redirects=False
        )


@pytest.fixture
def at_desk(asked: Asked, asking: TestClient) -> Iterator[Callable[[Viewer | None], Clerk]]:
    yield lambda who: Clerk(asked, asking, who)
    asked.viewer = None


@pytest.fixture
def clerk(at_desk: Callable[[Viewer | None], Clerk]) -> Clerk:
    return at_desk(COORDINATOR)


@pytest.fixture
def bring(app: FastAPI, database: Database) -> Bring:
    """Return a function that reports as a resident would."""

    def submit(
        words: str = "Не світить ліхтар", category: str = "lighting", *, at: tuple[float, float] | None = IN_CITY,
        now: datetime | None = None, **given: Any,
    ) -> Receipt:  # fmt: skip
        lon, lat = at or (None, None)
        report = Report(category, words, lon, lat, **{"device": str(uuid4()), **given})
        prepared = intake.prepare(report)
        area = app.state.service.area
        with database.begin(PUBLIC) as session:
            return intake.submit(
                session, PUBLIC, Keys(SECRET), area, prepared, key=str(uuid4()), now=now or datetime.now(UTC)
            )

    return submit


@pytest.fixture
def bring_to(app: FastAPI, database: Database, bring: Bring) -> Callable[..., Receipt]:
    """Return a function that reports and brings the report to a status, by way of those named."""

    def through(*statuses: str, public_words: str = "Ліхтар не світить", **given: Any) -> Receipt:
        receipt = bring(**given)
        area, moment = app.state.service.area, datetime.now(UTC)
        with database.begin(robot("test")) as session:
            for status in statuses:
                found = store.one(session, receipt.problem)
                assert found is not None
                if status == "confirmed":
                    version = actions.edit(
                        session, robot("test"), area, found.id, words=public_words, category=found.category,
                        version=found.version,
                    )  # fmt: skip
                    for photo in store.photos_of(session, found.id):
                        actions.judge_photo(session, robot("test"), photo.id, approve=True, checked=rules.PHOTO_CHECKS)
                else:
                    version = found.version
                step = Step(reason="advert", words="Слова", institution=institution(session), signed="Іван Приклад")
                actions.move(session, robot("test"), area, found.id, status, step, version=version, now=moment)
        return receipt

    return through


def institution(session: Any, code: str = "energy") -> UUID:
    """Return an institution, where the executor of these tests works."""
    session.execute(
        text("UPDATE institutions SET members = ARRAY[CAST(:who AS uuid)] WHERE code = :code"),
        {"who": EXECUTOR.account, "code": code},
    )
    found: UUID = session.scalar(text("SELECT id FROM institutions WHERE code = :code"), {"code": code})
    return found


@pytest.fixture
def kept(database: Database) -> Callable[[Receipt], Problem]:
    """Return a function that gives a report as the database has it now."""

    def look(receipt: Receipt) -> Problem:
        with database.begin(robot("test")) as session:
            found = store.one(session, receipt.problem)
            assert found is not None
            return found

    return look


@pytest.fixture
def rows(database: Database) -> Callable[..., Sequence[Any]]:
    """Return a function that asks the database as a robot."""

    def ask(sql: str, **values: Any) -> Sequence[Any]:
        with database.begin(robot("test")) as session:
            return session.execute(text(sql), values).all()

    return ask


EVERYBODY = [Viewer(role, account=uuid4(), units=frozenset({"H1"})) for role in sorted(STAFF)]
