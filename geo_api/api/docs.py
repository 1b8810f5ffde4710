"""GET /api/docs and /api/openapi.json: what machines can ask, told from the catalogue itself."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse

from geo_api.api.openapi import described
from geo_api.context import frame_of, language_of, service_of
from maps.pages import render

VERSION = "1"

router = APIRouter(include_in_schema=False)


@router.get("/api/docs")
def page(request: Request) -> HTMLResponse:
    return HTMLResponse(render("api_docs.html", language_of(request), frame_of(request)))


@router.get("/api/openapi.json")
def openapi(request: Request) -> JSONResponse:
    """Describe the public's own layers, and every typed route under /api/."""
    content: dict[str, Any] = get_openapi(title="Bezpeka", version=VERSION, routes=request.app.routes)
    typed = {path: said for path, said in content["paths"].items() if path.startswith("/api/")}
    content["paths"] = {**described(service_of(request).layers), **typed}
    return JSONResponse(content)
