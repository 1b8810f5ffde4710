"""Static files and pages on the wire: compressed; the vendored kept for good, ours asked about each time."""

from __future__ import annotations

import gzip
from functools import cache

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from maps.pages import STATIC

TEXTS = (".js", ".mjs", ".css", ".svg")
LEAST = 1000  # bytes; below it compression costs more than it saves


class Assets(StaticFiles):
    """The files of maps/static. Modules import each other by plain names, so that none of ours is kept unasked."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        vendored = path.startswith("vendor/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if vendored else "no-cache"
        if response.status_code != 200 or not path.endswith(TEXTS) or not _takes_gzip(Headers(scope=scope)):
            return response
        packed = Response(_packed(path, response.headers["etag"]), media_type=response.media_type)
        for name in ("etag", "last-modified", "cache-control"):
            packed.headers[name] = response.headers[name]
        return _marked(packed)


def squeezed(request: Request, response: Response) -> Response:
    """Return the answer compressed, where its reader takes that and it is worth it."""
    body = bytes(response.body)
    if len(body) < LEAST or not _takes_gzip(request.headers):
        return response
    response.body = gzip.compress(body, 5)
    response.headers["content-length"] = str(len(response.body))
    return _marked(response)


def _takes_gzip(headers: Headers) -> bool:
    return "gzip" in headers.get("accept-encoding", "")


def _marked(response: Response) -> Response:
    response.headers["content-encoding"] = "gzip"
    response.headers.add_vary_header("Accept-Encoding")
    return response


@cache
def _packed(path: str, _etag: str) -> bytes:
    return gzip.compress((STATIC / path).read_bytes(), 9)
