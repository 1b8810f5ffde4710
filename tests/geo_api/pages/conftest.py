"""A browser at the door: the whole application on a clone of the database, and people who can come in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx import Response
from pydantic import SecretStr
from starlette.testclient import TestClient

from geo_api.app import create_app
from geo_api.settings import Settings
from layers.database.engine import Database
from layers.people import actions
from layers.people.credentials import Hasher, Keys
from layers.people.door import Porter
from layers.people.rules import Particulars
from layers.viewer import robot

PASSWORD = "три слова поспіль"
SECRET = "a secret of thirty-two characters at least"
TOKEN = re.compile(r'name="csrf" value="([0-9a-f.]+)"')
ROBOT = robot("test")
HERE = "http://127.0.0.1:8000"

MakeApp = Callable[..., FastAPI]
Visit = Callable[..., "Visitor"]


@dataclass
class Visitor:
    """Somebody with a browser, who fills in the forms that pages offer."""

    client: TestClient
    secret: str = ""

    def see(self, path: str, **options: object) -> Response:
        return self.client.get(path, headers={"accept": "text/html"}, follow_redirects=False, **options)  # type: ignore[arg-type]

    def send(self, path: str, *, page: str, headers: dict[str, str] | None = None, **fields: object) -> Response:
        """Open a page, take its token, send its form."""
        found = TOKEN.search(self.see(page).text)
        form = {"csrf": found.group(1) if found else "", **fields}
        return self.post(path, form, headers)

    def post(self, path: str, form: dict[str, object], headers: dict[str, str] | None = None) -> Response:
        return self.client.post(
            path, data=form, headers={"accept": "text/html", **(headers or {})}, follow_redirects=False
        )

    def code(self) -> str:
        """Return the next code of the phone, half a minute early: the one of now was used to enrol."""
        return pyotp.TOTP(self.secret).at(datetime.now(UTC) + timedelta(seconds=30))


@pytest.fixture(scope="module")
def make_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> MakeApp:
    """Return a function that makes the application with settings of its own; hashing is cheap in it."""

    def make(**settings: object) -> FastAPI:
        app = create_app(
            Settings(
                database_url=database_url,
                home=tmp_path_factory.mktemp("home"),
                secret=SecretStr(SECRET),
                **settings,  # type: ignore[arg-type]
            )
        )
        porter: Porter = app.state.porter
        quick = Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        app.state.porter = Porter(porter.database, porter.keys, quick)
        return app

    return make


@pytest.fixture(scope="module")
def app(make_app: MakeApp) -> FastAPI:
    return make_app()


@pytest.fixture
def visit(app: FastAPI) -> Visit:
    """Return a function that opens a browser; by default at this machine."""

    def visit(at: str = HERE, client: str = "127.0.0.1", application: FastAPI | None = None) -> Visitor:
        return Visitor(TestClient(application or app, base_url=at, client=(client, 50000)))

    return visit


@pytest.fixture
def member(visit: Visit, database: Database) -> Callable[..., Visitor]:
    """Return a function that makes an account and a browser that came in by its link."""

    def join(email: str, role: str, *units: str, **where: object) -> Visitor:
        keys = Keys(SECRET)
        with database.begin(ROBOT) as session:
            given = Particulars(email, "Олена Приклад", role, frozenset(units))
            invited = actions.add(session, ROBOT, keys, given, idempotency_key=email, now=datetime.now(UTC))
        visitor = visit(**where)
        visitor.secret = keys.first_totp_secret(invited.token)
        page = f"/welcome/{invited.token}"
        came = visitor.send(page, page=page, password=PASSWORD, code=pyotp.TOTP(visitor.secret).now())
        assert came.status_code == 200, came.text
        return visitor

    return join
