"""Zones where no camera may be proposed: drawn by the coordinator on the page of a new plan."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import shapely
from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.context import service_of
from geo_api.pages.forms import porter_of, to
from geo_api.pages.plans.access import planner
from layers.cameras import gathering, reviews
from layers.errors import BadInput

router = APIRouter(prefix="/plans", include_in_schema=False)

Typed = Annotated[str, Form()]


@router.post("/zones")
def add_zone(request: Request, title: Typed = "", corners: Typed = "") -> Response:
    """Keep a zone without cameras; its corners are lines or pairs of latitude and longitude."""
    viewer = planner(request)
    try:
        pairs = [tuple(map(float, pair.split(","))) for pair in corners.replace("\n", ";").split(";") if pair.strip()]
        places = [(lon, lat) for lat, lon in pairs]
    except ValueError as error:
        raise BadInput(reviews.NO_ZONE) from error
    with porter_of(request).database.begin(viewer) as session:
        within = shapely.from_wkb(gathering.within_of(session, service_of(request).area))
        reviews.add_zone(session, viewer, title=title, corners=places, within=within)
    return to("/plans/new#zones")


@router.post("/zones/{zone}/drop")
def drop_zone(request: Request, zone: UUID) -> Response:
    viewer = planner(request)
    with porter_of(request).database.begin(viewer) as session:
        reviews.drop_zone(session, viewer, zone)
    return to("/plans/new#zones")
