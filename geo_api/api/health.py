"""Health, for whoever watches over the service."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from layers.health import examine

router = APIRouter()


@router.get("/healthz", include_in_schema=False)
def healthz(request: Request) -> JSONResponse:
    """Answer 200 when the map can be served, 503 when not, and say what is missing."""
    health = examine(request.app.state.database)
    content = {"alive": True, **asdict(health)}
    return JSONResponse(content, 200 if health.serves else 503, {"Cache-Control": "no-store"})
