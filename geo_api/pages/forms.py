"""What every page with a form does alike: the token in it, what was typed kept, errors beside their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from geo_api.context import frame_of, language_of, service_of, viewer_of
from geo_api.security import csrf_token, give_csrf_cookie
from geo_api.sessions import Viewers
from layers.errors import BadFields, BezpekaError, NotSignedIn
from layers.people.door import Porter
from layers.text import N_
from layers.viewer import Viewer
from maps.pages import render


def page(request: Request, template: str, *, status: int = 200, path: str | None = None, **values: Any) -> HTMLResponse:
    """Return a page that no cache keeps; `path` is where its language links lead, if this address answers no GET."""
    frame = replace(frame_of(request), csrf=csrf_token(request))
    if path is not None:
        frame = replace(frame, path=path, query=())
    html = render(template, language_of(request), frame, timezone=service_of(request).area.timezone, **values)
    answer = HTMLResponse(html, status, {"Cache-Control": "no-store", "Vary": "Cookie"})
    give_csrf_cookie(request, answer)
    return answer


def said(request: Request, error: BezpekaError) -> str:
    """Return an error's sentence in the reader's language."""
    return language_of(request).gettext(error.message, **error.values)


def wrong_fields(request: Request, error: BezpekaError) -> dict[str, str]:
    """Return what to say beside which field; under "" what concerns the whole form."""
    fields: Mapping[str, BezpekaError] = error.fields if isinstance(error, BadFields) else {}
    return {name: said(request, one) for name, one in fields.items()} or {"": said(request, error)}


def signed_in(request: Request) -> Viewer:
    """Return the signed-in viewer; raises NotSignedIn, which on a page leads to the door."""
    viewer = viewer_of(request)
    if viewer.account is None:
        raise NotSignedIn(N_("Sign in first."))
    return viewer


def to(path: str, **words: str) -> RedirectResponse:
    """Send the browser on with a GET."""
    return RedirectResponse(f"{path}?{urlencode(words)}" if words else path, 303, {"Cache-Control": "no-store"})


def inner(path: str) -> str:
    """Return the path if it leads to a page of ours, or else the map: a link to the door must not send people away."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else "/"


def porter_of(request: Request) -> Porter:
    porter: Porter = request.app.state.porter
    return porter


def viewers_of(request: Request) -> Viewers:
    viewers: Viewers = request.app.state.viewers
    return viewers


def now() -> datetime:
    return datetime.now(UTC)
