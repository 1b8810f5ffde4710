"""Public answers for programs: fresh at each request, cheap when nothing changed, readable from any page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from geo_api.context import service_of
from geo_api.pages.assets import squeezed
from geo_api.wire import has_already

ANYWHERE = {"Access-Control-Allow-Origin": "*"}
FRESH = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding, Cookie"}


def tagged(request: Request, body: bytes, media_type: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer under an entity tag, or 304 to whoever has it already.

    Never kept unasked: what is taken off the map must be gone from caches too.
    """
    tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    kept = {**FRESH, **ANYWHERE, **(headers or {}), "ETag": tag}
    if has_already(request.headers.raw, tag.removeprefix("W/").encode()):
        return Response(status_code=304, headers=kept)
    answer = Response(body, headers=kept)
    answer.headers["content-type"] = media_type  # with its own charset, or none
    return squeezed(request, answer)


def base_url(request: Request) -> str:
    """Return the address that people reach this server at."""
    return str(service_of(request).settings.public_url or request.base_url).rstrip("/")
