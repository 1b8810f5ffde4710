"""Who stands before a page of camera plans, and what every such page is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from geo_api.context import language_of, service_of, viewer_of
from geo_api.pages.forms import now, page, signed_in
from layers.cameras import actions, rules
from layers.database.engine import Session
from layers.errors import NotAllowed, NotFound
from layers.people import actions as people
from layers.people.rules import ROLE_TITLES
from layers.text import N_
from layers.viewer import Role, Viewer


@dataclass(frozen=True)
class Reader:
    """Who reads exact places: their name stands on every picture and copy of them."""

    viewer: Viewer
    name: str
    role: str

    @property
    def plans(self) -> bool:
        return self.viewer.role in rules.PLANNERS

    @property
    def is_deputy(self) -> bool:
        return self.viewer.role is Role.DEPUTY


def may_see(session: Session, viewer: Viewer) -> bool:
    """Tell whether exact sites are for this viewer."""
    try:
        actions.must_see(session, viewer)
    except NotAllowed:
        return False
    return True


def insider(session: Session, request: Request) -> Reader:
    """Return the reader of exact sites; raises NotSignedIn or NotAllowed."""
    viewer = signed_in(request)
    actions.must_see(session, viewer)
    assert viewer.account is not None
    language = language_of(request)
    role = ROLE_TITLES[viewer.role][language.code]
    try:
        name = people.one(session, viewer.account).name
    except NotFound:
        name = ""
    return Reader(viewer, name or role, role)


def planner(request: Request) -> Viewer:
    """Return whoever makes plans; raises NotSignedIn or NotAllowed."""
    viewer = signed_in(request)
    rules.must_plan(viewer)
    return viewer


def shown(request: Request, template: str, reader: Reader, **values: Any) -> Response:
    """Return a page with exact sites: kept by no cache, with the reader's name and the moment all over its map."""
    moment = local_now(request)
    mark = f"{reader.name} · {moment:%d.%m.%Y %H:%M}"
    return page(request, template, reader=reader, mark=mark, **words(request), **values)


def words(request: Request) -> dict[str, Any]:
    """Return the words that the pages of plans share."""
    return {
        "mounts": rules.MOUNT_TITLES,
        "states": rules.STATES,
        "kinds_of_plans": rules.PLAN_KINDS,
        "owner_kinds": rules.OWNER_KINDS,
        "stances": rules.STANCES,
        "decision_forms": rules.DECISION_FORMS,
        "outcomes": rules.OUTCOMES,
        "signed": viewer_of(request).account is not None,
        "makes_plans": viewer_of(request).role in rules.PLANNERS,
    }


def local_now(request: Request) -> datetime:
    """Return this moment in the area's time zone."""
    return now().astimezone(service_of(request).area.timezone)


NO_STORE: Mapping[str, str] = {"Cache-Control": "private, no-store", "Vary": "Cookie"}
NOT_PUBLISHED = N_("There is no camera plan no. {number}, or it is not published.")
