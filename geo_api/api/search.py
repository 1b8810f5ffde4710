"""GET /api/search: settlements, streets and named places by what a person types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from geo_api.context import language_of, service_of, viewer_of
from layers.errors import BadInput
from layers.text import N_

if TYPE_CHECKING:
    from layers.places.gazetteer import Found

LONGEST = 100  # letters
MOST = 10

router = APIRouter()


@router.get("/api/search", tags=["search"])
def find(request: Request, q: str = "", lang: str | None = None) -> JSONResponse:  # noqa: ARG001 (read by language_of)
    """Find settlements, streets and named places, best first; `bounds` is west, south, east, north in degrees."""
    from layers.places.gazetteer import search  # brings SciPy with it: not while the server starts

    if len(q) > LONGEST or "\0" in q:
        raise BadInput(N_("Search for at most {most} letters."), most=LONGEST)
    with service_of(request).database.begin(viewer_of(request)) as session:
        found = search(session, q, limit=MOST)
    language = language_of(request).code
    return JSONResponse({"results": [_told(one, language) for one in found]}, headers={"Cache-Control": "no-store"})


def _told(found: Found, language: str) -> dict[str, Any]:
    lon, lat = found.point
    parts = [found.kind_title, found.settlement, found.hromada]
    return {
        "what": found.what,
        "id": found.id,
        "title": found.name[language],
        "context": ", ".join(title[language] for title in parts if title),
        "lon": lon,
        "lat": lat,
        "bounds": list(found.bbox),
        "within": found.settlement[language] if found.settlement else "",
        "settlement": found.settlement_code,
        "hromada": found.hromada_code,
    }
