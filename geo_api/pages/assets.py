"""Static files: the vendored for good, since their version is in their address; ours asked about each time."""

from __future__ import annotations

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from maps.pages import STATIC


class Assets(StaticFiles):
    """The files of maps/static. Modules import each other by plain names, so that none of ours is kept unasked."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        vendored = path.startswith("vendor/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if vendored else "no-cache"
        return response
