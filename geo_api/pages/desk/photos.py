"""The photos of a report: looked at large, blurred by region, approved by a checklist, kept off or removed for good."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.conditional import etag_of, version_of
from geo_api.context import language_of
from geo_api.errors import status_of
from geo_api.pages.desk.queue import private
from geo_api.pages.desk.report import find
from geo_api.pages.desk.state import standing_of, worker
from geo_api.pages.desk.titles import Names
from geo_api.pages.forms import page, porter_of, to, wrong_fields
from layers.database.engine import Session
from layers.errors import BadFields, BadInput, Conflict, NotFound
from layers.files import actions as files
from layers.files.images import Box
from layers.problems import actions, rules, store
from layers.problems.tables import Problem, ProblemPhoto
from layers.text import N_

router = APIRouter(prefix="/desk", include_in_schema=False)

Typed = Annotated[str, Form()]
Several = Annotated[list[str] | None, Form()]
ROWS = 3  # empty lines of the table of regions, for whoever types them
NOT_A_REGION = N_("A region is four whole numbers from 0 to 100: left, top, width and height in per cent of the photo.")
SIDES = ("left", "top", "width", "height")


@router.get("/{ref}/photos/{photo}")
def photo_page(request: Request, ref: str, photo: UUID) -> Response:
    return _show(request, ref, photo, {}, [], [])


@router.get("/{ref}/photos/{photo}/{which}.jpg")
def photo_bytes(request: Request, ref: str, photo: UUID, which: str) -> Response:
    """Hand out the photo as it came (`original`, for the desk) or as everybody will see it (`public`)."""
    viewer = worker(request)
    with porter_of(request).database.begin(viewer) as session:
        found = _photo(session, find(session, ref), photo)
        file_id = {"original": found.file_id, "public": found.public_file_id}.get(which)
        if file_id is None:
            raise NotFound(N_("There is no such photo."))
        stored = files.fetch(session, file_id)
    return private(Response(stored.content, media_type=stored.media_type, headers={"Vary": "Cookie"}))


@router.post("/{ref}/photos/{photo}")
def judge(
    request: Request,
    ref: str,
    photo: UUID,
    verdict: Typed = "",
    checked: Several = None,
    left: Several = None,
    top: Several = None,
    width: Several = None,
    height: Several = None,
    version: Typed = "",
) -> Response:
    """Approve a photo, keep it off, or remove it for good."""
    viewer = worker(request)
    asked = version_of(request, version)
    regions = list(zip(*(given or [] for given in (left, top, width, height)), strict=False))
    try:
        boxes = _boxes(regions)
        with porter_of(request).database.begin(viewer) as session:
            found = find(session, ref)
            number = found.number
            _photo(session, found, photo)
            done = _judge(session, request, photo, verdict, boxes, checked or [], asked)
            left_over = [one for one in store.photos_of(session, found.id) if one.state == "waiting"]
    except (BadFields, Conflict) as error:
        return _show(request, ref, photo, wrong_fields(request, error), checked or [], regions, status_of(error))
    here = standing_of(request).query(done=done)
    # The next one that waits, or back to the report.
    return to(f"/desk/{number}/photos/{left_over[0].id}{here}" if left_over else f"/desk/{number}{here}")


def _judge(
    session: Session, request: Request, photo: UUID, verdict: str, boxes: tuple[Box, ...], checked: list[str],
    version: int,
) -> str:  # fmt: skip
    viewer = worker(request)
    if verdict == "remove":
        actions.remove_photo(session, viewer, photo, why="sensitive", version=version)
        return "photo_removed"
    approve = verdict == "approve"
    actions.judge_photo(session, viewer, photo, approve=approve, boxes=boxes, checked=checked, version=version)
    return "approved" if approve else "kept_off"


def _photo(session: Session, found: Problem, photo: UUID) -> ProblemPhoto:
    for one in store.photos_of(session, found.id):
        if one.id == photo:
            return one
    raise NotFound(N_("There is no such photo."))


def _boxes(regions: Iterable[tuple[str, ...]]) -> tuple[Box, ...]:
    """Return the regions to blur, given in per cent; lines left empty are none. Raises BadFields."""
    boxes = []
    for region in regions:
        if not any(side.strip() for side in region):
            continue
        try:
            left, top, width, height = (float(side.replace(",", ".")) / 100 for side in region)
        except ValueError:
            left = top = width = height = math.nan
        if not (0 <= left < 1 and 0 <= top < 1 and 0 < width <= 1 and 0 < height <= 1):
            raise BadFields({"boxes": BadInput(NOT_A_REGION)})
        boxes.append(Box(left, top, min(1.0, left + width), min(1.0, top + height)))
    return tuple(boxes)


def _show(
    request: Request,
    ref: str,
    photo: UUID,
    errors: dict[str, str],
    checked: list[str],
    regions: list[tuple[str, ...]],
    status: int = 200,
) -> Response:
    viewer = worker(request)
    rules.must_be_desk(viewer)
    with porter_of(request).database.begin(viewer) as session:
        found = find(session, ref)
        names = Names.read(session, language_of(request))
        photos = store.photos_of(session, found.id)
        shown = _photo(session, found, photo)
    typed = [dict(zip(SIDES, region, strict=True)) for region in regions]
    answer = page(
        request,
        "desk/photo.html",
        status=status,
        path=f"/desk/{found.number}/photos/{photo}",
        report=found,
        names=names,
        photo=shown,
        photos=photos,
        checks=rules.PHOTO_CHECKS,
        checked=checked,
        regions=typed + [dict.fromkeys(SIDES, "")] * max(0, ROWS - len(typed)),
        errors=errors,
        moderates=viewer.role in rules.MODERATORS,
        here=standing_of(request).query(),
    )
    answer.headers["ETag"] = etag_of(found.version)
    return private(answer)
