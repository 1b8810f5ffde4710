"""A vendor's list of cameras, scored as our own plans are: ordered here, done by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import Response

from geo_api.conditional import new_key
from geo_api.context import language_of, viewer_of
from geo_api.pages.forms import porter_of, wrong_fields
from geo_api.pages.plans import uploads
from geo_api.pages.plans.access import insider, planner, shown
from geo_api.pages.plans.making import USUAL_LEVEL, order
from layers.cameras import optics, rules, store
from layers.cameras.planning import Settings
from layers.errors import BezpekaError
from layers.text import N_

router = APIRouter(prefix="/plans", include_in_schema=False)

Typed = Annotated[str, Form()]
REJECTS_SHOWN = 50


@router.get("/vendor")
def vendor(request: Request) -> Response:
    planner(request)
    return _form(request)


@router.post("/vendor")
def score(
    request: Request, file: UploadFile, title: Typed = "", level: Typed = USUAL_LEVEL,
    partial: Typed = "", key: Typed = "",
) -> Response:  # fmt: skip
    """Read a vendor's cameras, say which rows can't be used, and order the scoring of the rest."""
    language = language_of(request)
    planner(request)
    typed = {"title": title, "level": level}
    profile, _colon, code = level.partition(":")
    try:
        title = rules.title_of(title or Path(uploads.name_of(file)).stem)
        settings = Settings(count=1, level=code, profile=profile)
        report, rejects = uploads.read(request, file)
    except BezpekaError as error:
        return _form(request, status=422, typed=typed, errors=wrong_fields(request, error))
    listed = rejects[: REJECTS_SHOWN + 1]
    if report.rejected and (not report.sites or not partial):
        said = language.gettext(
            N_("{rejected} of {read} rows can't be used, and nothing was saved: mend them and choose the file again."),
            rejected=report.rejected, read=report.read,
        )  # fmt: skip
        return _form(request, status=422, typed=typed, rejects=listed, errors={"": said})
    asked = {
        "what": "vendor", "title": title, "settings": settings.as_dict(), "sites": report.sites,
        "rejects": {"read": report.read, "rejected": report.rejected, "rows": listed},
    }  # fmt: skip
    return order(request, asked, key)


def _form(
    request: Request, *, status: int = 200, typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None, rejects: list[str] | None = None,
) -> Response:  # fmt: skip
    with porter_of(request).database.begin(viewer_of(request)) as session:
        reader = insider(session, request)
        models = store.models(session)
    return shown(
        request, "plans/vendor.html", reader, status=status, profiles=optics.PROFILES, models=models.values(),
        typed={"title": "", "level": USUAL_LEVEL, **(typed or {})}, errors=errors or {},
        rejects=rejects, key=new_key(),
    )  # fmt: skip
