"""/poster.pdf: a poster with a code that opens the form at a street or hromada."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo_api.context import language_of, service_of
from geo_api.posters import make_poster
from geo_api.published import base_url
from layers.viewer import PUBLIC


def poster(request: Request) -> Response:
    service, words = service_of(request), request.query_params
    unit, street = words.get("unit", "").strip(), words.get("street", "").strip()
    with service.database.begin(PUBLIC) as session:
        content = make_poster(session, service.area, language_of(request), base_url(request), unit=unit, street=street)
    headers = {"Content-Disposition": 'inline; filename="poster.pdf"', "Cache-Control": "no-cache", "Vary": "Cookie"}
    return Response(content, media_type="application/pdf", headers=headers)


routes = [Route("/poster.pdf", poster, methods=["GET"])]
