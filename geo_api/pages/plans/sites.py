"""The place of one camera of a plan: photos of it, and leaving it out of later plans."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import Response

from geo_api.context import viewer_of
from geo_api.pages.forms import porter_of, to
from geo_api.pages.plans.access import NO_STORE, insider, planner
from layers.cameras import reviews
from layers.errors import BadInput
from layers.files.images import MEDIA_TYPE
from layers.files.rules import MAX_PHOTO_BYTES
from layers.text import N_

router = APIRouter(prefix="/plans", include_in_schema=False)


@router.post("/{number}/sites/{site}/photos")
def add_photo(request: Request, number: int, site: UUID, file: UploadFile) -> Response:
    content = file.file.read(MAX_PHOTO_BYTES + 1)
    if not content:
        raise BadInput(N_("Choose a photo first."))
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        reviews.add_photo(session, reader.viewer, number, site, content)
    return to(f"/plans/{number}", said="photo")


@router.get("/{number}/photos/{photo}")
def photo(request: Request, number: int, photo: UUID) -> Response:
    """Give a photo to those who see exact sites; nobody keeps it."""
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        content = reviews.photo(session, reader.viewer, number, photo)
    return Response(content, media_type=MEDIA_TYPE, headers=dict(NO_STORE))


@router.post("/{number}/photos/{photo}/drop")
def drop_photo(request: Request, number: int, photo: UUID) -> Response:
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        reviews.drop_photo(session, reader.viewer, number, photo)
    return to(f"/plans/{number}", said="removed")


@router.post("/{number}/sites/{site}/refusal")
def refuse(request: Request, number: int, site: UUID, refused: Annotated[str, Form()] = "") -> Response:
    viewer = planner(request)
    with porter_of(request).database.begin(viewer) as session:
        reviews.refuse(session, viewer, number, site, refused=bool(refused))
    return to(f"/plans/{number}", said="place")
