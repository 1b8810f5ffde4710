"""One reader's look at the map: who asks, where they stand, and the questions that a page puts to the database."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from geo_api.answers import Answer
from geo_api.context import Service, frame_of, is_on_map, language_of, service_of, viewer_of
from geo_api.pages import map_view
from geo_api.pages.assets import squeezed
from geo_api.pages.map_view import Counted, UnitLine
from geo_api.pages.state import State, read_state
from layers.errors import NotFound
from layers.layer import Face, Title
from layers.legend import PLACE_SOURCES, SOURCES, SYMBOLS, UNITS
from layers.query import Query
from layers.serving import counts_sql, page_sql
from layers.text import N_
from layers.viewer import PUBLIC, Viewer
from maps.language import Language
from maps.pages import content_policy, render

# The words of an address that make a permalink.
WORDS = ("layer", "at", "here", "units", "view", "category", "status", "from", "to", "unit", "lang")


@dataclass(frozen=True)
class Reading:
    """A request to look at the map."""

    service: Service
    viewer: Viewer
    language: Language
    state: State
    query_words: tuple[tuple[str, str], ...]
    about: str  # the layer of records that the map is about

    @classmethod
    async def of(cls, request: Request) -> Reading:
        """Read a request; a map that was not asked for by name is about reports, or, before there are any, incidents.

        Its words then name the layer, so that links made of them show the same later on.
        """
        service, words = service_of(request), tuple(request.query_params.multi_items())
        state = read_state(words, service.area.timezone)
        reading = cls(service, viewer_of(request), language_of(request), state, words, state.about or "problems")
        if not state.about and not await reading.ever():
            reading = replace(reading, about="incidents")
        said = [word for word in words if word[0] != "layer"]
        return replace(reading, query_words=(("layer", reading.about), *said))

    @cached_property
    def face(self) -> Face:
        found = self.service.face(self.about, self.viewer)
        if found is None:
            raise NotFound(N_("There is no layer “{layer}” here."), layer=self.about)
        return found[1]

    @property
    def present(self) -> list[str]:
        """Return the layers on the map that hold anything at all, by their versions."""
        layers, known = self.service.layers, self.service.freshness.of_layer
        return [layer for layer in layers if known(layer) and is_on_map(layers, layer, self.about, self.viewer)]

    def permalink(self, *without: str) -> list[tuple[str, str]]:
        return [word for word in self.query_words if word[0] in WORDS and word[0] not in without]

    async def units(self) -> tuple[UnitLine, ...]:
        return tuple(_unit(json.loads(line)) for [line] in await self._kept("units", UNITS, {}))

    async def counts(self, by: str, query: Query) -> tuple[Counted, ...]:
        return map_view.counted(await self._kept(f"counts {by}", *counts_sql(self.face, query, by)))

    async def ever(self) -> tuple[Counted, ...]:
        """Count all records there are by category."""
        return await self.counts("category", Query(timezone=self.state.query.timezone))

    async def features(self, query: Query) -> tuple[list[Any], str]:
        """Return one page of records as GeoJSON features, and the cursor of the next one."""
        [(features, _, cursor, *_)] = await self.service.readers.ask(self.viewer, *page_sql(self.face, query))
        return json.loads(b"[%b]" % bytes(features)), cursor or ""

    async def symbols(self) -> dict[str, str]:
        """Return the symbol of each category."""
        return dict(await self._kept("symbols", SYMBOLS, {}))

    async def origins(self) -> list[tuple[str, str]]:
        """Return the title and licence of everything that the records came from, where they don't all say the same."""
        if self.about != "incidents":
            return []
        return [(title, licence) for title, licence in await self._kept("sources", SOURCES, {})]

    async def place_sources(self) -> list[tuple[str, str]]:
        """Return the title and licence of everything that places came from."""
        return [(title, licence) for title, licence in await self._kept("place sources", PLACE_SOURCES, {})]

    async def _kept(self, name: str, sql: str, values: dict[str, Any]) -> list[list[Any]]:
        """Ask, or return what the public was answered under the same versions of records and units."""

        async def make() -> Answer:
            rows = await self.service.readers.ask(self.viewer, sql, values)
            return Answer(json.dumps([list(row) for row in rows]).encode(), b"application/json")

        if self.viewer != PUBLIC:
            answer = await make()
        else:
            watched = (self.about, "places", *(system.id for system in self.service.area.unit_systems))
            version = tuple(map(self.service.freshness.of_layer, watched))
            answer = await self.service.answers.get(("map page", self.about, name, sql, repr(values)), version, make)
        kept: list[list[Any]] = json.loads(answer.body)
        return kept


def _unit(row: list[Any]) -> UnitLine:
    system, code, uk, en, approximate, closed, source, licence, lon, lat, west, south, east, north = row
    box = None if west is None else (west, south, east, north)
    return UnitLine(system, code, Title(uk, en), approximate, closed, source, licence, lon, lat, box)


def _tile_hosts(request: Request) -> list[str]:
    """Return the host of the raster base map, if the settings name one; otherwise no outside host is ever asked."""
    address = urlsplit(service_of(request).settings.basemap_url or "")
    return [f"{address.scheme}://{address.netloc}"] if address.netloc else []


def html(request: Request, template: str, view: dict[str, Any]) -> Response:
    """Return a page under the content policy; the language that was asked for is remembered."""
    private = viewer_of(request) != PUBLIC
    response = HTMLResponse(
        render(template, language_of(request), frame_of(request), view=view),
        headers={
            "Content-Security-Policy": content_policy(*_tile_hosts(request)),
            "Cache-Control": "private, no-store" if private else "no-cache",
            "Vary": "Cookie, HX-Request",
        },
    )
    if asked := request.query_params.get("lang"):
        response.set_cookie("lang", "en" if asked == "en" else "uk", max_age=31536000, samesite="lax")
    return squeezed(request, response)
