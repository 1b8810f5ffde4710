"""What all pages of settings do alike: who may, the way from one to another, what was changed before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from geo_api.context import language_of
from geo_api.pages.forms import page, porter_of, signed_in
from geo_api.places import SETTINGS
from layers import history
from layers.database.engine import Session
from layers.keeping import must_keep
from layers.people.rules import ROLE_TITLES
from layers.problems import hotline
from layers.text import N_
from layers.viewer import Role, Viewer
from maps.language import Language

PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Cookie"}
SECTIONS = (
    ("", N_("All settings")),
    ("/categories", N_("Categories")),
    ("/helplines", N_("Numbers to call")),
    ("/institutions", N_("Institutions")),
    ("/routes", N_("Who gets what")),
    ("/organisation", N_("Organisation")),
)
EVENTS = {
    "added": N_("added"),
    "changed": N_("changed"),
    "removed": N_("removed"),
    "switched_on": N_("switched on"),
    "switched_off": N_("switched off"),
    "shifted": N_("moved in the order"),
    "checked": N_("number checked"),
    "routed": N_("another addressee"),
}
FIELDS = {
    "problem_uk": N_("title in Ukrainian"),
    "problem_en": N_("title in English"),
    "title_uk": N_("title for records, in Ukrainian"),
    "title_en": N_("title for records, in English"),
    "hint_uk": N_("hint in Ukrainian"),
    "hint_en": N_("hint in English"),
    "words": N_("words"),
    "symbol": N_("sign"),
    "family": N_("family"),
    "audience": N_("who sees it"),
    "answer_days": N_("days to an answer"),
    "severity": N_("severity"),
    "radius_m": N_("radius, m"),
    "active": N_("offered"),
    "number": N_("phone number"),
    "concerns": N_("what it is for"),
    "checked_on": N_("checked on"),
    "name_uk": N_("name in Ukrainian"),
    "name_en": N_("name in English"),
    "kind": N_("kind"),
    "addressee": N_("addressee"),
    "email": N_("e-mail"),
    "address": N_("address"),
    "members": N_("people"),
    "hotline": N_("hotline"),
    "hotline_hours": N_("hours of the hotline"),
    "registration": N_("registration"),
    "signatory": N_("who signs"),
    "signatory_position": N_("position of who signs"),
    "martial_law": N_("martial law"),
}


@dataclass(frozen=True)
class Change:
    """One line of what was changed before."""

    at: datetime
    who: str
    what: str
    fields: str


def keeper(request: Request) -> Viewer:
    """Return the signed-in viewer who keeps the settings; raises NotSignedIn, NotAllowed."""
    viewer = signed_in(request)
    must_keep(viewer)
    return viewer


async def typed(request: Request, *names: str) -> dict[str, str]:
    """Return fields of the form as they were typed; one that is missing is empty."""
    async with request.form() as given:
        return {name: str(given.get(name, "")).replace("\0", "") for name in names}


async def ticked(request: Request, name: str) -> list[str]:
    """Return the values of a field that were ticked."""
    async with request.form() as given:
        return [str(value) for value in given.getlist(name)]


def shown(request: Request, template: str, *, section: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page of settings."""
    viewer, language = keeper(request), language_of(request)
    with porter_of(request).database.begin(viewer) as session:
        waiting = hotline.waiting(session, viewer)
    sections = [(f"{SETTINGS}{path}", language.gettext(title), path == section) for path, title in SECTIONS]
    answer = page(request, template, status=status, place=SETTINGS, waiting=waiting, sections=sections, **values)
    answer.headers.update(PRIVATE)
    return answer


def changes(session: Session, subject: str, subject_id: str, language: Language) -> list[Change]:
    """Return what was changed of one thing, the latest first."""
    lines = reversed(history.of(session, subject, subject_id))
    return [
        Change(line["at"], _who(line, language), language.gettext(EVENTS.get(line["event"], line["event"])), told)
        for line in lines
        for told in [", ".join(_fields(line["codes"], language)) if line["event"] == "changed" else ""]
    ]


def _who(line: dict[str, Any], language: Language) -> str:
    role = line["actor_role"]
    return ROLE_TITLES[Role(role)][language.code] if role in set(ROLE_TITLES) else line["actor_name"] or role


def _fields(codes: dict[str, Any], language: Language) -> Iterator[str]:
    """Yield what changed: of codes and numbers from what to what, of a text only that it did."""
    for name, change in codes.items():
        title = language.gettext(FIELDS.get(name, name))
        plain = change is not None and all(isinstance(each, int | float | str) for each in change)
        yield f"{title}: {_told(change[0])} → {_told(change[1])}" if plain else title


def _told(value: Any) -> str:
    return {True: "✓", False: "✗"}.get(value, str(value)) if isinstance(value, bool) else str(value)
