"""The pin of a report: where it lies, what the public will be shown of a place, and what lies around it."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, Response

from geo_api.conditional import version_of
from geo_api.context import language_of, service_of
from geo_api.pages.desk import ground
from geo_api.pages.desk.queue import private
from geo_api.pages.desk.report import find
from geo_api.pages.desk.state import standing_of, worker
from geo_api.pages.desk.steps import Change
from geo_api.pages.desk.titles import Names
from geo_api.pages.forms import now, page, porter_of
from layers.categories import store as categories
from layers.database.engine import Session
from layers.errors import BadFields, BadInput
from layers.privacy.actions import snap
from layers.problems import actions, rules, store
from layers.problems.neighbours import neighbours
from layers.problems.tables import Problem
from layers.text import N_
from layers.viewer import Viewer

router = APIRouter(prefix="/desk", include_in_schema=False)

Typed = Annotated[str, Form()]
NOT_A_PLACE = N_("A place is two numbers in degrees: latitude from −90 to 90 and longitude from −180 to 180.")


@router.post("/{ref}/place")
def place(
    request: Request, ref: str, lon: Typed = "", lat: Typed = "", version: Typed = "", seen: Typed = ""
) -> Response:
    asked = version_of(request, version)

    def act(session: Session, viewer: Viewer, found: Problem) -> str:
        point = read_point(lon, lat)
        area = service_of(request).area
        actions.place(session, viewer, area, found.id, lon=point[0], lat=point[1], version=asked)
        return "placed"

    return Change(request, ref, "place", {"lon": lon, "lat": lat, "seen": seen}).make(act)


def read_point(lon: str, lat: str) -> tuple[float, float]:
    """Return a place (longitude, latitude) as it was typed; a decimal comma is one too. Raises BadFields."""
    try:
        point = float(lon.replace(",", ".")), float(lat.replace(",", "."))
    except ValueError:
        point = math.nan, math.nan
    if not (abs(point[0]) <= 180 and abs(point[1]) <= 90):
        raise BadFields({"place": BadInput(NOT_A_PLACE)})
    return point


@router.get("/{ref}/snap")
def snap_point(request: Request, ref: str, lon: str = "", lat: str = "") -> Response:
    """Return what the public will be shown of a place, for the map to draw while the pin is moved."""
    viewer = worker(request)
    rules.must_be_desk(viewer)
    point = read_point(lon, lat)
    language = language_of(request)
    with porter_of(request).database.begin(viewer) as session:
        find(session, ref)
        shown = snap(session, lon=point[0], lat=point[1])
    names = {"title": shown.title[language.code], "precision": ground.precision(shown, language)}
    return private(JSONResponse({**ground.as_json(shown), **names}))


@router.get("/{ref}/near")
def near(request: Request, ref: str, lon: str = "", lat: str = "", category: str = "") -> Response:
    """Return the list of likely duplicates as it would be at another place or in another category: part of a page."""
    viewer = worker(request)
    rules.must_be_desk(viewer)
    point = read_point(lon, lat) if lon or lat else None
    with porter_of(request).database.begin(viewer) as session:
        found = find(session, ref)
        kind = categories.one(session, category or found.category)
        if kind is None:
            raise BadFields({"category": BadInput(N_("Choose what it is about."))})
        words = store.words_of(session, found.id)
        around = neighbours(session, found.id, kind, words.key if words else "", point, now=now())
        names = Names.read(session, language_of(request))
    merges = any(step.after == "merged" for step in rules.steps_from(viewer, _checked(found.status)))
    return private(
        page(
            request, "desk/near.html", report=found, near=around, names=names, can_merge=merges,
            here=standing_of(request).query(), next_number="",
            seen=request.query_params.get("seen", ""),
        )
    )  # fmt: skip


def _checked(status: str) -> str:
    """Return the status from which the desk decides: whoever decides at once has checked."""
    return "checking" if status == "received" else status
