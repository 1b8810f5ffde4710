"""GET /tiles/{layer}/{z}/{x}/{y}.mvt: bytes from ST_AsMVT straight to the socket.

A plain ASGI application rather than an endpoint: nothing stands between the socket and the database but the rights.
"""

from __future__ import annotations

from functools import lru_cache

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from geo_api.answers import Answer
from geo_api.context import Service, read_query, viewer_in
from geo_api.wire import send_answer
from layers.errors import BadInput, NotFound
from layers.layer import Face
from layers.query import Query
from layers.serving import tile_sql
from layers.text import N_
from layers.viewer import PUBLIC, Viewer

MEDIA = b"application/vnd.mapbox-vector-tile"
DEEPEST = 22
NOTHING_HERE = Answer(b"", MEDIA)

Place = tuple[int, int, int]


class Tiles:
    """The tiles of all layers."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        service: Service = scope["app"].state.service
        viewer = viewer_in(scope)
        asked = scope["path_params"]
        found = service.face(asked["layer"], viewer)
        if found is None:
            raise NotFound(N_("There is no layer “{layer}” here."), layer=asked["layer"])
        place = _place(asked["z"], asked["x"], asked["y"])
        query = read_query(scope["query_string"], service.area.timezone)
        layer, face = found
        if not face.min_zoom <= place[0] <= face.max_zoom:
            answer = NOTHING_HERE
        elif viewer == PUBLIC:
            key = ("tile", layer.id, place, query.filters)
            version = service.freshness.of_tile(layer.id, *place)
            answer = service.answers.kept(key, version) or await service.answers.get(
                key, version, lambda: _draw(service, viewer, layer.id, face, query, place)
            )
        else:
            answer = await _draw(service, viewer, layer.id, face, query, place)
        await send_answer(scope, send, answer, private=viewer != PUBLIC)


async def _draw(service: Service, viewer: Viewer, layer_id: str, face: Face, query: Query, place: Place) -> Answer:
    sql, values = tile_sql(face, layer_id, query, *place)
    rows = await service.readers.ask(viewer, sql, values)
    return Answer(bytes(rows[0][0]), MEDIA)


@lru_cache(maxsize=4096)
def _place(*words: str) -> Place:
    """Read z, x and y; raises BadInput for anything that is no tile of the pyramid."""
    try:
        if not all(word.isascii() and word.isdigit() and len(word) < 9 for word in words):
            raise ValueError(words)
        z, x, y = map(int, words)
        if z > DEEPEST or x >= 2**z or y >= 2**z:
            raise ValueError(words)
    except ValueError as error:
        place = "/".join(words)
        raise BadInput(
            N_("There is no tile {place}: z goes from 0 to {deepest}, x and y from 0 to 2^z - 1."),
            place=place,
            deepest=DEEPEST,
        ) from error
    return z, x, y


route = Route("/tiles/{layer}/{z}/{x}/{y}.mvt", Tiles(), methods=["GET"], name="tile")
