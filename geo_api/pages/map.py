"""The live map: the page at `/`, and the list that follows the map."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geo_api.pages import map_view
from geo_api.pages.map_view import Counted, Found, System, UnitLine, as_counts
from geo_api.pages.reading import Reading, html
from geo_api.pages.state import PAGE, Position, around
from layers.area import Box
from maps.records import WORDS
from maps.styles import GROUND_OF

CHOICE = ("problems", "incidents")  # what the map can be about, in the order of the choice
SPLIT_ZOOM = 14  # from here on what is drawn together lies on one point


async def page(request: Request) -> Response:
    """Show the map; without scripts it is a form, a list and a picture."""
    return html(request, "map.html", await _view(await Reading.of(request)))


async def listed(request: Request) -> Response:
    """Return the list of what the map shows: alone for the page's own scripts, as the whole page for others."""
    reading = await Reading.of(request)
    part = "items.html" if reading.state.part else "found.html"
    return html(request, part if request.headers.get("HX-Request") else "map.html", await _view(reading))


@dataclass(frozen=True)
class _Answers:
    """Everything that the page asks, answered."""

    categories: tuple[Counted, ...]  # of what the map shows, whichever categories are ticked
    statuses: tuple[Counted, ...]
    units: tuple[Counted, ...]
    months: tuple[Counted, ...]
    shown: tuple[Counted, ...]  # of what the map shows, as ticked
    lines: tuple[UnitLine, ...]
    symbols: Mapping[str, str]
    origins: Mapping[str, list[tuple[str, str]]]  # of the layers that name their own: title and licence
    page: tuple[list[Any], str]


async def _ask(reading: Reading) -> _Answers:
    """Put all questions at once. Categories that occur elsewhere are counted too, with nothing here."""
    here, anywhere = reading.state.listed, replace(reading.state.query, bbox=None)
    counting = asyncio.gather(
        reading.counts("category", replace(here, category=())),
        reading.counts("status", replace(here, status=())),
        reading.counts("unit", replace(anywhere, unit=())),
        reading.counts("month", replace(anywhere, since=None, until=None)),
        reading.counts("category", here),
    )
    ever, lines, symbols, records, places, found = await asyncio.gather(
        reading.ever(),
        reading.units(),
        reading.symbols(),
        reading.origins(),
        reading.place_sources(),
        reading.features(here),
    )
    categories, statuses, units, months, shown = await counting
    known = {each.value for each in categories}
    categories += tuple(replace(each, count=0) for each in ever if each.value not in known)
    origins = {"incidents": records, "places": places}
    return _Answers(categories, statuses, units, months, shown, lines, symbols, origins, found)


async def _view(reading: Reading) -> dict[str, Any]:
    answers = await _ask(reading)
    unit_counts = as_counts(answers.units)
    systems = map_view.systems(reading.service.area, answers.lines, unit_counts, reading.state.units, reading.language)
    months = map_view.months(as_counts(answers.months), reading.language)
    return {
        "found": _found(reading, answers, systems),
        "here": reading.state.here,
        "projector": reading.state.projector,
        "period_words": _period(months, reading),
        "systems": systems,
        "months": months,
        "counts": {
            "category": as_counts(answers.categories),
            "status": as_counts(answers.statuses),
            "unit": unit_counts,
            "month": as_counts(answers.months),
        },
        "given": _given(reading, answers.lines, unit_counts, months, systems),
        **_filters(reading, answers),
        **_about(reading, answers),
        **_without_map(reading, map_view.extent(reading.service.area, answers.lines)),
    }


def _found(reading: Reading, answers: _Answers, systems: tuple[System, ...]) -> Found:
    features, cursor = answers.page
    say_status = len(answers.statuses) > 1 or reading.state.here
    items = map_view.items(
        features,
        titles={
            "category": {each.value: each.title for each in answers.categories},
            "status": {each.value: each.title for each in answers.statuses if say_status},
        },
        units={line.code: line for line in answers.lines},
        system=next((system.id for system in systems if system.shown), ""),
        fully=reading.state.here is not None,
        about=reading.about,
        keep=reading.permalink("at", "here"),
        language=reading.language,
    )
    total = sum(each.count for each in answers.shown)
    kept = [word for word in reading.query_words if word[0] not in ("cursor", "part") and word[1]]
    further = f"/list?{urlencode([*kept, ('cursor', cursor)])}" if cursor else ""
    words = WORDS[reading.about]
    said = reading.language.ngettext(*(words.here if reading.state.here else words.on_map), total)
    return Found(total, said, items, further, f"{further}&part=1" if further else "", PAGE)


def _filters(reading: Reading, answers: _Answers) -> dict[str, Any]:
    query, words = reading.state.query, dict(reading.query_words)
    return {
        "unit": next(iter(query.unit), ""),
        "since": f"{query.since:%Y-%m}" if query.since else "",
        "until": f"{query.until:%Y-%m}" if query.until else "",
        "categories": map_view.choices(
            answers.categories, query.category, answers.symbols, reading.about, reading.language
        ),
        "statuses": map_view.choices(answers.statuses, query.status, {}, reading.about, reading.language),
        "hidden": {
            "layer": reading.about,
            "at": str(reading.state.at or ""),
            "here": words.get("here", "") if reading.state.here else "",
            "bbox": "",
            "view": "projector" if reading.state.projector else "",
        },
    }


def _about(reading: Reading, answers: _Answers) -> dict[str, Any]:
    """Say what is on the map and whose it is."""
    layers, words = reading.service.layers, WORDS[reading.about]
    return {
        "about": reading.about,
        "choice": _choice(reading),
        "report_href": f"/report?{urlencode([('at', str(reading.state.at))])}" if reading.state.at else "/report",
        "words": words,
        "empty_area": not answers.categories,
        "approximate": map_view.approximate(reading.service.area, answers.lines, reading.language),
        "bounds": ",".join(f"{n:.5f}" for n in map_view.extent(reading.service.area, answers.lines)),
        "legend": map_view.legend(reading.present, layers, answers.lines, reading.language),
        "sources": (
            *map_view.sources(reading.present, layers, answers.lines, answers.origins, reading.language),
            *_raster_credit(reading),
        ),
    }


def _choice(reading: Reading) -> list[map_view.Subject]:
    """Return what the map can be about, as links that keep the place but not the filters, which mean other records."""
    kept = [word for word in reading.query_words if word[0] in ("at", "units", "unit", "view", "lang") and word[1]]
    return [
        map_view.Subject(
            layer,
            reading.service.layers[layer].title[reading.language.code],
            f"/?{urlencode([('layer', layer), *kept])}",
            layer == reading.about,
        )
        for layer in CHOICE
    ]


def _raster_credit(reading: Reading) -> list[str]:
    settings = reading.service.settings
    return [settings.basemap_attribution] if settings.basemap_url else []


def _period(months: tuple[map_view.Month, ...], reading: Reading) -> str:
    """Say which months the list is about: as chosen, or all there are."""
    if not months:
        return ""
    query, language = reading.state.query, reading.language
    first = language.month(query.since) if query.since else months[0].label
    last = language.month(query.until) if query.until else months[-1].label
    return first if first == last else f"{first} – {last}"


def _given(
    reading: Reading,
    lines: tuple[UnitLine, ...],
    counts: Mapping[str, int],
    months: tuple[map_view.Month, ...],
    systems: tuple[System, ...],
) -> dict[str, Any]:
    """Return what the scripts begin with."""
    _ = reading.language.gettext
    west, south, east, north = map_view.extent(reading.service.area, lines)
    return {
        "language": reading.language.code,
        "about": reading.about,
        "records": [reading.about, *(ground for ground, of in GROUND_OF.items() if of == reading.about)],
        "box": [[west, south], [east, north]],
        "splitZoom": SPLIT_ZOOM,
        "systems": [{"id": system.id} for system in systems],
        "months": [{"value": month.value, "label": month.label} for month in months],
        "counts": counts,
        "names": [line.label for line in lines if line.lon is not None],
        "words": {
            "NavigationControl.ZoomIn": _("Zoom in"),
            "NavigationControl.ZoomOut": _("Zoom out"),
            "Map.Title": _("Map"),
            "ScaleControl.Meters": _("m"),
            "ScaleControl.Kilometers": _("km"),
        },
    }


def _without_map(reading: Reading, extent: Box) -> dict[str, Any]:
    """Return what serves where no live map can: a picture, and links that move it."""
    _, words = reading.language.gettext, reading.permalink("at")
    at = reading.state.at or around(extent)

    def link(path: str, position: Position) -> str:
        return f"{path}?{urlencode([*words, ('at', str(position))])}"

    steps = (
        ("+", _("Zoom in"), at.moved(zoom=1)),
        ("−", _("Zoom out"), at.moved(zoom=-1)),
        ("↑", _("North"), at.moved(north=0.5)),
        ("↓", _("South"), at.moved(north=-0.5)),
        ("←", _("West"), at.moved(east=-0.5)),
        ("→", _("East"), at.moved(east=0.5)),
    )
    return {
        "steps": [{"sign": sign, "title": title, "href": link("/", position)} for sign, title, position in steps],
        "picture_href": link("/map.svg", at),
        "print_href": link("/print", at),
        "files_href": link("/files", at),
    }


routes = [
    Route("/", page, methods=["GET"]),
    Route("/list", listed, methods=["GET"]),
]
