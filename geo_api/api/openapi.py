"""The part of the API's description that follows from the catalogue: tiles, features, counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from layers.layer import Face, Layer
from layers.query import MAX_PAGE
from layers.serving import counted_by
from layers.viewer import PUBLIC

Said = dict[str, Any]

WORDS: Mapping[str, tuple[str, Said]] = {
    "category": ("Codes, joined by commas.", {"type": "string"}),
    "status": ("Codes, joined by commas.", {"type": "string"}),
    "from": ("First day or month, 2026-11-23 or 2026-11.", {"type": "string"}),
    "to": ("Last day or month, 2026-11-23 or 2026-11.", {"type": "string"}),
    "unit": ("Codes of units of any system, joined by commas.", {"type": "string"}),
    "bbox": ("west,south,east,north in degrees.", {"type": "string"}),
    "limit": (
        "Features on a page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 100},
    ),
    "cursor": ("Where the page begins; taken from the “next” link.", {"type": "string"}),
    "lang": ("Language of titles and errors.", {"type": "string", "enum": ["uk", "en"], "default": "uk"}),
}
PAGING = ("bbox", "limit", "cursor", "lang")
GEOJSON = "application/geo+json"
TILE = "application/vnd.mapbox-vector-tile"
PROBLEM = {"application/problem+json": {"schema": {"type": "object"}}}


def described(layers: Mapping[str, Layer]) -> dict[str, Said]:
    """Return the paths of every layer that the public sees; people who have signed in see more columns of some."""
    paths: dict[str, Said] = {
        "/api": {"get": _operation("List the layers with their columns and filters", "layers", [], "application/json")}
    }
    for layer in layers.values():
        face = layer.face(PUBLIC)
        if face is not None:
            paths |= dict(_of_layer(layer, face))
    return paths


def _of_layer(layer: Layer, face: Face) -> Iterable[tuple[str, Said]]:
    name = layer.title.en
    narrowing = [_word(f.name) for f in face.filters]
    page = [*narrowing, *(_word(word) for word in PAGING)]
    yield f"/api/{layer.id}", {"get": _operation(f"{name}: a page of features", layer.id, page, GEOJSON)}
    yield f"/api/{layer.id}/{{id}}", {"get": _operation(f"{name}: one", layer.id, [_part("id")], GEOJSON)}
    if known := counted_by(face):
        by = _parameter("by", "query", "What is counted by.", {"type": "string", "enum": known}, required=True)
        counts = [by, *narrowing, _word("bbox"), _word("lang")]
        said = _operation(f"{name}: how many", layer.id, counts, "application/json")
        yield f"/api/{layer.id}/counts", {"get": said}
    place = [_parameter(axis, "path", "", {"type": "integer", "minimum": 0}, required=True) for axis in ("z", "x", "y")]
    said = _operation(f"{name}: a vector tile", layer.id, [*place, *narrowing], TILE)
    said["responses"]["204"] = {"description": "Nothing is here."}
    yield f"/tiles/{layer.id}/{{z}}/{{x}}/{{y}}.mvt", {"get": said}


def _operation(summary: str, tag: str, parameters: list[Said], media: str) -> Said:
    schema = {"type": "string", "format": "binary"} if media == TILE else {"type": "object"}
    return {
        "summary": summary,
        "tags": [tag],
        "parameters": parameters,
        "responses": {
            "200": {"description": "OK", "content": {media: {"schema": schema}}},
            "400": {"description": "A word of the address can't be read.", "content": PROBLEM},
            "404": {"description": "There is none, or it is not open to you.", "content": PROBLEM},
        },
    }


def _word(name: str) -> Said:
    words, schema = WORDS[name]
    return _parameter(name, "query", words, schema)


def _part(name: str) -> Said:
    return _parameter(name, "path", "", {"type": "string"}, required=True)


def _parameter(name: str, place: str, words: str, schema: Said, *, required: bool = False) -> Said:
    return {"name": name, "in": place, "description": words, "required": required, "schema": schema}
