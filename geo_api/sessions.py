"""Who is at the browser: the session's cookie, looked up at most once a second, left in the scope for everybody."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from geo_api.home import find_home
from geo_api.security import Headers, SameSite, cookie_header, cookie_name, is_loopback
from geo_api.settings import Settings
from layers.database.engine import Database
from layers.people import door
from layers.people.credentials import Hasher, Keys
from layers.people.door import Porter
from layers.people.rules import SESSION_LENGTH
from layers.viewer import Viewer

COOKIE = "bezpeka"
REMEMBERED_SECONDS = 1.0
REMEMBERED_AT_MOST = 4096


def install(app: FastAPI, database: Database, settings: Settings) -> None:
    """Guard an application: headers outermost, then proof of origin, then who is looking; and set up the door."""
    secret = settings.secret.get_secret_value() if settings.secret else find_home(settings).secret(settings)
    app.state.porter = Porter(database, Keys(secret), Hasher())
    app.state.viewers = viewers = Viewers(database)
    app.add_middleware(Sessions, viewers=viewers, plain_http=settings.plain_http)
    app.add_middleware(SameSite, public_url=settings.public_url)
    app.add_middleware(Headers, public_url=settings.public_url)


class Viewers:
    """Viewers by their session's token, remembered for a second: a screen of tiles costs one look-up."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._known: dict[str, tuple[float, Viewer | None]] = {}

    def remembered(self, token: str) -> tuple[Viewer | None] | None:
        """Return what is known of a token, or None when it must be looked up."""
        known = self._known.get(token)
        return (known[1],) if known and known[0] > time.monotonic() else None

    def look_up(self, token: str) -> Viewer | None:
        """Ask the database; the only place that does."""
        viewer = door.viewer_for_token(self.database, token, datetime.now(UTC))
        if len(self._known) >= REMEMBERED_AT_MOST:
            self._known.clear()
        self._known[token] = (time.monotonic() + REMEMBERED_SECONDS, viewer)
        return viewer

    def forget(self) -> None:
        """Forget everybody: an account or session was just changed by this process."""
        self._known.clear()


class Sessions:
    """Leave the viewer and the session's token in the scope. Without a cookie the database is not touched."""

    def __init__(self, app: ASGIApp, viewers: Viewers, *, plain_http: bool) -> None:
        self.app = app
        self.viewers = viewers
        self.plain_http = plain_http

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            token = self._token(scope)
            if token:
                known = self.viewers.remembered(token)
                viewer = known[0] if known else await run_in_threadpool(self.viewers.look_up, token)
                if viewer is not None:
                    scope["state"].update(viewer=viewer, session_token=token)
        await self.app(scope, receive, send)

    def _token(self, scope: Scope) -> str:
        if not any(name == b"cookie" and b"bezpeka=" in value for name, value in scope["headers"]):
            return ""
        request = HTTPConnection(scope)
        if not may_sign_in(request, plain_http=self.plain_http):
            return ""
        return request.cookies.get(cookie_name(scope, COOKIE), "")


def may_sign_in(request: HTTPConnection, *, plain_http: bool) -> bool:
    """Tell whether a session's cookie may travel here: over https, at this machine, or where a setting allows it."""
    return bool(request.scope["state"]["secure"]) or plain_http or is_loopback(request)


def begin(request: HTTPConnection, response: Response, token: str) -> None:
    """Give the browser its session."""
    age = int(SESSION_LENGTH.total_seconds())
    response.raw_headers.append(cookie_header(request.scope, COOKIE, token, max_age=age))


def end(request: HTTPConnection, response: Response) -> None:
    """Take the session from the browser."""
    response.raw_headers.append(cookie_header(request.scope, COOKIE, "", max_age=0))
