"""What a request brings with it: who is looking, in which language, and what the application holds for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from starlette.requests import HTTPConnection
from starlette.types import Scope

from geo_api.answers import Answers
from geo_api.places import places_of, ways_of
from layers.area import Area
from layers.database.readers import Readers
from layers.freshness import Freshness
from layers.layer import Face, Layer
from layers.people.rules import ROLE_TITLES
from layers.problems.rules import WORKERS
from layers.query import Query, parse_query
from layers.viewer import PUBLIC, Viewer
from maps.language import DEFAULT, LANGUAGES, Language, speak
from maps.pages import Frame
from maps.styles import GROUND_OF, RECORDS

if TYPE_CHECKING:
    from geo_api.settings import Settings
    from layers.database.engine import Database


@dataclass(frozen=True)
class Service:
    """What every request of one process shares."""

    settings: Settings
    area: Area
    layers: Mapping[str, Layer]
    database: Database
    readers: Readers
    freshness: Freshness
    answers: Answers

    def face(self, layer_id: str, viewer: Viewer) -> tuple[Layer, Face] | None:
        """Return a layer and what this viewer gets of it; None stands alike for no such layer and for no face."""
        layer = self.layers.get(layer_id)
        face = layer.face(viewer) if layer else None
        return (layer, face) if layer and face else None


def is_on_map(layers: Mapping[str, Layer], layer_id: str, about: str, viewer: Viewer) -> bool:
    """Tell whether a layer is on a map about those records; whoever is shown exact places needs no rough ones."""
    if layer_id in RECORDS:
        return layer_id == about
    if layer_id not in GROUND_OF:
        return True
    records = layers[about].face(viewer) if about in layers else None
    return GROUND_OF[layer_id] == about and records is not None and not records.private


def service_of(request: HTTPConnection) -> Service:
    service: Service = request.app.state.service
    return service


def viewer_of(request: HTTPConnection) -> Viewer:
    """Return whose rights the request is answered under: the signed-in person's, or else the public's."""
    return viewer_in(request.scope)


def viewer_in(scope: Scope) -> Viewer:
    """Return the viewer that the session's middleware left in the scope; without one it is the public."""
    viewer: Viewer = scope.get("state", {}).get("viewer", PUBLIC)
    return viewer


def language_of(request: HTTPConnection) -> Language:
    """Return the reader's language: as the address says, as they chose before, or Ukrainian."""
    asked = request.query_params.get("lang") or request.cookies.get("lang") or DEFAULT
    return speak(asked if asked in LANGUAGES else DEFAULT)


def frame_of(request: HTTPConnection) -> Frame:
    """Return what surrounds a page for this reader."""
    service = service_of(request)
    viewer = viewer_of(request)
    language = language_of(request)
    theme = request.cookies.get("theme", "")
    return Frame(
        area=service.area.title[language.code],
        path=request.url.path,
        query=tuple(request.query_params.multi_items()),
        theme=theme if theme in ("light", "dark") else "",
        demo=service.settings.demo,
        account=ROLE_TITLES[viewer.role][language.code] if viewer.account else "",
        desk=viewer.account is not None and viewer.role in WORKERS,
        places=places_of(viewer, language),
        ways=ways_of(request.url.path, language),
    )


@lru_cache(maxsize=1024)
def read_query(query_string: bytes, timezone: ZoneInfo) -> Query:
    """Return the words of an address as a question; raises BadInput. The same few are asked again and again."""
    if not query_string:
        return Query(timezone=timezone)
    words = parse_qsl(query_string.decode("ascii", "replace"), keep_blank_values=True)
    return parse_query(words, timezone)
