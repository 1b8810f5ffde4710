"""A camera of a plan moved or turned: the new numbers at once, and saving what was tried as a variant."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any
from uuid import UUID

import shapely
from fastapi import APIRouter, Body, Form, Request
from starlette.responses import JSONResponse, Response

from geo_api.context import language_of, service_of, viewer_of
from geo_api.pages.forms import now, porter_of
from geo_api.pages.plans.access import NO_STORE, insider
from geo_api.pages.plans.making import order
from layers.cameras import actions, rules, store
from layers.errors import BadInput
from layers.text import N_
from layers.viewer import robot

router = APIRouter(prefix="/plans", include_in_schema=False)

Typed = Annotated[str, Form()]
COMPILING_SECONDS = 300
READY = 3  # plans that are held ready to be tried; each has its town in memory
NO_CHANGE = N_("Say where the camera is to stand, or which way it is to look.")
NOTHING_MOVED = N_("Move or turn a camera first: a variant without a change is the plan itself.")

_ready: OrderedDict[UUID, Any] = OrderedDict()
_making = threading.Lock()


@router.post("/{number}/try")
def try_camera(request: Request, number: int, given: dict[str, Any] = Body()) -> Response:
    """Return the plan's numbers with one camera moved or turned; nothing is kept."""
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        plan = actions.plan(session, reader.viewer, number)
    tried = held_ready(request, plan)
    with _making:
        at, changes = read_move(request, tried, given)
        moved = tried.turned(at, **changes)
        return JSONResponse(tried.score(at, moved), headers=dict(NO_STORE))


@cache
def _compiled() -> None:
    """Let a process of its own compile what a trial needs, if that was not done yet: nobody else shall wait for it."""
    subprocess.run([sys.executable, "-m", "layers.cameras.warm"], check=False, timeout=COMPILING_SECONDS)


def held_ready(request: Request, plan: Any) -> Any:
    """Return the plan's town in memory; the first to ask waits until it is read."""
    with _making:
        _compiled()
        if plan.id not in _ready:
            with porter_of(request).database.begin(robot("camera trial")) as session:
                _ready[plan.id] = actions.ready(session, service_of(request).area, plan, now=now())[1]
        _ready.move_to_end(plan.id)
        while len(_ready) > READY:
            _ready.popitem(last=False)
        return _ready[plan.id]


def read_move(request: Request, tried: Any, given: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return which camera is meant and what is to change of it, in metres and degrees; raises BadInput."""
    try:
        at = int(given["at"])
        changes = {name: float(given[name]) for name in ("bearing", "height", "tilt") if given.get(name) is not None}
        place = (float(given["lon"]), float(given["lat"])) if given.get("lon") is not None else None
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(NO_CHANGE) from error
    if not 0 <= at < len(tried.cameras):
        raise BadInput(NO_CHANGE)
    if place:
        if not shapely.contains_xy(shapely.from_wkb(tried.town.within), *place):
            raise BadInput(actions.OUTSIDE, lat=round(place[1], 5), lon=round(place[0], 5))
        with porter_of(request).database.begin(viewer_of(request)) as session:
            [(changes["x"], changes["y"])] = store.metres(session, [place], service_of(request).area.metric_srid)
    return at, changes


@router.post("/{number}/variant")
def variant(request: Request, number: int, moves: Typed = "", title: Typed = "", key: Typed = "") -> Response:
    """Order a variant: the plan with some of its cameras moved or turned, as the page's script collected them."""
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        plan = actions.plan(session, reader.viewer, number)
    try:
        given = json.loads(moves)
        asked = {str(int(move["at"])): move for move in given}
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(NOTHING_MOVED) from error
    if not asked:
        raise BadInput(NOTHING_MOVED)
    tried = held_ready(request, plan)
    changes = {}
    for at, move in asked.items():
        place, changed = read_move(request, tried, move)
        tried.turned(place, **changed)
        changes[at] = changed
    name = rules.title_of(title or language_of(request).gettext(N_("Variant of plan no. {number}"), number=number))
    return order(request, {"what": "variant", "title": name, "plan": number, "moves": changes}, key)
