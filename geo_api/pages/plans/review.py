"""What people say of a plan: remarks on it and its cameras, deputies' positions, and what was decided."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.context import service_of, viewer_of
from geo_api.pages.forms import now, porter_of, to
from geo_api.pages.plans.access import insider, planner
from layers.cameras import reviews
from layers.errors import BadFields, BadInput, BezpekaError

router = APIRouter(prefix="/plans", include_in_schema=False)

Typed = Annotated[str, Form()]


def _first(error: BezpekaError) -> BezpekaError:
    """Return the sentence of the first field that is wrong: these forms are short, and the browser checks them too."""
    return next(iter(error.fields.values()), error) if isinstance(error, BadFields) else error


@router.post("/{number}/comments")
def comment(request: Request, number: int, body: Typed = "", site: Typed = "", signed: Typed = "") -> Response:
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        try:
            where = UUID(site) if site else None
            reviews.comment(session, reader.viewer, number, signed=signed or reader.name, body=body, site=where)
        except ValueError as error:
            raise BadInput(reviews.NO_NAME) from error
        except BadFields as error:
            raise _first(error) from error
    return to(f"/plans/{number}", said="comment")


@router.post("/{number}/position")
def position(request: Request, number: int, stance: Typed = "", reason: Typed = "", signed: Typed = "") -> Response:
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        try:
            reviews.take_position(
                session, reader.viewer, number, signed=signed or reader.name, stance=stance, reason=reason
            )
        except BadFields as error:
            raise _first(error) from error
    return to(f"/plans/{number}", said="position")


@router.post("/{number}/decision")
def decision(
    request: Request, number: int, form: Typed = "", decision: Typed = "", day: Typed = "", outcome: Typed = "",
    note: Typed = "",
) -> Response:  # fmt: skip
    viewer = planner(request)
    today = now().astimezone(service_of(request).area.timezone).date()
    try:
        decided = date.fromisoformat(day) if day else None
    except ValueError:
        decided = None
    with porter_of(request).database.begin(viewer) as session:
        try:
            reviews.decide(
                session, viewer, number, form=form, decision=decision, day=decided, outcome=outcome, note=note,
                today=today,
            )  # fmt: skip
        except BadFields as error:
            raise _first(error) from error
    return to(f"/plans/{number}", said="decision")
