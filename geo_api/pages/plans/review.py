"""What people say of a plan: remarks on it and its cameras, deputies' positions, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from geo_api.context import viewer_of
from geo_api.pages.forms import porter_of, to
from geo_api.pages.plans import fields
from geo_api.pages.plans.access import insider, local_now, planner
from layers.cameras import reviews
from layers.errors import BadFields

router = APIRouter(prefix="/plans", include_in_schema=False)

Typed = Annotated[str, Form()]


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Tell the first field that is wrong: these forms are short, and the browser checks them too."""
    try:
        yield
    except BadFields as error:
        raise next(iter(error.fields.values()), error) from error


@router.post("/{number}/comments")
def comment(request: Request, number: int, body: Typed = "", site: Typed = "", signed: Typed = "") -> Response:
    with porter_of(request).database.begin(viewer_of(request)) as session, _one_sentence():
        reader = insider(session, request)
        reviews.comment(session, reader.viewer, number, signed=signed or reader.name, body=body, site=site or None)
    return to(f"/plans/{number}", said="comment")


@router.post("/{number}/position")
def position(request: Request, number: int, stance: Typed = "", reason: Typed = "", signed: Typed = "") -> Response:
    with porter_of(request).database.begin(viewer_of(request)) as session, _one_sentence():
        reader = insider(session, request)
        reviews.take_position(
            session, reader.viewer, number, signed=signed or reader.name, stance=stance, reason=reason
        )
    return to(f"/plans/{number}", said="position")


@router.post("/{number}/decision")
def decision(
    request: Request, number: int, form: Typed = "", decision: Typed = "", day: Typed = "", outcome: Typed = "",
    note: Typed = "",
) -> Response:  # fmt: skip
    viewer = planner(request)
    with porter_of(request).database.begin(viewer) as session, _one_sentence():
        reviews.decide(
            session, viewer, number, form=form, decision=decision, day=fields.day("day", day), outcome=outcome,
            note=note, today=local_now(request).date(),
        )  # fmt: skip
    return to(f"/plans/{number}", said="decision")
