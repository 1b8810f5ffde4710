"""GET /api, /api/{layer}, /api/{layer}/counts, /api/{layer}/{id}: GeoJSON made by SQL, under the viewer's rights."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from geo_api.answers import Answer
from geo_api.context import Service, read_query, viewer_in
from geo_api.wire import send_answer
from layers.errors import BadInput, NotFound
from layers.layer import Face, Layer, Title
from layers.query import MAX_PAGE, VOCABULARY, Query
from layers.serving import COUNT_CAP, counted_by, counts_sql, item_sql, page_sql
from layers.text import N_
from layers.viewer import PUBLIC, Viewer

GEOJSON = b"application/geo+json"
JSON = b"application/json"


class Asked:
    """One request for a layer: the viewer, what they get of the layer, and the words of the address."""

    def __init__(self, scope: Scope) -> None:
        self.service: Service = scope["app"].state.service
        self.viewer: Viewer = viewer_in(scope)
        self.params: Mapping[str, str] = scope["path_params"]
        self.words: bytes = scope["query_string"]
        found = self.service.face(self.params["layer"], self.viewer)
        if found is None:
            raise NotFound(N_("There is no layer “{layer}” here."), layer=self.params["layer"])
        self.layer: Layer = found[0]
        self.face: Face = found[1]

    def query(self, words: bytes | None = None) -> Query:
        return read_query(self.words if words is None else words, self.service.area.timezone)

    async def ask(self, statement: tuple[str, dict[str, Any]]) -> list[tuple[Any, ...]]:
        return await self.service.readers.ask(self.viewer, *statement)


class Endpoint:
    """Answers with what `make` returns; the public's answers are kept, each under the version of its layer."""

    def __init__(self, make: Callable[[Asked], Awaitable[Answer]]) -> None:
        self._make = make

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        asked = Asked(scope)
        private = asked.viewer != PUBLIC
        if private:
            answer = await self._make(asked)
        else:
            key = (scope["path"], asked.words)
            version = asked.service.freshness.of_layer(asked.layer.id)
            answer = await asked.service.answers.get(key, version, lambda: self._make(asked))
        await send_answer(scope, send, answer, private=private)


async def page(asked: Asked) -> Answer:
    """Return one page of features, and where the next one is; the first page says how many there are, up to a cap."""
    [(features, returned, cursor, matched)] = await asked.ask(page_sql(asked.face, asked.query()))
    links = [{"rel": "self", "type": GEOJSON.decode(), "href": asked_for(asked)}]
    headers = []
    if cursor:
        href = asked_for(asked, cursor=cursor)
        links.append({"rel": "next", "type": GEOJSON.decode(), "href": href})
        headers.append((b"link", f'<{href}>; rel="next"; type="{GEOJSON.decode()}"'.encode()))
    rest = {"numberReturned": returned, "links": links}
    if matched is not None:
        rest["numberMatched"] = matched if matched <= COUNT_CAP else f"{COUNT_CAP}+"
    body = b'{"type":"FeatureCollection","features":[%b],%b' % (bytes(features), _json(rest)[1:])
    return Answer(body, GEOJSON, headers)


def asked_for(asked: Asked, **changes: str) -> str:
    """Return the address that was asked for, with words changed; relative, so that it holds behind any proxy."""
    words = [(k, v) for k, v in parse_qsl(asked.words.decode("ascii", "replace")) if k not in changes]
    words += list(changes.items())
    return f"/api/{asked.layer.id}" + (f"?{urlencode(words)}" if words else "")


async def item(asked: Asked) -> Answer:
    """Return one record, or NotFound, which doesn't tell "none" from "not for you"."""
    asked.query()  # only to refuse words that mean nothing
    missing = NotFound(N_("There is no “{key}” in the layer “{layer}”."), **asked.params)
    try:
        rows = await asked.ask(item_sql(asked.face, asked.params["key"]))
    except BadInput as error:
        raise missing from error
    if not rows:
        raise missing
    return Answer(bytes(rows[0][0]), GEOJSON)


async def counts(asked: Asked) -> Answer:
    """Return how many records there are by category, status, unit or month, under the same filters."""
    words = parse_qsl(asked.words.decode("ascii", "replace"))
    by = next((value for name, value in words if name == "by"), "")
    query = asked.query(urlencode([word for word in words if word[0] != "by"]).encode())
    rows = await asked.ask(counts_sql(asked.face, query, by))
    found = [{"value": v, "title": uk if query.lang == "uk" else en, "count": n} for v, uk, en, n in rows]
    return Answer(_json({"layer": asked.layer.id, "by": by, "counts": found}), JSON)


def layers(request: Request) -> Response:
    """List the layers that this viewer gets, with their columns and filters."""
    service: Service = request.app.state.service
    viewer = viewer_in(request.scope)
    found = [(layer, face) for layer in service.layers.values() if (face := layer.face(viewer))]
    content = {
        "vocabulary": VOCABULARY,
        "limit": MAX_PAGE,
        "layers": [_described(layer, face) for layer, face in found],
    }
    cache = "private, no-store" if viewer != PUBLIC else "public, max-age=0, must-revalidate"
    return Response(_json(content), media_type=JSON.decode(), headers={"Cache-Control": cache, "Vary": "Cookie"})


def _described(layer: Layer, face: Face) -> dict[str, Any]:
    return {
        "id": layer.id,
        "title": _both(layer.title),
        "geometry": layer.geometry,
        "source": _both(layer.source),
        "licence": layer.licence,
        "features": f"/api/{layer.id}",
        "tiles": f"/tiles/{layer.id}/{{z}}/{{x}}/{{y}}.mvt",
        "minzoom": face.min_zoom,
        "maxzoom": face.max_zoom,
        "columns": [{"name": c.name, "title": _both(c.title), "kind": c.kind, "tiles": c.tile} for c in face.columns],
        "filters": sorted({f.name for f in face.filters}),
        "counted_by": counted_by(face),
    }


def _both(title: Title) -> dict[str, str]:
    return {"uk": title.uk, "en": title.en}


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


routes = [
    Route("/api", layers, methods=["GET"]),
    Route("/api/{layer}", Endpoint(page), methods=["GET"]),
    Route("/api/{layer}/counts", Endpoint(counts), methods=["GET"]),
    Route("/api/{layer}/{key:path}", Endpoint(item), methods=["GET"]),
]
