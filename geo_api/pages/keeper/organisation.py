"""The organisation: its name, hotline, letterhead, and whether martial law lasts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from geo_api.conditional import etag_of, version_of
from geo_api.context import language_of
from geo_api.errors import status_of
from geo_api.pages.forms import porter_of, to, wrong_fields
from geo_api.pages.keeper.common import changes, keeper, shown, typed
from geo_api.places import SETTINGS
from layers.errors import BadFields, BezpekaError, Conflict
from layers.initiative import actions, store
from layers.initiative.actions import Organisation

HERE = f"{SETTINGS}/organisation"
router = APIRouter(prefix=HERE, include_in_schema=False)

Typed = Annotated[str, Form()]


async def read(request: Request) -> Organisation:
    texts = await typed(
        request, "name_uk", "name_en", "hotline", "hotline_hours", "email", "address", "registration", "signatory",
        "signatory_position",
    )  # fmt: skip
    law = await typed(request, "martial_law")
    return Organisation(**texts, martial_law=bool(law["martial_law"]))


@router.get("")
def one(request: Request) -> Response:
    return _form(request)


@router.post("")
def change(request: Request, given: Annotated[Organisation, Depends(read)], version: Typed = "") -> Response:
    viewer = keeper(request)
    try:
        with porter_of(request).database.begin(viewer) as session:
            actions.keep_organisation(session, viewer, given, version=version_of(request, version))
    except (BadFields, Conflict) as error:
        return _form(request, given, error)
    return to(HERE, done="changed")


def _form(request: Request, given: Organisation | None = None, error: BezpekaError | None = None) -> Response:
    viewer, language = keeper(request), language_of(request)
    with porter_of(request).database.begin(viewer) as session:
        found = store.initiative(session)
        before = changes(session, "initiative", "one", language)
    said = Organisation(**{name: getattr(found, name) for name in Organisation.__dataclass_fields__})
    answer = shown(
        request,
        "keeper/organisation.html",
        section="/organisation",
        status=status_of(error) if error else 200,
        path=HERE,
        typed=given or said,
        version=found.version,
        changes=before,
        errors=wrong_fields(request, error) if error else {},
        done=request.query_params.get("done", ""),
    )
    answer.headers["ETag"] = etag_of(found.version)
    return answer
