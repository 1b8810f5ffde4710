"""Where the desk's people go from page to page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from geo_api.context import language_of
from layers.database.engine import Session
from layers.problems import hotline, rules
from layers.viewer import KEEPERS, Viewer

REPORTS, CALL, BACK, PASTE, SETTINGS = "/desk", "/desk/new", "/desk/callbacks", "/desk/paste", "/desk/settings"


@dataclass(frozen=True)
class Place:
    """One page of the desk; `count` is how much waits there."""

    href: str
    title: str
    current: bool
    count: int = 0


def places(request: Request, session: Session, viewer: Viewer, here: str) -> list[Place]:
    """Return the pages that this viewer works on, `here` among them."""
    _ = language_of(request).gettext
    found = []
    if viewer.role in rules.DESK:
        found = [
            Place(REPORTS, _("Reports"), here == REPORTS),
            Place(CALL, _("New call"), here == CALL),
            Place(BACK, _("Call back"), here == BACK, hotline.waiting(session, viewer)),
            Place(PASTE, _("From a messenger"), here == PASTE),
        ]
    if viewer.role in KEEPERS:
        found.append(Place(SETTINGS, _("Settings"), here == SETTINGS))
    return found
