"""Where people go from page to page: everybody on the public pages, the desk's people by their role."""

from __future__ import annotations

from layers.letters.rules import READERS
from layers.problems.rules import DESK, WORKERS
from layers.text import N_
from layers.viewer import KEEPERS, STAFF, Role, Viewer
from maps.language import Language
from maps.pages import Words

REPORTS, CALL, BACK, PASTE = "/desk", "/desk/new", "/desk/callbacks", "/desk/paste"
LETTERS, CAMERAS, SETTINGS = "/desk/letters", "/plans", "/desk/settings"
PLACES: tuple[tuple[str, str, frozenset[Role]], ...] = (
    (REPORTS, N_("Reports"), WORKERS),
    (CALL, N_("New call"), DESK),
    (BACK, N_("Call back"), DESK),
    (PASTE, N_("From a messenger"), DESK),
    (LETTERS, N_("Letters"), READERS),
    (CAMERAS, N_("Cameras"), STAFF),
    (SETTINGS, N_("Settings"), KEEPERS),
)

WAYS: Words = (
    ("/", N_("Map")),
    ("/my", N_("My reports")),
    ("/alerts", N_("Letters about new reports")),
    ("/statistics", N_("Reports in figures")),
    ("/institutions", N_("How institutions answer")),
    ("/plans", N_("Cameras in figures")),
    ("/data", N_("Open data")),
)


def ways_of(path: str, language: Language) -> Words:
    """Return the public pages beside the one at `path`: addresses and titles."""
    return tuple((href, language.gettext(title)) for href, title in WAYS if href != path)


def places_of(viewer: Viewer, language: Language) -> Words:
    """Return the pages of the desk that this viewer works on: addresses and titles."""
    if viewer.account is None:
        return ()
    return tuple((path, language.gettext(title)) for path, title, roles in PLACES if viewer.role in roles)
